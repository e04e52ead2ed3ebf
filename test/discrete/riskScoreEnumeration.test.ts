// Cards of small problems beside all cards there are.
import { expect, it } from 'vitest';
import { riskScore } from '../../src/discrete/index.js';
import { allCards, smallProblem, uniforms } from './riskScoreJudge.js';

it('finds the best card of 200 random problems with constraints', async () => {
  const wrong: string[] = [];
  for (let seed = 0; seed < 200; ++seed) {
    const problem = smallProblem(seed);
    // Without a group every set is as large as may be, which is another way through the search.
    if (seed % 4 < 2) {
      problem.settings.groups = {};
      for (const feature of Object.values(problem.settings.features ?? {})) delete feature.group;
    }
    const [best] = allCards(problem);
    const result = await riskScore(problem.data, { ...problem.settings, tolerance: 1e-10 });
    const off = (result.objective ?? Number.NaN) - (best?.objective ?? Number.NaN);
    const { lowerBound = Number.NaN } = result.certificate;
    if (result.status !== 'solved' || result.certificate.kind !== 'global') wrong.push(`${seed}: ${result.status}`);
    if (!(Math.abs(off) <= 1e-9)) wrong.push(`${seed}: off by ${off}: ${result.points} instead of ${best?.points}`);
    if (!(lowerBound <= (result.objective ?? Number.NaN)))
      wrong.push(`${seed}: bound ${lowerBound} above ${result.objective}`);
  }
  expect(wrong).toEqual([]);
});

it('finds the best card of more columns, where parts of the search are bounded', async () => {
  const wrong: string[] = [];
  for (let seed = 0; seed < 12; ++seed) {
    const draw = uniforms(seed + 77);
    const p = 7;
    const x = Array.from({ length: 60 }, () =>
      Array.from({ length: p }, () => Math.floor((seed % 3 === 0 ? 3 : 2) * draw())),
    );
    const y = x.map(([a = 0, b = 0, c = 0, d = 0]) => Number(a + b - c - 2 * d + 2 * draw() > 0.5));
    const names = x[0]?.map((_, j) => `f${j}`) ?? [];
    const settings = {
      maxSize: 5 + (seed % 2),
      points: [-1, 0, 1],
      price: 0,
      scale: seed % 4 < 2 ? ('free' as const) : (1 as const),
    };
    const [best] = allCards({ data: { x, y, names }, settings });
    const result = await riskScore({ x, y, names }, settings);
    const off = (result.objective ?? Number.NaN) - (best?.objective ?? Number.NaN);
    if (!(Math.abs(off) <= 1.01e-8) || result.status !== 'solved') wrong.push(`${seed}: off by ${off}`);
  }
  expect(wrong).toEqual([]);
});

it('has all cards of the stated distance in its pool', async () => {
  const wrong: string[] = [];
  for (let seed = 0; seed < 30; ++seed) {
    const { data, settings } = smallProblem(seed);
    const cards = allCards({ data, settings });
    const {
      pool,
      poolComplete = Number.NaN,
      leftOut,
    } = await riskScore(data, { ...settings, pool: { size: 40, within: 0.05 } });
    if (leftOut.length > 0) continue; // another column stands for it
    const inside = cards.filter(({ objective }) => objective < poolComplete - 1e-8);
    const keyOf = (points: ArrayLike<number>): string => {
      const all = Array.from(points);
      const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));
      const common = settings.scale === 'free' ? all.reduce(gcd, 0) || 1 : 1;
      return all.map((v) => v / common).join();
    };
    const found = new Set(
      pool.map(({ card }) => keyOf(data.names.map((name) => card.find((row) => row.name === name)?.points ?? 0))),
    );
    const missing = inside.filter(({ points }) => !found.has(keyOf(points)));
    if (missing.length > 0)
      wrong.push(`${seed}: ${missing.length} of ${inside.length} are missing, such as ${missing[0]?.points}`);
    if (!(poolComplete > (cards[0]?.objective ?? 0))) wrong.push(`${seed}: complete to ${poolComplete}`);
  }
  expect(wrong).toEqual([]);
});
