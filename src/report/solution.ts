// The point that was found: variables, what is active at it, and multipliers.
import { chart, type Series } from './chart.js';
import { type Part, soft, table } from './page.js';
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

export interface SolutionNames {
  variables?: readonly string[] | undefined;
  constraints?: readonly string[] | undefined;
}

/** The most bars of a chart; more numbers are a line. */
const mostBars = 300;
/** The most points of a line; of more numbers the extremes of parts are drawn. */
const mostPoints = 5000;
/** The most rows of a table. */
const mostRows = 200;

const nameIn = (names: readonly string[] | undefined, letter: string, k: number): string =>
  names?.[k] ?? `${letter}[${k}]`;

/** The places of the smallest and the largest number of each of so many parts that a chart can show: their line looks as that of all. */
function extremes(values: ArrayLike<number>): number[] {
  const parts = 1000;
  const places: number[] = [];
  for (let part = 0; part < parts; ++part) {
    const [from, to] = [part, part + 1].map((each) => Math.floor((each * values.length) / parts)) as [number, number];
    let [least, most] = [from, from];
    for (let k = from; k < to; ++k) {
      if ((values[k] as number) < (values[least] as number)) least = k;
      if ((values[k] as number) > (values[most] as number)) most = k;
    }
    places.push(...new Set([Math.min(least, most), Math.max(least, most)]));
  }
  return places;
}

/** A chart of numbers by their places. */
export function numbersChart(
  name: string,
  values: ArrayLike<number>,
  names?: readonly string[],
  letter = name,
): string | undefined {
  const x = values.length <= mostPoints ? [...Array(values.length).keys()] : extremes(values);
  const y = x.map((k) => values[k] as number);
  const series: Series[] = [{ name, as: values.length <= mostBars ? 'bars' : 'line', x, y, colour: 1 }];
  return chart({ name, x: 'index', y: name, series, height: 220, placeName: (k) => nameIn(names, letter, k) });
}

/** Numbers of one kind, such as variables: a chart, and a table of the largest. */
export function listPart(
  title: string,
  noun: string,
  values: ArrayLike<number>,
  names: readonly string[] | undefined,
  letter: string,
): Part {
  const most = 20;
  const nonzero = [...Array(values.length).keys()].filter((k) => values[k] !== 0);
  const rows = nonzero
    .sort((a, b) => Math.abs(values[b] as number) - Math.abs(values[a] as number))
    .slice(0, most)
    .map((k) => [nameIn(names, letter, k), figure(values[k], 8)]);
  const zeros = values.length - nonzero.length;
  const left = nonzero.length > most ? ` The table has the ${most} largest.` : '';
  const about = `${counted(values.length, noun)}, ${zeros} of which ${zeros === 1 ? 'is' : 'are'} 0.${left}`;
  const drawn = values.length > 1 ? (numbersChart(letter, values, names) ?? '') : '';
  return { title, body: [soft(about), drawn, ...(rows.length > 0 ? [table([noun, 'value'], rows)] : [])].join('\n') };
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
  const rows = bounds
    .slice(0, mostRows)
    .map(({ k, side, multiplier }) => [
      nameIn(names.variables, 'x', k),
      side,
      figure(solution.x?.[k], 6),
      figure(multiplier, 6),
    ]);
  const active =
    bounds.length === 0
      ? 'No variable is at a bound.'
      : `${counted(bounds.length, 'variable')} at a bound, those with the largest multipliers first.`;
  return {
    title: 'Constraints and multipliers',
    body: [
      ...ofConstraints,
      soft(`${active}${more(bounds.length)}`),
      ...(rows.length > 0 ? [table(['variable', 'bound', 'value', 'multiplier'], rows, [1])] : []),
    ].join('\n'),
  };
}

const more = (count: number): string => (count > mostRows ? ` The table has ${mostRows} of them.` : '');

function constraintParts(
  { multipliers = [], constraintValues, activeConstraints = [] }: Solution,
  names: SolutionNames,
): string[] {
  if (multipliers.length === 0) return [];
  const active = new Set(Array.from(activeConstraints));
  const all = [...Array(multipliers.length).keys()]
    .filter((k) => multipliers[k] !== 0 || active.has(k))
    .sort((a, b) => Math.abs(multipliers[b] as number) - Math.abs(multipliers[a] as number));
  const rows = all
    .slice(0, mostRows)
    .map((k) => [
      ...[nameIn(names.constraints, 'c', k), figure(constraintValues?.[k], 6), figure(multipliers[k], 6)],
      active.has(k) ? 'active inequality' : '',
    ]);
  const about = `${counted(multipliers.length, 'constraint')}, ${all.length} with a multiplier or active (${counted(active.size, 'inequality', 'inequalities')} at a side). The objective changes by minus the multiplier for each unit by which the side of a constraint is moved; of bounds by the multiplier for a lower one, by minus the multiplier for an upper one.`;
  return [
    soft(`${about}${more(all.length)}`),
    ...(multipliers.length > 1 ? [numbersChart('multiplier', multipliers, names.constraints, 'c') ?? ''] : []),
    table(['constraint', 'value', 'multiplier', ''], rows, [3]),
  ];
}
