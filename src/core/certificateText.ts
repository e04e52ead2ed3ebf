// A certificate in words, as the command line and reports show it.
import type { Certificate } from '../generated/solve.js';

/** A certificate in some words: "global over patterns, gap 3.1e-5". */
export function certificateText({ kind, over, gap, proof }: Certificate): string {
  const points = over === undefined ? '' : ` over ${over}`;
  const distance = gap === undefined ? '' : `, gap ${gap.toExponential(1)}`;
  return `${kind}${points}${distance}${proof === undefined ? '' : shownBy(proof.kind)}`;
}

function shownBy(kind: NonNullable<Certificate['proof']>['kind']): string {
  if (kind === 'farkas') return ', by a farkas proof';
  return kind === 'hall' ? ', by a set with too few partners' : `, with a ${kind} along which the objective falls`;
}
