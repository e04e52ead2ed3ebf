// The tables of docs/glmnet.md, from what sparse/paths and sparse/families have recorded.
//
//   npm run bench -- sparse/glmnet
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../shared/native.js';
import { describe, type Environment, short, table, writeSection } from '../shared/report.js';

interface Measured {
  problem: string;
  way: string;
  seconds: number;
  gap: number;
}
type Recorded = Environment & { measured: readonly Measured[]; versions?: string; glmnet?: string };

const recorded = (name: string): Recorded =>
  JSON.parse(readFileSync(join(root, `bench/sparse/${name}.results.json`), 'utf8'));

/** A table of the problems that both have solved, with the date and machine of the run above it. */
function besideOurs({ measured, ...where }: Recorded): string {
  const theirs = measured.filter(({ way }) => way.startsWith('glmnet'));
  const rows = measured.filter(({ problem }) => theirs.some((each) => each.problem === problem));
  const shown = rows.filter(({ way }) => way === 'ours' || way.startsWith('glmnet'));
  const cells = shown.map(({ problem, way, seconds, gap }) => [problem, way, short(seconds), gap.toExponential(1)]);
  const versions = where.versions ?? `glmnet ${where.glmnet}`;
  return `${describe(where)}; ${versions}\n\n${table(['problem', 'method', 'seconds', 'gap'], cells, 2)}`;
}

for (const name of ['paths', 'families']) writeSection('docs/glmnet.md', name, besideOurs(recorded(name)));
