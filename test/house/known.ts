// Places that broke a rule before the rule was there: known.json has counts by folder, and the large classes. The numbers only fall, and nothing is added.
import { readFileSync } from 'node:fs';

interface Known {
  /** Comments behind code that leave the noun out. */
  commentsBehindCode: Record<string, number>;
  constantsWithoutComment: Record<string, number>;
  /** Numbers of methods and solvers that stand outside of a Tuning. */
  constantsOutsideTuning: Record<string, number>;
  /** Numbers of the kind `measured` that no ablation has measured. */
  measuredWithoutAblation: Record<string, number>;
  classes: Record<string, { members: number; functions: number }>;
}

export const known: Known = JSON.parse(readFileSync(new URL('./known.json', import.meta.url), 'utf8'));

/** The first three folders of the path in `path:line: text`. */
const folderOf = (place: string) => place.split(':', 1).join().split('/').slice(0, -1).slice(0, 3).join('/');

/** The places, `path:line: text`, of the folders that have more of them than `known` says. Tells of folders that have fewer. */
export function newPlaces(places: string[], known: Record<string, number>): string[] {
  const counts: Record<string, number> = {};
  for (const place of places) counts[folderOf(place)] = (counts[folderOf(place)] ?? 0) + 1;
  const fewer = Object.keys(known).filter((folder) => (counts[folder] ?? 0) < (known[folder] ?? 0));
  if (fewer.length > 0) {
    const now = Object.fromEntries(Object.entries(counts).filter(([folder]) => folder in known));
    console.warn(`fewer than before in ${fewer.join(', ')}: the counts are ${JSON.stringify(now)}`);
  }
  return places.filter((place) => (counts[folderOf(place)] ?? 0) > (known[folderOf(place)] ?? 0));
}
