// Penalties as settings of the solver.
import { namesOfSetting } from '../core/addon.js';
import { rangeError, typeError } from '../core/argumentError.js';
import { checkVector, show } from '../core/check.js';
import type { NameOf } from '../core/makers.js';
import type { SparsePenalty } from '../generated/sparseChoices.js';

type Name = NameOf<SparsePenalty>;

/** Weights of {@link slope}, or what they are beside 1 for each smaller size. */
export type SlopeWeights = readonly number[] | { readonly pairs: number } | undefined;

/** Penalties of the norms of groups of coefficients. */
type GroupKind = 'groupLasso' | 'groupMcp' | 'groupScad' | 'groupLq' | 'sparseGroupLasso';

const groupKinds: readonly string[] = [
  'groupLasso',
  'groupMcp',
  'groupScad',
  'groupLq',
  'sparseGroupLasso',
] satisfies GroupKind[];

/** Returns true if a penalty, by its name, is one of groups of columns. */
export const isOfGroups = (kind: string | undefined): boolean => kind !== undefined && groupKinds.includes(kind);

/** Returns true if a penalty, by its name, is convex. */
export const isConvex = (kind: string | undefined): boolean =>
  kind === undefined || ['lasso', 'slope', 'fused', 'groupLasso', 'sparseGroupLasso'].includes(kind);

/** The kinds of penalties that the addon has. */
const names = (): readonly Name[] => namesOfSetting('sparse', 'penalty') as readonly Name[];

/** Makers of penalties: each kind is a function of its own, but for one that the lasso is a part of. */
function made(): string {
  const [lasso, ...others] = names().map((name) => `${name}(${name === 'sparseGroupLasso' ? 'alpha' : ''})`);
  return [lasso, 'elasticNet(alpha)', ...others].join(', ');
}

/** Names of penalties elsewhere. */
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

/** The name of a penalty, checked. */
export function checkPenalty(penalty: unknown): Name {
  const name = names().find((each) => each === penalty);
  if (name) return name;
  const expected = `expected one of ${names().map(show).join(', ')}, or a penalty made by ${made()}`;
  if (typeof penalty !== 'string') throw typeError(`penalty = ${show(penalty)}: ${expected}`);
  const meant = elsewhere[penalty];
  throw rangeError(`penalty = ${show(penalty)}: ${meant ? `that is ${meant} here; ` : ''}${expected}`);
}

/** The weights of sorted coefficients of a penalty that has its own, one a column. */
export function sortedWeights(weights: SlopeWeights, columns: number): Float64Array | undefined {
  if (weights === undefined) return undefined;
  if ('pairs' in weights)
    return Float64Array.from({ length: columns }, (_, k) => 1 + weights.pairs * (columns - 1 - k));
  return checkVector('penalty.weights', weights, { length: columns, per: 'one for each column of x', lower: 0 });
}
