// The six problems with known optima.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { matrix, once, vector } from '../../random.mjs';
import { reluSolve } from './shared/solve.mjs';

export function cases({ problems }) {
  const folder = join(problems, 'relu');
  return ['synth', 'bc', 'digits'].flatMap((name) => {
    const read = once(() => readKnown(folder, name));
    return [0.01, 0.001].flatMap((perRow) =>
      Object.entries({
        relu: { maxIterations: 400 },
        gated: { activation: 'gated', maxIterations: 400 },
        slack: { splitting: 'slack', maxIterations: 60 },
        sampled: { method: 'sampled', maxIterations: 200 },
      }).map(([title, settings]) => ({
        needs: join(folder, `${name}.csv.gz`),
        ...reluSolve(`${name} ${perRow}, ${title}`, () => {
          const { data, gates } = read();
          const patterns = title === 'sampled' ? {} : { patterns: { gates } };
          // As a column of numbers, since labels 1 and -1 would have to be said to be values.
          const column = { ...data, y: { data: Float64Array.from(data.y), rows: data.x.rows, columns: 1 } };
          return { data: column, settings: { bias: false, lambda: perRow * data.x.rows, ...patterns, ...settings } };
        }),
      })),
    );
  });
}

function readKnown(folder, name) {
  const read = (file) => {
    const lines = gunzipSync(readFileSync(join(folder, file)))
      .toString()
      .trim()
      .split('\n');
    return lines.map((line) => line.split(',').map(Number));
  };
  const rows = read(`${name}.csv.gz`);
  const gates = read(`${name}-gates.csv.gz`);
  const d = rows[0].length - 1;
  return {
    data: { x: matrix(rows.length, d, (i, j) => rows[i][j]), y: vector(rows.length, (i) => rows[i][d]) },
    gates: matrix(gates.length, gates[0].length, (i, j) => gates[i][j]),
  };
}
