// The path as the command line program prints it: a table, or one object.

import { certificateText } from '../core/certificateText.js';
import {
  alongOf,
  type Chosen,
  choosers,
  explained,
  interceptsOf,
  isConvex,
  nameOf,
  type PathRun,
  parameterOf,
  parametersOf,
  placesOf,
  preferred,
  shareExplained,
} from '../report/pathRun.js';
import { counted, figure, shortened } from '../report/text.js';
import type { SparseCrossValidationSettings } from '../sparse/index.js';
import type { DataFile } from './dataFile.js';

/** A path that was fitted to a file. */
export interface FileRun extends PathRun {
  data: DataFile;
  settings: SparseCrossValidationSettings;
}

/** The most lambdas that the table shows beside those that are chosen. */
const mostRows = 20;
/** The most coefficients that are printed; a report and --json have more. */
const mostCoefficients = 30;

/** The path in words for people: its lambdas, what is chosen, and the coefficients of one choice. */
export function pathText(run: PathRun): string {
  const { path, chosen } = run;
  const { end, notFitted, status, message } = path;
  const left =
    end === 'complete' || notFitted.length === 0
      ? []
      : [`The path ended early (${end}); ${counted(notFitted.length, parameterOf(path))} left.`];
  const parts = [[lambdaTable(run), ...left].join('\n')];
  if (chosen.length > 0) parts.push(choiceTable(path, chosen));
  const [first] = preferred(chosen);
  if (first) parts.push(coefficientTable(run, first));
  if (status !== 'solved') parts.push(`${status}: ${message}`);
  return parts.join('\n\n');
}

function lambdaTable({ path, chosen }: PathRun): string {
  const count = path.lambda.length;
  const step = Math.max(1, Math.ceil((count - 1) / (mostRows - 1)));
  const shown = [...path.lambda.keys()].filter(
    (k) => k % step === 0 || k === count - 1 || chosen.some((each) => each.k === k),
  );
  const convex = isConvex(path);
  const validated = path.mean !== undefined && path.mean.length > 0;
  const share = explained(path);
  const titles = [
    ...['', parameterOf(path), 'df', 'explained', ...(convex ? ['gap'] : ['violation', 'convex'])],
    ...(validated ? [String(path.measure), 's.e.'] : []),
  ];
  const rows = shown.map((k) => [
    String(k + 1),
    figure(parametersOf(path)[k]),
    figure(path.df[k]),
    (share[k] as number).toFixed(4),
    ...(convex ? [scientific(path.gap[k])] : [scientific(path.violation[k]), path.locallyConvex[k] ? 'yes' : 'no']),
    ...(validated ? [figure(path.mean?.[k]), figure(path.standardError?.[k], 3)] : []),
    choosers(chosen, k),
  ]);
  return aligned([...titles, ''], rows, titles.length);
}

function choiceTable(path: PathRun['path'], chosen: readonly Chosen[]): string {
  const rows = chosen.map(({ by, fit }) => [
    by,
    figure(alongOf(fit)),
    String(fit.support.length),
    figure(shareExplained(fit.deviance, fit.nullDeviance)),
    certificateText(fit.certificate),
  ]);
  return aligned(['chosen by', parameterOf(path), 'columns', 'explained', 'certificate'], rows, 4, 1);
}

function coefficientTable(run: PathRun, { by, fit }: Chosen): string {
  const all = placesOf(fit).map((place) => [
    shortened(nameOf(run, place), mostLetters),
    figure(fit.coefficients[place], 6),
  ]);
  const intercepts = interceptsOf(run, fit).map(({ name, value }) => [
    shortened(`(${name})`, mostLetters),
    figure(value, 6),
  ]);
  const rows = [...intercepts, ...all.slice(0, mostCoefficients)];
  const more =
    all.length > mostCoefficients ? [`and ${all.length - mostCoefficients} more; --json and --report have all`] : [];
  return [aligned([by, 'coefficient'], rows, 2, 1), ...more].join('\n');
}

/** The most letters of a name that are printed. */
const mostLetters = 50;

const scientific = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '-' : value.toExponential(1);

/** Columns of text: the first `left` ones and those from `right` on begin at the left, the others end at the right. */
function aligned(titles: readonly string[], rows: readonly (readonly string[])[], right: number, left = 0): string {
  const lines = [titles, ...rows];
  const widths = titles.map((_, c) => Math.max(...lines.map((line) => (line[c] as string).length)));
  const cell = (text: string, c: number): string => {
    const width = widths[c] as number;
    return c < left || c >= right ? text.padEnd(width) : text.padStart(width);
  };
  return lines.map((line) => line.map(cell).join('  ').trimEnd()).join('\n');
}

/** The object that `--json` prints; numbers that are not known are null there. */
export function pathJson({ data, settings, path, chosen }: FileRun): object {
  const { status, message, seconds, family, lambda, df, gap, violation, locallyConvex, locallyConvexFrom, lambdaMax } =
    path;
  const { measure, mean, standardError, lambdaMin, lambda1se, sizeMin, size1se, end, classes, nonzeros } = path;
  const list = (values: ArrayLike<number>): number[] => Array.from(values);
  return {
    ...{ status, message, seconds, rows: data.x.rows, columns: data.x.columns, target: data.target, family },
    ...(classes && { classes }),
    ...{
      penalty: settings.penalty ?? (path.sizes ? 'bestSubset' : 'lasso'),
      end,
      lambdaMax,
      lambda: list(lambda),
      ...(path.sizes && { sizes: list(path.sizes) }),
      df: list(df),
      nonzeros: list(nonzeros),
    },
    ...{ explained: list(explained(path)), gap: list(gap), violation: list(violation) },
    ...(!isConvex(path) && { locallyConvex, locallyConvexFrom }),
    ...(mean && {
      measure,
      mean: list(mean),
      standardError: list(standardError ?? []),
      lambdaMin,
      lambda1se,
      sizeMin,
      size1se,
    }),
    chosen: chosen.map((each) => chosenJson(each, path, data)),
  };
}

/** A model that was chosen, as it is in there. */
function chosenJson({ by, fit }: Chosen, { responses, classes }: FileRun['path'], data: DataFile): object {
  return {
    ...{
      by,
      lambda: fit.lambda,
      ...(fit.size !== undefined && { size: fit.size }),
      df: fit.df,
      aic: fit.aic,
      bic: fit.bic,
      ebic: fit.ebic,
      certificate: fit.certificate,
    },
    ...(fit.intercepts ? { intercepts: Array.from(fit.intercepts) } : { intercept: fit.intercept }),
    // Pairs, as two columns may have one name.
    coefficients: placesOf(fit).map((place) => ({
      column: place % data.x.columns,
      name: data.names[place % data.x.columns],
      ...(responses && { class: classes?.[Math.floor(place / data.x.columns)] }),
      coefficient: fit.coefficients[place],
    })),
  };
}
