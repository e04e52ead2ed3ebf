// The numbers of a penalty, for tests that judge results by its definition.
import type { SparsePenalty } from '../../src/sparse/index.js';
import type { Kind } from './values.js';

/** Sizes, in lambdas, from which penalties are constant unless they say it. */
const usual: Record<string, number> = { mcp: 3, scad: 3.7, groupMcp: 3, groupScad: 3.7 };

/** The kind of a penalty of coefficients, which is the lasso for the elastic net, its share and where it becomes constant. */
export function numbersOf(penalty: SparsePenalty): { kind: Kind; alpha: number; gamma?: number } {
  const given = (typeof penalty === 'string' ? { kind: penalty } : penalty) as { kind: string };
  const { kind, alpha = 1, gamma = usual[kind] } = given as { kind: string; alpha?: number; gamma?: number };
  return { kind: (kind === 'elasticNet' ? 'lasso' : kind) as Kind, alpha, ...(gamma !== undefined && { gamma }) };
}
