// The names of variables and constraints in messages of a solve.
import { CompiledProgram, type Program } from '../expressions/program.js';

/** Names that a model makes up: v0 and c0, or v0[1,2] of an entry. */
const madeUp = /^[vc]\d+(\[|$)/;

/**
 * A message of native/solvers/nlp/barrier_explanation.cpp with names behind the indices of constraints, variables and bounds: those
 * that a model was given, or that stand in the files beside an .nl file. 'constraint 1 (budget) is 2, ...'
 */
export function withNames(message: string, program: Program): string {
  if (!(program instanceof CompiledProgram)) return message;
  const place = /\b(constraint |x\[|lower\[|upper\[)(\d+)\]?/g;
  if (message.search(place) < 0) return message;
  const { parts } = program;
  const [variables, constraints] = [parts.variableNames(), parts.constraintNames()];
  return message.replace(place, (found, kind: string, index: string) => {
    const name = (kind === 'constraint ' ? constraints : variables)[Number(index)];
    return name && !madeUp.test(name) ? `${found} (${name})` : found;
  });
}
