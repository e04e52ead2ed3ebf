// The penalty lambda sqrt(|b|) where its minimum is known, and against all points along each coordinate.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { groupLq, lq } from '../../src/sparse/index.js';
import { sparsePath, sparseRegression } from '../flat.js';
import { Draws, drawn } from './values.js';

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
  const path = await sparsePath(
    { x, y },
    { family, penalty: lq(), standardize: false, lambdas: { ratio: 0.05, count: 12 } },
  );
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

it.each(['gaussian', 'binomial'] as const)('%s: no change of one group lowers the objective', async (family) => {
  const { x, y } = drawn(97, family, 80, 12);
  const groups = Array.from({ length: 12 }, (_, j) => Math.floor(j / 3));
  const path = await sparsePath(
    { x, y, groups },
    { family, penalty: groupLq(), standardize: false, lambdas: { ratio: 0.05, count: 12 } },
  );
  expect(path.status).toBe('solved');
  expect(path.nonzeros[0]).toBe(0);
  expect(path.nonzeros.at(-1)).toBeGreaterThan(5);
  const draws = new Draws(98);
  const loss = (t: number, of: number) =>
    family === 'gaussian' ? (t - of) ** 2 / 2 : Math.log1p(Math.exp(t)) - of * t;
  for (const [k, lambda] of path.lambda.entries()) {
    const fit = path.fit(k);
    const links = fit.predict(x, { type: 'link' });
    for (let trial = 0; trial < 200; ++trial) {
      const first = 3 * (trial % 4);
      const from = Array.from(fit.coefficients.slice(first, first + 3));
      // Other minima of a loss that is no square are looked for in its quadratic alone.
      const reach = family === 'gaussian' ? 10 ** (-3 * draws.uniform()) : 0.05 * draws.uniform();
      const to = trial % 8 < 4 ? from.map((b) => b + reach * draws.normal()) : from.map((b) => b * (1 - reach));
      const moved = links.map((t, i) =>
        to.reduce((sum, b, e) => sum + (b - (from[e] as number)) * (x.data[i * 12 + first + e] as number), t),
      );
      const change = moved.reduce(
        (sum, t, i) => sum + loss(t, y[i] as number) - loss(links[i] as number, y[i] as number),
        0,
      );
      const penalties = Math.sqrt(3) * lambda * (Math.sqrt(Math.hypot(...to)) - Math.sqrt(Math.hypot(...from)));
      expect(change / 80 + penalties).toBeGreaterThan(-1e-7);
    }
  }
});

it('thresholds the norm of a group of orthogonal columns by halves', async () => {
  const sign = (i: number, j: number): number => ((i & (1 << j)) > 0 ? -1 : 1);
  const data = Float64Array.from({ length: 16 * 4 }, (_, k) => sign(Math.floor(k / 4), k % 4));
  const wanted = [1.2, -0.9, 0.1, 0.05];
  const y = Float64Array.from({ length: 16 }, (_, i) => wanted.reduce((sum, t, j) => sum + t * sign(i, j), 5));
  const given = { x: { data, rows: 16, columns: 4 }, y, groups: [0, 0, 1, 1] };
  const { coefficients } = await sparseRegression(given, { penalty: groupLq(), lambda: 0.3 });
  const norm = 1.5;
  const angle = Math.acos((Math.SQRT2 * 0.3) / 4 / (norm / 3) ** 1.5);
  const shrunk = (2 / 3) * (1 + Math.cos((2 * (Math.PI - angle)) / 3));
  [1.2 * shrunk, -0.9 * shrunk, 0, 0].forEach((b, j) => void expect(coefficients[j]).toBeCloseTo(b, 8));
});

/** Mean loss of links, which are rows by responses, and their responses. */
const losses = {
  gaussian: (links: ArrayLike<number>, y: ArrayLike<number>) =>
    Array.from(links, (t, k) => (t - (y[k] as number)) ** 2 / 2).reduce((sum, v) => sum + v, 0) / rows,
  multinomial: (links: ArrayLike<number>, y: ArrayLike<number>) => {
    let sum = 0;
    for (let i = 0; i < rows; ++i) {
      const own = Array.from({ length: 3 }, (_, k) => links[3 * i + k] as number);
      sum += Math.log(own.reduce((all, t) => all + Math.exp(t), 0));
      own.forEach((t, k) => {
        sum -= t * (y[3 * i + k] as number);
      });
    }
    return sum / rows;
  },
};
const rows = 60;

it.each(['gaussian', 'multinomial'] as const)(
  '%s with three responses: no change of one coefficient lowers the objective',
  async (family) => {
    const { x } = drawn(97, 'gaussian', rows, 6);
    const signal = (i: number, k: number) => (k === 1 ? -1.5 : 1) * (x.data[i * 6 + k] as number);
    const labels = Array.from({ length: rows }, (_, i) => {
      const own = [0, 1, 2].map((k) => signal(i, k) + Math.sin(7 * i + 3 * k));
      return own.indexOf(Math.max(...own));
    });
    const data = Float64Array.from({ length: rows * 3 }, (_, e) => {
      const [i, k] = [Math.floor(e / 3), e % 3];
      return family === 'gaussian' ? signal(i, k) + 0.5 * Math.sin(5 * e) : Number(labels[i] === k);
    });
    const y = family === 'gaussian' ? { data, rows, columns: 3 } : labels;
    const settings = { family, penalty: lq(), standardize: false, minRatio: 0.1, nLambda: 8 };
    const path = await sparsePath({ x, y }, settings);
    expect(path.status).toBe('solved');
    expect(path.nonzeros[0]).toBe(0);
    expect(path.nonzeros.at(-1)).toBeGreaterThan(2);
    for (const [k, lambda] of path.lambda.entries()) {
      const fit = path.fit(k);
      const links = Float64Array.from(fit.predict(x, { type: 'link' }));
      const here = losses[family](links, data);
      for (let j = 0; j < 6; ++j) {
        for (let response = 0; response < 3; ++response) {
          const b = fit.coefficients[response * 6 + j] as number;
          for (let share = -1; share <= 1; share += 1 / 16) {
            const step = share * (family === 'gaussian' ? 2 : 0.05);
            const moved = links.map((t, e) =>
              e % 3 === response ? t + step * (x.data[Math.floor(e / 3) * 6 + j] as number) : t,
            );
            const penalty = lambda * (Math.sqrt(Math.abs(b + step)) - Math.sqrt(Math.abs(b)));
            expect(losses[family](moved, data) + penalty).toBeGreaterThan(here - 1e-7);
          }
        }
      }
    }
  },
);

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
