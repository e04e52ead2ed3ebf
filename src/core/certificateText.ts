// A certificate in words, as the command line and reports show it.
import type { Certificate } from '../generated/solve.js';

/** A certificate in some words: "global over patterns, gap 3.1e-5". */
export function certificateText({ kind, over, gap, proof }: Certificate): string {
  const points = over === undefined ? '' : ` over ${over}`;
  const distance = gap === undefined ? '' : `, gap ${gap.toExponential(1)}`;
  return `${kind}${points}${distance}${proof === undefined ? '' : proof.kind === 'farkas' ? ', by a farkas proof' : `, with a ${proof.kind} along which the objective falls`}`;
}
