// The point that was found: variables, what is active at it, and multipliers.
import { blockChart, blockHeading, blocksOf, bySize, foldedTable, nameIn, withoutRounding } from './blocks.js';
import { type Part, soft } from './page.js';
import { counted, figure } from './text.js';

/** Members of results of problems with constraints, as far as they are there. */
export interface Solution {
  x?: ArrayLike<number>;
  multipliers?: ArrayLike<number>;
  lowerMultipliers?: ArrayLike<number>;
  upperMultipliers?: ArrayLike<number>;
  constraintValues?: ArrayLike<number>;
  activeLower?: ArrayLike<number>;
  activeUpper?: ArrayLike<number>;
  activeConstraints?: ArrayLike<number>;
}

/** Members of `conflict` that the page shows. */
export interface Conflict {
  constraints: readonly { name: string; side: string }[];
  bounds: readonly { name: string; side: string }[];
  irreducible: boolean;
  proof: boolean;
}

export interface SolutionNames {
  variables?: readonly string[] | undefined;
  constraints?: readonly string[] | undefined;
}

/** Numbers of one kind, such as variables: by blocks a chart, and a table with the largest first. */
export function listPart(
  title: string,
  noun: string,
  given: ArrayLike<number>,
  names: readonly string[] | undefined,
  letter: string,
): Part {
  const blocks = blocksOf(names, given.length);
  const values = withoutRounding(given, blocks);
  const zeros = values.filter((value) => value === 0).length;
  const name = (k: number) => nameIn(names, letter, k);
  const shown = blocks.flatMap((block) => [
    blockHeading(block, noun, blocks),
    blockChart(block.name ?? letter, values, block, name, blocks),
    foldedTable([noun, 'value'], bySize(block.places, values), (k) => [name(k), figure(values[k], 8)], {
      most: block.places.filter((k) => values[k] !== 0).length,
    }),
  ]);
  const about = `${counted(values.length, noun)}, ${zeros} of which ${zeros === 1 ? 'is' : 'are'} 0.`;
  return { title, body: [soft(about), ...shown].join('\n') };
}

export function variables({ x }: Solution, names: SolutionNames): Part | undefined {
  return x && x.length > 0 ? listPart('Solution', 'variable', x, names.variables, 'x') : undefined;
}

/** Multipliers of constraints and bounds, and which of them are active. */
export function constraints(solution: Solution, names: SolutionNames): Part | undefined {
  const { multipliers, lowerMultipliers, upperMultipliers, activeLower = [], activeUpper = [] } = solution;
  if (!multipliers || !lowerMultipliers || !upperMultipliers) return undefined;
  const ofConstraints = constraintParts(solution, names);
  const bounds = [
    ...Array.from(activeLower, (k) => ({ k, side: 'lower', multiplier: lowerMultipliers[k] as number })),
    ...Array.from(activeUpper, (k) => ({ k, side: 'upper', multiplier: upperMultipliers[k] as number })),
  ].sort((a, b) => Math.abs(b.multiplier) - Math.abs(a.multiplier));
  if (ofConstraints.length === 0 && bounds.length === 0) return undefined;
  const active =
    bounds.length === 0
      ? 'No variable is at a bound.'
      : `${counted(bounds.length, 'variable')} at a bound, those with the largest multipliers first.`;
  return {
    title: 'Constraints and multipliers',
    body: [...ofConstraints, soft(active), ...(bounds.length > 0 ? [boundsTable(bounds, solution, names)] : [])].join(
      '\n',
    ),
  };
}

interface ActiveBound {
  k: number;
  side: string;
  multiplier: number;
}

function boundsTable(bounds: readonly ActiveBound[], { x }: Solution, names: SolutionNames): string {
  const row = (place: number) => {
    const { k, side, multiplier } = bounds[place] as ActiveBound;
    return [nameIn(names.variables, 'x', k), side, figure(x?.[k], 6), figure(multiplier, 6)];
  };
  return foldedTable(['variable', 'bound', 'value', 'multiplier'], [...bounds.keys()], row, { textual: [1] });
}

function constraintParts(
  { multipliers: given = [], constraintValues, activeConstraints = [] }: Solution,
  names: SolutionNames,
): string[] {
  if (given.length === 0) return [];
  const blocks = blocksOf(names.constraints, given.length);
  const multipliers = withoutRounding(given, blocks);
  const values = constraintValues && withoutRounding(constraintValues, blocks);
  const active = new Set(Array.from(activeConstraints));
  const holding = multipliers.filter((multiplier, k) => multiplier !== 0 || active.has(k)).length;
  const name = (k: number) => nameIn(names.constraints, 'c', k);
  const about = `${counted(given.length, 'constraint')}, ${holding} with a multiplier or active (${counted(active.size, 'inequality', 'inequalities')} at a side). The objective changes by minus the multiplier for each unit by which the side of a constraint is moved; of bounds by the multiplier for a lower one, by minus the multiplier for an upper one.`;
  const row = (k: number) => [
    ...[name(k), figure(values?.[k], 6), figure(multipliers[k], 6)],
    active.has(k) ? 'active inequality' : '',
  ];
  const shown = blocks.flatMap((block) => [
    blockHeading(block, 'constraint', blocks),
    blockChart('multiplier', multipliers, block, name, blocks),
    foldedTable(['constraint', 'value', 'multiplier', ''], bySize(block.places, multipliers), row, {
      textual: [3],
      most: block.places.filter((k) => multipliers[k] !== 0 || active.has(k)).length,
    }),
  ]);
  return [soft(about), ...shown];
}

/** Constraints and bounds that contradict one another. */
export function conflictPart({ conflict }: { conflict?: Conflict }): Part | undefined {
  if (!conflict) return undefined;
  const { irreducible, proof } = conflict;
  const about = [
    proof ? 'No point satisfies these together.' : 'No point near x satisfies these together, to first order.',
    irreducible
      ? `Each of them is needed${proof ? ': without it the others can be satisfied' : ' for that'}.`
      : 'Some may not be needed.',
  ].join(' ');
  const members = [
    ...conflict.constraints.map(({ name, side }) => [name, 'constraint', side]),
    ...conflict.bounds.map(({ name, side }) => [name, 'bound', side]),
  ];
  const row = (k: number) => members[k] as string[];
  return {
    title: 'Conflict',
    body: [soft(about), foldedTable(['name', 'kind', 'side'], [...members.keys()], row, { textual: [1, 2] })].join(
      '\n',
    ),
  };
}
