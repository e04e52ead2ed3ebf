// How well a model says what was observed: a confusion matrix of classes, residuals of numbers.
import { rangeError, typeError } from '../core/argumentError.js';
import { show } from '../core/check.js';
import { looksLikeMatrix, type Matrix, type MatrixLike, toMatrix } from '../core/matrix.js';
import type { Label, Prediction, Targets } from '../core/targets.js';
import { chart } from './chart.js';
import { mostCircles, type Series } from './frame.js';
import { type Part, soft, table } from './page.js';
import { escaped, figure } from './text.js';

/** The most classes that a confusion matrix has a row for, and the most outputs that have charts. */
const mostClasses = 40;
const mostOutputs = 8;

/**
 * Comparison of observed and predicted values.
 * @throws TypeError or RangeError where they do not fit together.
 */
export function compared(observed: Targets, predicted: Prediction, classes?: readonly Label[]): Part {
  if (!looksLikeMatrix(predicted)) {
    const [y, f] = [Array.from(observed as ArrayLike<Label>), Array.from(predicted as ArrayLike<Label>)];
    if (y.length !== f.length)
      throw rangeError(`data.y: expected ${f.length} responses, one for each row, got ${y.length}`);
    if (classes || typeof f[0] !== 'number' || typeof y[0] !== 'number')
      return confusion(y.map(String), f.map(String), classes);
    return residuals([{ name: 'response', y: y as number[], f: f as number[] }]);
  }
  const f = toMatrix('predictions', predicted);
  const y = looksLikeMatrix(observed) ? toMatrix('data.y', observed) : vector(observed, f);
  if (y.rows !== f.rows || y.columns !== f.columns) {
    throw rangeError(`data.y: expected ${f.rows} x ${f.columns} numbers, got ${y.rows} x ${y.columns}`);
  }
  const column = ({ data, rows, columns }: Matrix, j: number): number[] =>
    Array.from({ length: rows }, (_, i) => data[i * columns + j] as number);
  const outputs = Array.from({ length: Math.min(f.columns, mostOutputs) }, (_, j) => ({
    ...{ name: f.columns === 1 ? 'response' : `output ${j + 1}`, y: column(y, j), f: column(f, j) },
  }));
  return residuals(outputs, f.columns);
}

function vector(observed: Targets, { rows, columns }: Matrix): MatrixLike & Matrix {
  const values = Array.from(observed as ArrayLike<unknown>);
  const k = values.findIndex((value) => typeof value !== 'number');
  if (k >= 0) throw typeError(`data.y[${k}] = ${show(values[k])}: expected a number`);
  return { data: Float64Array.from(values as number[]), rows: columns === 1 ? values.length : rows, columns: 1 };
}

/** A row for each class that was observed, a column for each that was predicted. */
function confusion(y: readonly string[], f: readonly string[], order: readonly Label[] | undefined): Part {
  const found = new Set([...y, ...f]);
  const known = (order ?? []).map(String);
  const classes = [...known, ...[...found].filter((each) => !known.includes(each)).sort()];
  const counts = new Map<string, number>();
  const key = (a: string, b: string): string => JSON.stringify([a, b]);
  y.forEach((label, i) => {
    const at = key(label, f[i] as string);
    counts.set(at, (counts.get(at) ?? 0) + 1);
  });
  const count = (a: string, b: string): number => counts.get(key(a, b)) ?? 0;
  const right = y.filter((label, i) => label === f[i]).length;
  const about = soft(
    `${right} of ${y.length} rows are right: accuracy ${figure(right / y.length)}. A row for each class that was observed, a column for each that was predicted.`,
  );
  const body = classes.length <= mostClasses ? matrixTable(classes, count) : mistakes(y, f, counts);
  return { title: 'Confusion matrix', body: `${about}${body}${perClass(classes.slice(0, 200), y, f, count)}` };
}

function matrixTable(classes: readonly string[], count: (a: string, b: string) => number): string {
  const head = classes.map((name) => `<th>${escaped(name)}</th>`).join('');
  const rows = classes.map((observed) => {
    const all = classes.reduce((sum, predicted) => sum + count(observed, predicted), 0);
    const cells = classes.map((predicted) => {
      const number = count(observed, predicted);
      const kind = observed === predicted ? 'cell right' : 'cell';
      return `<td class="${kind}" style="--share: ${all > 0 ? (number / all).toFixed(4) : 0}">${number}</td>`;
    });
    return `<tr><th>${escaped(observed)}</th>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table class="confusion"><thead><tr><th></th>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

/** The most frequent mistakes, where there are too many classes for a table of all pairs. */
function mistakes(y: readonly string[], f: readonly string[], counts: ReadonlyMap<string, number>): string {
  const wrong = Array.from(counts, ([at, number]) => ({ pair: JSON.parse(at) as [string, string], number }))
    .filter(({ pair: [a, b] }) => a !== b)
    .sort((a, b) => b.number - a.number);
  if (wrong.length === 0) return '';
  const rows = wrong.slice(0, 40).map(({ pair: [a, b], number }) => [a, b, String(number)]);
  return `${soft(`The most frequent of ${wrong.length} kinds of mistakes among ${new Set([...y, ...f]).size} classes.`)}${table(['observed', 'predicted', 'rows'], rows, [1])}`;
}

function perClass(
  classes: readonly string[],
  y: readonly string[],
  f: readonly string[],
  count: (a: string, b: string) => number,
): string {
  const total = (list: readonly string[]): Map<string, number> => {
    const of = new Map<string, number>();
    for (const each of list) of.set(each, (of.get(each) ?? 0) + 1);
    return of;
  };
  const [observed, predicted] = [total(y), total(f)];
  const rows = classes.map((name) => {
    const [all, said] = [observed.get(name) ?? 0, predicted.get(name) ?? 0];
    const right = count(name, name);
    return [name, String(all), said > 0 ? figure(right / said) : '-', all > 0 ? figure(right / all) : '-'];
  });
  return table(['class', 'rows', 'precision', 'recall'], rows);
}

interface Output {
  name: string;
  y: readonly number[];
  f: readonly number[];
}

function residuals(outputs: readonly Output[], all = outputs.length): Part {
  const measures = outputs.map(({ name, y, f }) => {
    const { squared, r2, largest } = measuresOf(y, f);
    const of = outputs.length > 1 ? `${name}: ` : '';
    return `${of}R^2 ${figure(r2)}, root mean squared error ${figure(Math.sqrt(squared))}, largest error ${figure(largest)}`;
  });
  const rows = outputs[0]?.y.length ?? 0;
  const left = [
    ...(all > outputs.length ? [` The first ${outputs.length} of ${all} outputs are shown.`] : []),
    ...(rows > mostCircles ? [` Of ${rows} rows ${mostCircles} are drawn.`] : []),
  ].join('');
  const series: Series[] = outputs.map(({ name, y, f }, k) => ({ name, as: 'points', x: f, y, colour: (k % 8) + 1 }));
  const scatter = chart({
    name: 'Observed against predicted',
    ...{ x: 'predicted', y: 'observed', series, diagonal: true, height: 340 },
  });
  const errors = outputs.flatMap(({ y, f }) => y.map((value, i) => value - (f[i] as number)));
  return {
    title: 'Residuals',
    body: [soft(`${measures.join('; ')}.${left}`), scatter, histogram(errors)].filter(Boolean).join('\n'),
  };
}

function measuresOf(y: readonly number[], f: readonly number[]): { squared: number; r2: number; largest: number } {
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const errors = y.map((value, i) => value - (f[i] as number));
  const squares = (of: readonly number[]): number => of.reduce((sum, value) => sum + value * value, 0);
  const total = squares(y.map((value) => value - mean));
  return {
    squared: squares(errors) / y.length,
    r2: total > 0 ? 1 - squares(errors) / total : Number.NaN,
    largest: errors.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  };
}

/** How often residuals of each size are; classes by the rule of Freedman and Diaconis, 1981, at most 60. */
function histogram(errors: readonly number[]): string | undefined {
  const sorted = errors.filter(Number.isFinite).sort((a, b) => a - b);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || !(high > low)) return undefined;
  const quantile = (p: number): number => sorted[Math.floor(p * (sorted.length - 1))] as number;
  const wide = (2 * (quantile(0.75) - quantile(0.25))) / Math.cbrt(sorted.length);
  const count = Math.max(5, Math.min(60, wide > 0 ? Math.ceil((high - low) / wide) : 5));
  const counts = new Array<number>(count).fill(0);
  for (const value of sorted) {
    const bin = Math.min(count - 1, Math.floor((count * (value - low)) / (high - low)));
    counts[bin] = (counts[bin] as number) + 1;
  }
  const x = counts.map((_, k) => low + ((k + 0.5) * (high - low)) / count);
  return chart({
    name: 'Histogram of residuals',
    ...{
      x: 'observed - predicted',
      y: 'rows',
      series: [{ name: 'rows', as: 'bars', x, y: counts, colour: 1 }],
      height: 240,
    },
  });
}
