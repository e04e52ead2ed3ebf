// Programs on which methods wander end at Ipopt's optima, and the answers hold by the functions of the problem.
import { describe, expect, it } from 'vitest';
import { checkOptimality, minimize } from '../../src/index.js';
import { wanderers } from '../problems/nlp/wanderers.js';

describe('programs on which Newton methods wander', () => {
  it.each(wanderers)('$name', async ({ build, optimum }) => {
    const model = build();
    const result = await minimize(model);
    expect(result.status, result.message).toBe('solved');
    expect(Math.abs(result.objective - optimum)).toBeLessThan(1e-6 * Math.max(1, Math.abs(optimum)));
    expect(checkOptimality(model, result.x, result).ok).toBe(true);
  });
});
