// Sizes of cards whose best one is known, and losses that are computed here.
import { expect, it } from 'vitest';
import { crossValidateRiskScore } from '../../src/discrete/index.js';
import { uniforms } from './riskScoreJudge.js';

const draw = uniforms(5);
const x = Array.from({ length: 300 }, () => Array.from({ length: 6 }, () => Math.round(draw())));
// Two columns decide.
const y = x.map(([a = 0, b = 0]) => Number(draw() < 1 / (1 + Math.exp(2 - 3 * a - 2 * b))));

it('finds that two features are enough', async () => {
  const { sizes, maxSize, sizeWithinError, card, predict } = await crossValidateRiskScore(
    { x, y },
    { sizes: [1, 2, 3, 4] },
  );
  expect(sizes.map((each) => each.maxSize)).toEqual([1, 2, 3, 4]);
  expect(sizes.every(({ proved }) => proved)).toBe(true);
  expect(sizes[1]?.loss).toBeLessThan(sizes[0]?.loss as number);
  expect(sizeWithinError).toBe(2);
  expect(card.length).toBeLessThanOrEqual(maxSize);
  expect(sizes.find((each) => each.maxSize === maxSize)?.loss).toBe(Math.min(...sizes.map(({ loss }) => loss)));
  expect(predict([[1, 1, 0, 0, 0, 0]])[0]).toBeGreaterThan(0.5);
});

it('gives the same for the same seed, and refuses what is wrong', async () => {
  const settings = { sizes: [1, 2], folds: 3, seed: 4 };
  const [first, again] = [
    await crossValidateRiskScore({ x, y }, settings),
    await crossValidateRiskScore({ x, y }, settings),
  ];
  expect(again.sizes).toEqual(first.sizes);
  await expect(crossValidateRiskScore({ x, y }, { folds: 1 })).rejects.toThrow('folds = 1: expected');
  await expect(crossValidateRiskScore({ x, y }, { sizes: [0] })).rejects.toThrow('sizes[0] = 0: expected');
});
