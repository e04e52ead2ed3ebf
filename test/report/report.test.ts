// Pages about results: what they have of every solver, counted by other means.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction, createContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isList } from '../../src/core/check.js';
import { riskScore } from '../../src/discrete/index.js';
import type { Progress } from '../../src/index.js';
import { logisticRegression } from '../../src/nlp/index.js';
import { report } from '../../src/report/index.js';
import { minimizeSum } from '../../src/smooth/index.js';
import { bounded, classifier, everySolver, regressions, x, y } from './results.js';

/** How many points the page says that a series has. */
function pointsOf(page: string, series: string): number[] {
  return Array.from(page.matchAll(new RegExp(`data-series="${series}" data-points="(\\d+)"`, 'g')), ([, n]) =>
    Number(n),
  );
}

const known = (history: readonly Progress[], member: keyof Progress): number =>
  history.filter((each) => Number.isFinite(each[member])).length;

describe('a page', () => {
  it('is made of the result of every solver, with its message and all its reports', async () => {
    for (const { name, result, options } of await everySolver()) {
      const { message, history, status } = result as { message: string; status: string; history: Progress[] };
      const page = report(result, options);
      expect(page, name).toMatch(/^<!doctype html>/);
      expect(page, name).toContain(`<span class="status${status === 'solved' ? ' solved' : ''}">${status}</span>`);
      expect(page, name).toContain(message.replaceAll('>', '&gt;').replaceAll("'", '&#39;'));
      expect(page, name).not.toMatch(/<script|https?:|<link|url\(|undefined|\[object|NaN/);
      const { certificate } = result as { certificate: { kind: string } | unknown[] };
      if ('kind' in certificate) expect(page, name).toContain(`Certificate: ${certificate.kind}`);
      // The reports of a path are of one lambda after the other, so that they do not converge.
      if (isList((result as { lambda?: unknown }).lambda)) continue;
      const objectives = known(history, 'objective');
      if (objectives > 1) expect(pointsOf(page, 'objective'), name).toEqual([objectives]);
      const bounds = known(history, 'lowerBound');
      if (bounds > 1) expect(pointsOf(page, 'lower bound'), name).toEqual([bounds]);
    }
  });

  it('has the losses of batches and of validation rows, of a sum over rows', async () => {
    const y = Float64Array.from({ length: 60 }, (_, i) => Number(Math.sin(3 * i) > 0.1));
    const problem = logisticRegression({ x: Array.from(y, (_, i) => [Math.sin(i), Math.cos(3 * i)]), y });
    const result = await minimizeSum(problem, { batchSize: 8, maxEpochs: 4, validation: 0.2 });
    const page = report(result);
    expect(pointsOf(page, 'loss of the batches')).toEqual([4]);
    expect(pointsOf(page, 'loss of the validation rows')).toEqual([known(result.history, 'validationLoss' as never)]);
    expect(known(result.history, 'validationLoss' as never)).toBeGreaterThan(3);
    // Whole iterations are whole numbers.
    expect(page).not.toMatch(/text-anchor="middle">\d\.0</);
  });

  it('has a confusion matrix whose numbers add up, and the units as images', async () => {
    const { network, x, y, options } = await classifier();
    const { predict } = await import('../../src/relu/index.js');
    const predicted = predict(network.network, x) as string[];
    const page = report(network, options);
    const classes = ['column', 'nothing', 'row'];
    const cells = Array.from(page.matchAll(/<td class="cell[^>]*>(\d+)</g), ([, n]) => Number(n));
    expect(cells).toEqual(
      classes.flatMap((a) => classes.map((b) => y.filter((label, i) => label === a && predicted[i] === b).length)),
    );
    const { hiddenWeights, outputWeights } = network.network;
    const active = Array.from({ length: hiddenWeights.columns }, (_, j) => j).filter((j) =>
      outputWeights.data.subarray(j * 3, j * 3 + 3).some((value) => value !== 0),
    );
    expect(page.match(/<figure><img src="data:image\/png;base64,[^"]+" width="4" height="4"/g)).toHaveLength(
      active.length,
    );
  });

  it('has the residuals of a regression, and predictions that were made elsewhere', async () => {
    const [path, fit] = await regressions();
    for (const each of [path, fit]) {
      const page = report(each?.result as object, each?.options);
      expect(pointsOf(page, 'response')).toEqual([50]);
      expect(page).toContain('R^2');
      expect(page).toContain('&lt;i&gt;f&lt;/i&gt;');
    }
    const page = report({}, { data: { y, predictions: y.map((value) => value + 0.5) } });
    expect(page).toContain('root mean squared error 0.5, largest error 0.5');
  });

  it('has a score card with its risks, as text too, and its calibration', async () => {
    const names = ['<first>', 'second'];
    const x = Array.from({ length: 40 }, (_, i) => [i & 1, (i >> 1) & 1]);
    const y = x.map(([a], i) => (a === 1) === (i % 7 !== 0));
    const result = await riskScore({ x, y, names }, { maxSize: 1 });
    const text = report(result, { data: { x, y } });
    for (const part of ['Score card', 'Calibration', 'Confusion matrix']) expect(text).toContain(`>${part}`);
    expect(text).toContain('&lt;first&gt;');
    expect(text).not.toContain('<first>');
    expect(text).toMatch(/<pre>feature +points\n&lt;first&gt; +[+-]\d\n/);
  });

  it('has a path with a point for each lambda and a line for each column', async () => {
    const [{ result, options }] = (await regressions()) as [Awaited<ReturnType<typeof regressions>>[0]];
    const page = report(result, options);
    const { lambda, coefficients } = result as { lambda: Float64Array; coefficients: { indices: Int32Array } };
    expect(page.match(/class="point"/g)).toHaveLength(lambda.length);
    expect(page.match(/<g class="series/g)).toHaveLength(new Set(coefficients.indices).size);
  });

  it('has what is active, by the names that are given, and multipliers', async () => {
    const { result, options } = await bounded();
    const page = report(result, options);
    const atBounds = [...result.activeLower, ...result.activeUpper];
    expect(atBounds.length).toBeGreaterThan(3);
    expect(page).toContain(`${atBounds.length} variables at a bound`);
    for (const k of atBounds) expect(page).toContain(`<bdi>share ${k}</bdi>`);
    expect(page).toContain('<bdi>the budget</bdi>');
    expect(pointsOf(page, 'x')).toEqual([12]);
    expect(page).toContain('tolerance 1e-8');
  });

  it('does not grow with the data: of many numbers the extremes of parts are drawn', async () => {
    const count = 30_000;
    const large = Float64Array.from({ length: count }, (_, k) => Math.sin(k));
    [large[12_345], large[20_001]] = [50, -50];
    const page = report({ x: large }, { data: { y: large, predictions: large.map((value) => value / 2) } });
    expect(page.length).toBeLessThan(1_000_000);
    const [drawn] = pointsOf(page, 'x');
    expect(drawn).toBeLessThanOrEqual(2000);
    // The axis reaches to the extremes, which are in the table, too.
    expect(page).toMatch(/<bdi>x\[12345\]<\/bdi><\/td><td><bdi>50</);
    expect(page).toContain('Of 30000 rows 3000 are drawn.');
    expect(pointsOf(page, 'response')).toEqual([3000]);
  });

  it('is refused with a sentence that names the argument', async () => {
    const { network, options } = await classifier();
    const [path] = await regressions();
    for (const [make, message] of [
      [() => report(null as never), /result = null: expected an object/],
      [() => report({}, { titel: 'a' } as never), /unknown option 'titel': did you mean 'title'/],
      [
        () => report(network, { ...options, image: { width: 5, height: 4 } }),
        /image: expected width height channels = 16/,
      ],
      [() => report(network, { image: { width: 4.5, height: 4 } }), /image\.width = 4\.5: expected an integer/],
      [() => report(path?.result as object, { names: { columns: ['a'] } }), /names\.columns: expected 6 names/],
      [() => report(network, { data: { x: [[1, 2]], y: ['row'] } }), /x: expected 16 columns/],
      [() => report({}, { data: { y: [1, 2], predictions: Float64Array.of(1) } }), /data\.y: expected 1 responses/],
    ] as const) {
      expect(make).toThrow(message);
    }
  });
});

describe('the subpath as it is built', () => {
  const dist = join(import.meta.dirname, '../../dist');

  it('is one file that makes pages where there is no Node', async () => {
    for (const format of ['esm', 'cjs']) {
      const text = readFileSync(join(dist, format, 'report/index.js'), 'utf8');
      expect(text).not.toMatch(/(?:\bfrom|\bimport)\s*\(?\s*["']|\brequire\s*\(\s*["']/);
      expect(text.length).toBeLessThan(145_000);
    }
    const parsingContext = createContext({ btoa, TextDecoder, TextEncoder });
    const module = { exports: {} as { report?: typeof report } };
    const text = readFileSync(join(dist, 'cjs/report/index.js'), 'utf8');
    compileFunction(text, ['module', 'exports'], { parsingContext })(module, module.exports);
    const [, fit] = await regressions();
    const [page, here] = [module.exports.report, report].map((made) =>
      made?.(fit?.result as object, { data: { x, y } }),
    );
    const parts = (text = '') => text.slice(0, text.indexOf('<h2>Versions'));
    expect(parts(page)).toBe(parts(here));
  });
});
