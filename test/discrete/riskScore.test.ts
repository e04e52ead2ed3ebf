// Score cards whose answer is known, and what is said of wrong arguments.
import { expect, it } from 'vitest';
import { riskScore } from '../../src/discrete/index.js';
import { modelFromJson, modelToJson } from '../../src/index.js';

// The event where two of three columns say so.
const x = Array.from({ length: 48 }, (_, i) => [i & 1, (i >> 1) & 1, (i >> 2) & 1, (i >> 3) & 1]);
const y = x.map(([a = 0, b = 0, c = 0], i) => Number(a + b + c >= 2) ^ Number(i % 12 === 0));
const names = ['a', 'b', 'c', 'd'];

it('finds the card that made the classes', async () => {
  const {
    status,
    card,
    certificate,
    objective,
    table,
    auc = 0,
    calibrationError = 1,
  } = await riskScore({ x, y, names }, { maxSize: 3 });
  expect(status).toBe('solved');
  expect(certificate.kind).toBe('global');
  expect(card.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
  const risks = table.map(({ risk }) => risk);
  expect(risks).toEqual([...risks].sort());
  expect(table.reduce((sum, { rows }) => sum + rows, 0)).toBe(48);
  const loss =
    table.reduce(
      (sum, { risk, rows, positives }) => sum - positives * Math.log(risk) - (rows - positives) * Math.log(1 - risk),
      0,
    ) / 48;
  expect(objective).toBeCloseTo(loss, 12);
  expect(auc).toBeGreaterThan(0.9);
  const distance = table.reduce((sum, { risk, rows, positives }) => sum + Math.abs(risk * rows - positives), 0) / 48;
  expect(calibrationError).toBeCloseTo(distance, 12);
});

it('takes what equal and complementary columns have in common', async () => {
  const wide = x.map((row) => [...row, row[0] as number, 1 - (row[1] as number), 7]);
  const both = await riskScore({ x: wide, y, names: [...names, 'again', 'not b', 'seven'] }, { maxSize: 3 });
  const { objective = Number.NaN } = await riskScore({ x, y, names }, { maxSize: 3 });
  expect(both.objective).toBeCloseTo(objective, 9);
  expect(both.certificate.over).toBe('distinctColumns');
  expect(both.leftOut).toEqual([{ name: 'again', sameAs: 'a' }, { name: 'not b', sameAs: 'b' }, { name: 'seven' }]);
});

it('keeps signs, ranges, required features and groups', async () => {
  const features = {
    a: { sign: -1 },
    b: { group: 'one' },
    c: { group: 'one', max: 2 },
    d: { required: true },
  } as const;
  const { points } = await riskScore({ x, y, names }, { maxSize: 4, features, groups: { one: { maxSize: 1 } } });
  const [a = 1, b = 1, c = 1, d = 0] = points;
  expect(a).toBeLessThanOrEqual(0);
  expect(b * c).toBe(0);
  expect(c).toBeLessThanOrEqual(2);
  expect(d).not.toBe(0);
});

it('counts a row with weight 2 as two rows', async () => {
  const sampleWeight = y.map((_, i) => 1 + (i % 2));
  const twice = x.flatMap((row, i) => (i % 2 === 1 ? [row, row] : [row]));
  const labels = y.flatMap((label, i) => (i % 2 === 1 ? [label, label] : [label]));
  const weighted = await riskScore({ x, y, sampleWeight });
  const repeated = await riskScore({ x: twice, y: labels });
  expect(weighted.objective).toBeCloseTo(repeated.objective as number, 9);
});

it('says that a scale without a best value stands at its bound', async () => {
  const separable = { x: [[0], [0], [1], [1]], y: [0, 0, 1, 1] };
  const { scale, scaleAtBound, message } = await riskScore(separable);
  expect(scale).toBe(3);
  expect(scaleAtBound).toBe(true);
  expect(message).toContain('maxScale');
});

it('has the card of the intercept alone where features are of no use', async () => {
  const { card, intercept, scaleAtBound } = await riskScore({ x, y, names }, { price: 10 });
  expect(card).toEqual([]);
  const share = y.reduce((a, b) => a + b, 0) / y.length;
  expect(intercept).toBeCloseTo(Math.log(share / (1 - share)), 6);
  expect(scaleAtBound).toBe(false);
});

it('cuts columns at quantiles', async () => {
  const numbers = Array.from({ length: 40 }, (_, i) => [i, (i * 7) % 40]);
  const result = await riskScore(
    { x: numbers, y: numbers.map(([v = 0]) => v >= 20), names: ['age', 'noise'] },
    { binarize: { quantiles: [0.25, 0.5, 0.75] }, maxSize: 1 },
  );
  expect(result.names).toEqual(['age <= 10', 'age <= 20', 'age <= 30', 'noise <= 10', 'noise <= 20', 'noise <= 30']);
  expect(result.card).toEqual([{ name: 'age <= 20', points: -5 }]);
  const there = modelFromJson(JSON.stringify(modelToJson(result))) as unknown as typeof result;
  expect(
    Array.from(
      there.predict([
        [19, 0],
        [21, 0],
      ]),
    ),
  ).toEqual(
    Array.from(
      result.predict([
        [19, 0],
        [21, 0],
      ]),
    ),
  );
  expect(
    result.predict(
      [
        [19, 0],
        [21, 0],
      ],
      { type: 'class' },
    ),
  ).toEqual([false, true]);
  expect(
    Array.from(
      result.predict(
        [
          [19, 0],
          [21, 0],
        ],
        { type: 'total' },
      ),
    ),
  ).toEqual([-5, 0]);
});

it('begins at the card of an earlier result', async () => {
  const wide = x.map((row, i) => [...row, ...Array.from({ length: 14 }, (_, j) => ((i * 37 + j * 11) >> (j % 5)) & 1)]);
  const warmStart = await riskScore({ x: wide, y }, { maxSize: 4 });
  const { history } = await riskScore({ x: wide, y }, { maxSize: 4, warmStart });
  expect(history[0]?.objective).toBeLessThanOrEqual((warmStart.objective as number) + 1e-12);
  await expect(riskScore({ x, y }, { warmStart: { points: [1] } })).rejects.toThrow(
    'warmStart.points: expected 4 numbers, one for each column, got 1',
  );
});

it('has a bound at a limit', async () => {
  const wide = x.map((row, i) => [...row, ...Array.from({ length: 14 }, (_, j) => ((i * 37 + j * 11) >> (j % 5)) & 1)]);
  const { certificate, objective, status } = await riskScore({ x: wide, y }, { maxSize: 6, maxNodes: 1 });
  const whole = await riskScore({ x: wide, y }, { maxSize: 6 });
  expect(status).toBe('iterationLimit');
  expect(certificate.kind).toBe('bounded');
  expect(certificate.lowerBound).toBeLessThanOrEqual(whole.objective as number);
  expect(objective).toBeGreaterThanOrEqual((whole.objective as number) - 1e-8);
});

it.each([
  [{ x, y: x.map(() => 1) }, {}, 'y: expected at least two classes, got only 1'],
  [{ x, y, names: ['a'] }, {}, 'names: expected 4 names, one for each column of x, got 1'],
  [{ x, y, names: ['a', 'b', 'c', 'a'] }, {}, "names[3] = 'a': expected a name that no other column has"],
  [{ x, y }, { maxSize: 0 }, 'maxSize = 0: expected'],
  [{ x, y }, { points: [0.5] }, 'points[0] = 0.5: expected an integer'],
  [{ x, y }, { points: [0] }, 'points: expected a value other than 0'],
  [{ x, y }, { points: { min: 3, max: 1 } }, 'points.min = 3: expected at most points.max = 1'],
  [{ x, y, names }, { features: { z: {} } }, 'features.z: expected one of a, b, c, d'],
  [{ x, y, names }, { features: { a: { min: 2, max: 1 } } }, 'features.a.min = 2: expected at most max = 1'],
  [{ x, y, names }, { features: { a: { min: 1.5 } } }, 'features.a.min = 1.5: expected an integer'],
  [{ x, y, names }, { features: { a: { sign: 2 } } }, 'features.a.sign = 2: expected 1 or -1'],
  [{ x, y, names }, { features: { a: { group: 'g' } } }, "features.a.group = 'g': expected one of groups"],
  [
    { x, y, names },
    { features: { a: { required: true, max: 0, min: 0 } } },
    'features.a.required = true: expected a feature with points other than 0',
  ],
  [
    { x, y, names },
    { features: { a: { required: true }, b: { required: true } }, maxSize: 1 },
    'maxSize = 1: expected at least 2, as many features are required',
  ],
  [{ x: [[0], [Number.NaN]], y: [0, 1] }, {}, 'x[1][0] = NaN: expected a finite number'],
  [{ x, y }, { binarize: { quantiles: [2] } }, 'binarize.quantiles[0] = 2: expected a number between 0 and 1'],
  [{ x, y }, { scale: 'two' }, "scale = 'two': expected"],
  [{ x, y }, { pool: { size: 0 } }, 'pool.size = 0: expected'],
])('refuses what is wrong: %#', async (data, settings, message) => {
  await expect(riskScore(data as never, settings as never)).rejects.toThrow(message);
});
