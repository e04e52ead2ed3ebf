// The names of variables and constraints in messages of a solve.
import { CompiledProgram, type Program } from '../expressions/program.js';
import type { NlpSolution } from '../generated/nlp.js';
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

/** Constraints and bounds that contradict one another, those of {@link NlpResult.conflict}. */
export interface Conflict {
  /** Constraints that cannot be satisfied together within the bounds below, those that are violated most first. */
  constraints: {
    /** The name that the constraint was given, with its place in the block: 'reserve[5]'. */
    name: string;
    index: number;
    /** The side that contradicts the others; 'both' of an equation. */
    side: 'lower' | 'upper' | 'both';
  }[];
  /** The bounds of variables that matter. */
  bounds: {
    /** The name that the variable was given, with its place: 'price[2]'. */
    name: string;
    index: number;
    side: 'lower' | 'upper';
  }[];
  /**
   * True if each of them was left out, and a point was found that satisfies the others (where `proof` is false: to first order,
   * near x). False: some may not be needed.
   */
  irreducible: boolean;
  /**
   * True if no point satisfies these constraints and bounds together, which is shown where they are linear or convex. False: no
   * point near x does, to first order.
   */
  proof: boolean;
}

/** Names of all variables and all constraints. */
export interface ResultNames {
  readonly variables: readonly string[];
  readonly constraints: readonly string[];
}

/** The names of a program: given ones, or those that a model makes up (`v0[3]`, `c1`); without any `x[3]` and `c[1]`. */
export function allNames(program: Program): ResultNames {
  const parts = program instanceof CompiledProgram ? program.parts : undefined;
  const mps = program instanceof MpsProgram ? program : undefined;
  const filled = (names: readonly string[] | undefined, letter: string, count: number) =>
    Array.from({ length: count }, (_, k) => names?.[k] || `${letter}[${k}]`);
  return {
    variables: filled(mps?.variableNames ?? parts?.variableNames(), 'x', program.n),
    constraints: filled(mps?.constraintNames ?? parts?.constraintNames(), 'c', program.m),
  };
}

/** A conflict as the solver gives it, with the names of its constraints and bounds. */
export function namedConflict(conflict: NonNullable<NlpSolution['conflict']>, program: Program): Conflict {
  const { variables, constraints } = allNames(program);
  const named = <Member extends { index: number }>(members: readonly Member[], names: readonly string[]) =>
    members.map((member) => ({ name: names[member.index] as string, ...member }));
  return {
    ...conflict,
    constraints: named(conflict.constraints, constraints),
    bounds: named(conflict.bounds, variables),
  };
}

/**
 * A message of native/solvers/nlp/conflict_explanation.cpp with names behind the indices of constraints, variables and bounds: those
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
