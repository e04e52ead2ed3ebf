// Penalties as settings of the solver.
import { namesOfSetting } from '../core/addon.js';
import { checkVector, show } from '../core/check.js';
import type { SparseOptions } from '../generated/sparse.js';
import type { SparsePenalty } from './penalties.js';

type Name = NonNullable<SparseOptions['penalty']>;

/** Penalties of the norms of groups of coefficients. */
type GroupKind = 'groupLasso' | 'groupMcp' | 'groupScad' | 'sparseGroupLasso';

const groupKinds: readonly string[] = ['groupLasso', 'groupMcp', 'groupScad', 'sparseGroupLasso'] satisfies GroupKind[];

/** Returns true if a penalty, by its name, is one of groups of columns. */
export const isOfGroups = (kind: string | undefined): boolean => kind !== undefined && groupKinds.includes(kind);

/** Returns true if a penalty, by its name, is convex. */
export const isConvex = (kind: string | undefined): boolean =>
  kind === undefined || ['lasso', 'slope', 'fused', 'groupLasso', 'sparseGroupLasso'].includes(kind);

/** The kinds of penalties that the addon has. */
const names = (): readonly Name[] => namesOfSetting('sparse', 'penalty') as readonly Name[];

/** What makes penalties: each kind is a function of its own, but for one that the lasso is a part of. */
function made(): string {
  const [lasso, ...others] = names().map((name) => `${name}(${name === 'sparseGroupLasso' ? 'alpha' : ''})`);
  return [lasso, 'elasticNet(alpha)', ...others].join(', ');
}

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
  L0: 'bestSubset()',
  l0: 'bestSubset()',
  oscar: 'oscar()',
  grLasso: 'groupLasso()',
  grMCP: 'groupMcp()',
  grSCAD: 'groupScad()',
};

/** The settings of the solver that a penalty stands for: one made by a function, or the name of one beside `alpha` and `gamma`. */
export function penaltySettings(
  penalty: unknown,
  alpha: number | undefined,
  gamma: number | undefined,
): { penalty?: Name; alpha?: number; gamma?: number; ridge?: number; largest?: number; q?: number } {
  if (penalty === undefined) return { ...(alpha !== undefined && { alpha }), ...(gamma !== undefined && { gamma }) };
  if (typeof penalty === 'string') {
    const name = names().find((each) => each === penalty);
    const meant = elsewhere[penalty];
    if (!name) {
      const expected = `expected one of ${names().map(show).join(', ')}, or a penalty made by ${made()}`;
      throw new RangeError(`penalty = ${show(penalty)}: ${meant ? `that is ${meant} here; ` : ''}${expected}`);
    }
    return { penalty: name, ...(alpha !== undefined && { alpha }), ...(gamma !== undefined && { gamma }) };
  }
  const given = typeof penalty === 'object' && penalty !== null ? (penalty as Partial<SparsePenalty>) : {};
  if (given.kind !== 'elasticNet' && !names().includes(given.kind as Name)) {
    throw new TypeError(`penalty = ${show(penalty)}: expected a penalty made by ${made()}`);
  }
  for (const [name, value] of [
    ['alpha', alpha],
    ['gamma', gamma],
  ] as const) {
    if (value !== undefined)
      throw new RangeError(`${name} = ${show(value)}: expected none beside a penalty with its own`);
  }
  const { kind, alpha: share = 1, gamma: end, ridge, largest, q } = given as SparsePenalty;
  return {
    penalty: kind === 'elasticNet' ? 'lasso' : kind,
    alpha: share,
    ...(end !== undefined && { gamma: end }),
    ...(ridge !== undefined && { ridge }),
    ...(largest !== undefined && { largest }),
    ...(q !== undefined && { q }),
  };
}

/** The weights of sorted coefficients that a penalty has of its own, one a column. */
export function sortedWeights(penalty: unknown, columns: number): Float64Array | undefined {
  if (typeof penalty !== 'object' || penalty === null) return undefined;
  const { weights } = penalty as Partial<SparsePenalty>;
  if (weights === undefined) return undefined;
  if ('pairs' in weights)
    return Float64Array.from({ length: columns }, (_, k) => 1 + weights.pairs * (columns - 1 - k));
  return checkVector('penalty.weights', weights, { length: columns, per: 'one for each column of x', lower: 0 });
}
