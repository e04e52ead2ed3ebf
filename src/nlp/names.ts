// The names of variables and constraints in messages of a solve.
import { CompiledProgram, type Program } from '../expressions/program.js';
import { MpsProgram } from '../problems/mps.js';

/** Names that a model makes up: v0 and c0, or v0[1,2] of an entry. */
const madeUp = /^[vc]\d+(\[|$)/;

/** Names that were given to variables and constraints, or stand in an .mps file or beside an .nl file; undefined where there is none. */
export interface GivenNames {
  variable: (index: number) => string | undefined;
  constraint: (index: number) => string | undefined;
}

/** The names of a program's variables and constraints; undefined if it cannot have any. */
export function givenNames(program: Program): GivenNames | undefined {
  if (program instanceof MpsProgram) {
    const { variableNames, constraintNames } = program;
    return { variable: (index) => variableNames[index], constraint: (index) => constraintNames[index] };
  }
  if (!(program instanceof CompiledProgram)) return undefined;
  const { parts } = program;
  const [variables, constraints] = [parts.variableNames(), parts.constraintNames()];
  const given = (name: string | undefined) => (name && !madeUp.test(name) ? name : undefined);
  return { variable: (index) => given(variables[index]), constraint: (index) => given(constraints[index]) };
}

/**
 * A message of native/solvers/nlp/barrier_explanation.cpp with names behind the indices of constraints, variables and bounds: those
 * that a model was given, or that stand in an .mps file or beside an .nl file. 'constraint 1 (budget) is 2, ...'
 */
export function withNames(message: string, program: Program): string {
  const place = /\b(constraint |x\[|lower\[|upper\[)(\d+)\]?/g;
  if (message.search(place) < 0) return message;
  const names = givenNames(program);
  if (!names) return message;
  return message.replace(place, (found, kind: string, index: string) => {
    const name = (kind === 'constraint ' ? names.constraint : names.variable)(Number(index));
    return name ? `${found} (${name})` : found;
  });
}
