// Judges assignments by code that shares nothing with the solver: enumeration, multipliers, sets with too few partners.
import type { AssignResult } from '../../src/discrete/index.js';

export type Costs = readonly (readonly number[])[];

export const transposed = (cost: Costs): number[][] =>
  (cost[0] ?? []).map((_, j) => cost.map((row) => row[j] as number));

/** The least sum over all assignments; Infinity: all have a forbidden pair. */
export function leastSum(cost: Costs): number {
  if (cost.length > (cost[0]?.length ?? 0)) return leastSum(transposed(cost));
  const taken = new Set<number>();
  const from = (i: number): number => {
    if (i === cost.length) return 0;
    let least = Infinity;
    for (const [j, value] of (cost[i] as readonly number[]).entries()) {
      if (taken.has(j) || value === Infinity) continue;
      taken.add(j);
      least = Math.min(least, value + from(i + 1));
      taken.delete(j);
    }
    return least;
  };
  return from(0);
}

/** A number as an integer times a power of two: exact arithmetic of BigInt for sums and differences. */
function exactly(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = (bits & 0xfffffffffffffn) | (exponent === 0n ? 0n : 1n << 52n);
  const size = fraction << (exponent === 0n ? 0n : exponent - 1n);
  return value < 0 ? -size : size;
}

/** Returns the false statements of a result; `maximize` as the solve had it. Tests are exact where they are about the bound. */
export function refutedAssignment(cost: Costs, result: AssignResult, maximize = false): string[] {
  // The negatives of what is maximised are minimised, exactly.
  const c = maximize ? cost.map((row) => row.map((value) => -value)) : cost;
  const wrong = result.status === 'infeasible' ? refutedProof(c, result) : [];
  if (result.objective === undefined) return wrong;
  wrong.push(...refutedPairs(cost, result));
  if (result.rowMultipliers !== undefined) wrong.push(...refutedMultipliers(c, result, maximize));
  return wrong;
}

function refutedPairs(cost: Costs, { columnOf, rowOf, objective = Number.NaN }: AssignResult): string[] {
  const wrong: string[] = [];
  const pairs = Array.from(columnOf, (j, i) => [i, j] as const).filter(([, j]) => j >= 0);
  const [n, m] = [cost.length, cost[0]?.length ?? 0];
  if (columnOf.length !== n || rowOf.length !== m) wrong.push('lengths');
  if (pairs.length !== Math.min(n, m)) wrong.push(`${pairs.length} pairs`);
  if (pairs.some(([i, j]) => rowOf[j] !== i)) wrong.push('rowOf and columnOf disagree');
  if (Array.from(rowOf).filter((i) => i >= 0).length !== pairs.length) wrong.push('more rows than pairs');
  const costs = pairs.map(([i, j]) => cost[i]?.[j] as number);
  const sum = costs.reduce((total, value) => total + value, 0);
  const size = costs.reduce((total, value) => total + Math.abs(value), 0);
  if (!(Math.abs(sum - objective) <= 1e-14 * costs.length * size))
    wrong.push(`objective ${objective}, which is ${sum}`);
  return wrong;
}

function refutedMultipliers(c: Costs, result: AssignResult, maximize: boolean): string[] {
  const wrong: string[] = [];
  const turned = (values: Float64Array | undefined) => Array.from(values ?? [], (value) => (maximize ? -value : value));
  const [u, v] = [turned(result.rowMultipliers), turned(result.columnMultipliers)];
  const [n, m] = [c.length, c[0]?.length ?? 0];
  if (u.length !== n || v.length !== m) return ['multipliers of other lengths'];
  const [us, vs] = [u.map(exactly), v.map(exactly)];
  for (const [i, row] of c.entries()) {
    for (const [j, value] of row.entries()) {
      if (value === Infinity) continue;
      if ((us[i] as bigint) + (vs[j] as bigint) > exactly(value)) wrong.push(`u_${i} + v_${j} above the cost`);
    }
  }
  if (n < m && v.some((value) => value > 0)) wrong.push('a column multiplier above 0');
  if (n > m && u.some((value) => value > 0)) wrong.push('a row multiplier above 0');
  const bound = maximize ? -(result.certificate.upperBound as number) : (result.certificate.lowerBound as number);
  const sum = [...us, ...vs].reduce((total, value) => total + value, 0n);
  if (exactly(bound) > sum) wrong.push('a bound above the sum of multipliers');
  return wrong;
}

function refutedProof(c: Costs, { certificate: { proof, kind } }: AssignResult): string[] {
  if (proof?.kind !== 'hall' || kind !== 'global') return ['infeasible without a proof'];
  const [rows, columns] = [new Set(proof.rows ?? []), new Set(proof.columns ?? [])];
  const [n, m] = [c.length, c[0]?.length ?? 0];
  const byRows = rows.size > columns.size;
  const wrong: string[] = [];
  if (proof.margin !== Math.abs(rows.size - columns.size) || rows.size === columns.size)
    wrong.push(`margin ${proof.margin}`);
  if (byRows ? n > m : m > n) wrong.push('not all of these have to have a partner');
  for (const [i, row] of c.entries()) {
    for (const [j, value] of row.entries()) {
      const outside = byRows ? rows.has(i) && !columns.has(j) : columns.has(j) && !rows.has(i);
      if (outside && value !== Infinity) wrong.push(`the pair ${i}, ${j} is allowed`);
    }
  }
  return wrong;
}
