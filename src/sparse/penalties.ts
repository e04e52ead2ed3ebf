// Penalties that select columns: small frozen objects from functions that check what they are given.
import { checkMembers, checkNumber, show } from '../core/check.js';

/** A penalty made by {@link lasso}, {@link elasticNet}, {@link mcp} or {@link scad}. */
export interface SparsePenalty {
  readonly kind: 'lasso' | 'elasticNet' | 'mcp' | 'scad';
  /** Share of the part that selects; the rest is that of the squares. */
  readonly alpha: number;
  /** The size of a coefficient from which on the penalty is constant, in lambdas. */
  readonly gamma?: number;
}

export interface NonConvexPenaltyOptions {
  /** The size of a coefficient from which on the penalty is constant, in lambdas: above 1 for {@link mcp} (default 3), above 2 for {@link scad} (default 3.7). */
  gamma?: number | undefined;
  /** Share of the part that selects, above 0 and at most 1; the rest is lambda (1 - alpha) b^2 / 2. Default 1. */
  alpha?: number | undefined;
}

/** lambda |b| for each coefficient b. */
export function lasso(): SparsePenalty {
  return Object.freeze({ kind: 'lasso', alpha: 1 });
}

/**
 * lambda (alpha |b| + (1 - alpha) b^2 / 2) for each coefficient b, with alpha from 0, which is ridge regression, to 1, the lasso.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function elasticNet(alpha: number): SparsePenalty {
  return Object.freeze({ kind: 'elasticNet', alpha: checkShare('alpha', alpha, false) });
}

/**
 * The minimax concave penalty of C.-H. Zhang (2010): with l = lambda alpha, l |b| - b^2 / (2 gamma) up to |b| = gamma l, constant beyond.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function mcp(options: NonConvexPenaltyOptions = {}): SparsePenalty {
  return nonConvex('mcp', options, 3, 1);
}

/**
 * The smoothly clipped absolute deviation of Fan and Li (2001): with l = lambda alpha, l |b| up to |b| = l, constant from gamma l on, and a
 * parabola between.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function scad(options: NonConvexPenaltyOptions = {}): SparsePenalty {
  return nonConvex('scad', options, 3.7, 2);
}

function nonConvex(
  kind: 'mcp' | 'scad',
  options: NonConvexPenaltyOptions,
  usual: number,
  lower: number,
): SparsePenalty {
  const { gamma = usual, alpha = 1 } = checkMembers('options', options, ['gamma', 'alpha'], 'option');
  return Object.freeze({
    kind,
    alpha: checkShare('alpha', alpha, true),
    gamma: checkNumber('gamma', gamma, { lower, open: true }),
  });
}

function checkShare(name: string, value: unknown, open: boolean): number {
  const share = checkNumber(name, value, { lower: 0, open });
  if (share > 1) throw new RangeError(`${name} = ${share}: expected a number in ${open ? '(' : '['}0, 1]`);
  return share;
}

const names = ['lasso', 'mcp', 'scad'] as const;
const made = 'lasso(), elasticNet(alpha), mcp(), scad()';
/** What penalties are called elsewhere. */
const elsewhere: Record<string, string> = {
  l1: 'lasso()',
  l2: 'elasticNet(0)',
  ridge: 'elasticNet(0)',
  elasticnet: 'elasticNet(alpha)',
  'elastic-net': 'elasticNet(alpha)',
  elasticNet: 'elasticNet(alpha)',
  MCP: 'mcp()',
  SCAD: 'scad()',
};

/** The settings of the solver that a penalty stands for: one made by a function, or the name of one beside `alpha` and `gamma`. */
export function penaltySettings(
  penalty: unknown,
  alpha: number | undefined,
  gamma: number | undefined,
): { penalty?: (typeof names)[number]; alpha?: number; gamma?: number } {
  if (penalty === undefined) return { ...(alpha !== undefined && { alpha }), ...(gamma !== undefined && { gamma }) };
  if (typeof penalty === 'string') {
    const name = names.find((each) => each === penalty);
    const meant = elsewhere[penalty];
    if (!name) {
      const expected = `expected one of ${names.map(show).join(', ')}, or a penalty made by ${made}`;
      throw new RangeError(`penalty = ${show(penalty)}: ${meant ? `that is ${meant} here; ` : ''}${expected}`);
    }
    return { penalty: name, ...(alpha !== undefined && { alpha }), ...(gamma !== undefined && { gamma }) };
  }
  const given = typeof penalty === 'object' && penalty !== null ? (penalty as Partial<SparsePenalty>) : {};
  if (!['lasso', 'elasticNet', 'mcp', 'scad'].includes(given.kind as string)) {
    throw new TypeError(`penalty = ${show(penalty)}: expected a penalty made by ${made}`);
  }
  for (const [name, value] of [
    ['alpha', alpha],
    ['gamma', gamma],
  ] as const) {
    if (value !== undefined)
      throw new RangeError(`${name} = ${show(value)}: expected none beside a penalty with its own`);
  }
  const { kind, alpha: share = 1, gamma: end } = given as SparsePenalty;
  return { penalty: kind === 'elasticNet' ? 'lasso' : kind, alpha: share, ...(end !== undefined && { gamma: end }) };
}
