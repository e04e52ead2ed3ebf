// The lines of a .sol file about a solve of a .nl file.
import { existsSync } from 'node:fs';
import type { SolverError } from '../core/error.js';
import type { Run } from './print.js';
import { failureNum, readHeader, type Solution, solveResultNum, writeSol } from './sol.js';
import { title } from './title.js';

/** Writes the .sol file beside a .nl file. */
export interface Answer {
  /** The .sol file. */
  path: string;
  solved(run: Run): Promise<void>;
  failed(error: SolverError): Promise<void>;
}

/** The answer to a .nl file; undefined for one that is missing or something else, of which nothing can be said in a .sol file. */
export function answerTo(nl: string, objno: number): Answer | undefined {
  const header = existsSync(nl) ? readHeader(nl) : undefined;
  if (!header) return undefined;
  const path = nl.replace(/\.nl$/, '.sol');
  const write = ({ message, ...rest }: Omit<Solution, 'objective'>): Promise<void> =>
    writeSol(path, header, { ...rest, objective: objno - 1, message: `${title}: ${message}` });
  return {
    path,
    solved(run) {
      const { x, lowerMultipliers, upperMultipliers } = run;
      return write({
        ...{ message: messageOfRun(run), code: codeOf(run), x },
        duals: amplMultipliers(run),
        // Reduced costs are derivatives of the objective by bounds.
        suffixes: { ipopt_zL_out: lowerMultipliers, ipopt_zU_out: upperMultipliers?.map((z) => 0 - z) },
      });
    },
    failed: ({ message, code }) => write({ message, code: failureNum(code) }),
  };
}

function codeOf({ result: { status, residual }, objective, search }: Run): number {
  return solveResultNum(status, residual, search !== undefined && Number.isFinite(objective));
}

/** The message, the objective, bound and gap of a search, and what was left out of the file, in lines. */
export function messageOfRun({ result, objective, notes, search }: Run): string {
  const gap = search?.gap === undefined ? '' : `, gap ${search.gap}`;
  const found = search ? `objective ${objective}, bound ${search.bound}${gap}` : `objective ${objective}`;
  return [result.message, found, ...notes].join('\n');
}

/** Multipliers as AMPL has them, the derivatives of the objective by the right-hand sides: minus those of L = f + multipliers^T c. */
export function amplMultipliers({ multipliers }: Run): number[] {
  return multipliers.map((lambda) => -lambda);
}
