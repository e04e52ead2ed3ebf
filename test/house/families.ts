// The families of solvers that include the headers of the rooms below them.
import type { Arrows } from './sources.js';

const rooms = ['methods', 'functions', 'sketching', 'problems', 'data'];

/** The families that include each header of the rooms. A verb of contrib counts as one: they have nothing in common. */
export function familiesOf(arrows: Arrows): Map<string, string[]> {
  const isHeader = (file: string) => file.endsWith('.hpp') && rooms.some((room) => file.startsWith(`native/${room}/`));
  const found = new Map([...arrows.keys()].filter(isHeader).map((header) => [header, [] as string[]]));
  for (const [file, needed] of arrows) {
    const family = /^native\/solvers\/(contrib\/\w+|\w+)\//.exec(file)?.[1];
    for (const header of needed) {
      const of = found.get(header);
      if (family && of && !of.includes(family)) of.push(family);
    }
  }
  return found;
}
