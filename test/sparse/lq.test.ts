// The penalty lambda sqrt(|b|) where its minimum is known, and against all points along each coordinate.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { lq, sparsePath, sparseRegression } from '../../src/sparse/index.js';
import { drawn } from './values.js';

it('thresholds the coefficients of orthogonal columns by halves', async () => {
  // Signs of Hadamard's matrix: the mean loss of a coefficient is (b - t)^2 / 2 and a constant.
  const wanted = [2, -1, 0.6, 0.2];
  const sign = (i: number, j: number): number => ((i & (1 << j)) > 0 ? -1 : 1);
  const data = Float64Array.from({ length: 16 * 4 }, (_, k) => sign(Math.floor(k / 4), k % 4));
  const y = Float64Array.from({ length: 16 }, (_, i) => wanted.reduce((sum, t, j) => sum + t * sign(i, j), 5));
  const lambda = 0.3;
  const { coefficients } = await sparseRegression({ x: { data, rows: 16, columns: 4 }, y }, { penalty: lq(), lambda });
  wanted.forEach((t, j) => {
    const size = Math.abs(t);
    const angle = Math.acos((2 * lambda) / 8 / (size / 3) ** 1.5);
    const half = ((2 * t) / 3) * (1 + Math.cos((2 * (Math.PI - angle)) / 3));
    expect(coefficients[j]).toBeCloseTo(size > (54 ** (1 / 3) / 4) * (2 * lambda) ** (2 / 3) ? half : 0, 8);
  });
});

it.each(['gaussian', 'binomial'] as const)('%s: no change of one coefficient lowers the objective', async (family) => {
  const { x, y } = drawn(95, family, 60, 12);
  const path = await sparsePath({ x, y }, { family, penalty: lq(), standardize: false, minRatio: 0.05, nLambda: 12 });
  expect(path.status).toBe('solved');
  expect(path.nonzeros[0]).toBe(0);
  expect(path.nonzeros.at(-1)).toBeGreaterThan(2);
  const loss = (t: number, of: number) =>
    family === 'gaussian' ? (t - of) ** 2 / 2 : Math.log1p(Math.exp(t)) - of * t;
  for (const [k, lambda] of path.lambda.entries()) {
    const fit = path.fit(k);
    expect(fit.certificate.kind).not.toBe('global');
    const links = fit.predict(x, { type: 'link' });
    const objective = (j: number, step: number): number => {
      const [from, to] = [fit.coefficients[j] as number, (fit.coefficients[j] as number) + step];
      const change = lambda * (Math.sqrt(Math.abs(to)) - Math.sqrt(Math.abs(from)));
      return links.reduce(
        (sum, t, i) => sum + loss(t + step * (x.data[i * 12 + j] as number), y[i] as number) / 60,
        change,
      );
    };
    for (let j = 0; j < 12; ++j) {
      const here = objective(j, 0);
      // Other minima of a loss that is no square are looked for in its quadratic alone.
      const reach = family === 'gaussian' ? 2 : 0.05;
      for (let share = -1; share <= 1; share += 1 / 32) {
        const step = share * reach;
        expect(objective(j, step)).toBeGreaterThan(here - 1e-7);
      }
    }
  }
});

it('is in the code as the page about adding a penalty shows it', () => {
  const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const diff = /```diff\n([\s\S]*?)```/.exec(read('docs/developers/add-a-penalty.md'))?.[1] ?? '';
  const files = diff.split(/^--- a\/.*\n/m).slice(1);
  expect(files).toHaveLength(2);
  for (const file of files) {
    const [, name] = /^\+\+\+ b\/(.*)$/m.exec(file) as unknown as [string, string];
    const hunks = file.split(/^@@.*\n/m).slice(1);
    expect(hunks.length).toBeGreaterThan(0);
    for (const hunk of hunks) {
      const lines = hunk.split('\n').filter((line) => /^[ +]/.test(line));
      expect(read(name)).toContain(lines.map((line) => line.slice(1)).join('\n'));
    }
  }
});
