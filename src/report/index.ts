// The subpath nonconvex/report: a page about a result. The build makes one file of it, with the libraries that draw.
import { version } from '../../package.json';
import { rangeError } from '../core/argumentError.js';
import { certificateText } from '../core/certificateText.js';
import { checkInteger, checkMembers, checkObject, isList, show } from '../core/check.js';
import type { Profile } from '../core/drawing.js';
import { looksLikeMatrix, type Matrix, type MatrixLike, type SparseMatrix, toMatrix } from '../core/matrix.js';
import type { Label, Prediction, Targets } from '../core/targets.js';
import type { Certificate, Progress } from '../generated/solve.js';
import { kindOf } from '../predict/models.js';
import type { NetworkMembers } from '../predict/network.js';
import { type Chart, chartsOf } from './charts.js';
import { convergence } from './convergence.js';
import { checkProfiles, curveFitOf, curveParts } from './curveParts.js';
import { dagMembers, dagParts, type LearnedDag } from './dag.js';
import { compared } from './fit.js';
import { facts, isMatrix, members, settingRows } from './members.js';
import { type Part, page, soft, table, tiles } from './page.js';
import { pathParts, type Tile } from './pathParts.js';
import { chosenOf, type PathRun, preferred } from './pathRun.js';
import { cardMembers, cardParts, type ScoreCard } from './riskScore.js';
import { searchOf, searchParts } from './search.js';
import {
  type Conflict,
  conflictPart,
  constraints,
  listPart,
  type Solution,
  type SolutionNames,
  variables,
} from './solution.js';
import { escaped, figure } from './text.js';
import { hiddenUnits, type ImageSize } from './units.js';

export type { Chart } from './charts.js';
export { type LearnedDag, toDot, toMermaid } from './dag.js';
export type { ImageSize } from './units.js';

export interface ReportOptions {
  /** The heading. Default: what kind of result it is. */
  title?: string | undefined;
  /** The settings of the solve, which are listed; a `tolerance` among them is a line in the chart of residuals. */
  settings?: object | undefined;
  /**
   * Rows x, n x p, with their responses y, which predictions of the result are compared with: by a confusion matrix or residuals. The rows
   * that the model was fitted to, or others. With `predictions` the result need not be a model that predicts.
   */
  data?:
    | {
        x?: MatrixLike | SparseMatrix | undefined;
        y?: Targets | undefined;
        predictions?: Prediction | undefined;
        /** The name of the rows, such as 'test rows'; stands in the heading. Default: 'rows of the fit'. */
        name?: string | undefined;
      }
    | undefined;
  /** Names of the columns of x, of the variables, and of the constraints; those of the result of a Model are known. */
  names?:
    | {
        columns?: readonly string[] | undefined;
        variables?: readonly string[] | undefined;
        constraints?: readonly string[] | undefined;
      }
    | undefined;
  /** The size of images whose pixels are the columns of x: hidden units are shown as such. width height channels = p. */
  image?: ImageSize | undefined;
  /** Profiles of the parameters of a curve, from `await fit.profiles()`, which are drawn. */
  profiles?: readonly Profile[] | undefined;
  /** More facts for the list of versions, such as the processor. */
  environment?: Readonly<Record<string, string | number>> | undefined;
}

/** A result of any solver, as far as a page is made of its members. */
type Result = Solution & {
  status?: string;
  message?: string;
  history?: readonly Progress[];
  network?: NetworkMembers;
  conflict?: Conflict;
  names?: unknown;
} & Partial<Pick<Progress, 'objective' | 'lowerBound' | 'residual' | 'seconds'>> & {
    iterations?: number;
    gap?: number;
    upperBound?: number;
    certificate?: Certificate | readonly Certificate[];
  };

/** Members that parts of the page show by themselves, so that the list of all members need not. */
const shownElsewhere = [
  ...['status', 'message', 'history', 'network', 'x', 'multipliers', 'lowerMultipliers', 'upperMultipliers'],
  ...['constraintValues', 'activeLower', 'activeUpper', 'activeConstraints', 'conflict'],
];

/**
 * A page about the result of any solver, or of a path or a cross-validation: one HTML document as text that loads and runs nothing, for light
 * and dark.
 *
 * It has the status with its message, what is known of the answer, objective, bound and gap; charts of how they converged, of a search
 * for a global minimum against time; of a model with `data` the residuals or the
 * confusion matrix; of a path its coefficients and its cross-validation; of a network the hidden units, as images where `image` gives their
 * size; of a score card its points, risks and calibration; of a graph that was learned the drawn graph, its edges, and the text for Graphviz and Mermaid; of a curve its parameters, the data and the curve with its bands, residuals and profiles; of a problem with constraints what is active, and multipliers; settings, all other members, and versions.
 *
 * ```ts
 * import { report } from 'nonconvex/report';
 * writeFileSync('report.html', report(result, { settings, data: { x, y } }));
 * ```
 *
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function report(result: object, options: ReportOptions = {}): string {
  const given = checkObject('result', result) as Result;
  const {
    title,
    settings = {},
    data = {},
    names = {},
    image,
    profiles,
    environment = {},
  } = checkMembers('options', options, optionNames, 'option');
  checkParts(data, names, settings, profiles);
  const known = { ...namesOf(given), ...names };
  const run = pathOf(given, data.x, names.columns);
  const path = run && pathParts(run);
  const network = networkOf(given);
  if (image) checkImage(image, network?.hiddenWeights.rows);
  const coefficients = coefficientsOf(given, names.columns);
  const all = { ...given, ...(network && network !== given && { ...network }) };
  const [curve, card, dag] = [curveFitOf(given), cardOf(given), dagOf(given)];
  const shown = [...shownElsewhere, ...(coefficients ? ['coefficients'] : []), ...(card ? cardMembers : [])];
  const parts = [
    ...[...cardParts(card), ...dagParts(dag)],
    ...(path?.parts ?? []),
    ...(curve ? curveParts(curve, profiles) : []),
    // The reports of a path are of one lambda after the other.
    ...(path ? [] : courseParts(given, settings)),
    fitOf(given, data, run),
    network && hiddenUnits(network, image, names.columns ?? network.featureNames),
    conflictPart(given),
    isList(given.x) && !curve ? variables(given, known) : undefined,
    constraints(given, known),
    coefficients,
    ...(path ? [] : members(all, dag ? [...shown, ...dagMembers] : shown)),
    factsPart('Settings', settingRows(settings)),
    factsPart('Versions', versions(environment)),
  ].filter((part): part is Part => part !== undefined);
  return page(title ?? kindName(given, path !== undefined), headOf(given, path), parts, `nonconvex ${version}`);
}

/** The course of a solve: objective, bound and residuals. */
function courseParts(result: Result, settings: { tolerance?: unknown; gap?: unknown }): Part[] {
  const [tolerance, gap] = [settings.tolerance, settings.gap].map((of) => (typeof of === 'number' ? of : undefined));
  const search = searchOf(result);
  const parts = search ? searchParts(search, gap) : [convergence(result.history ?? [], tolerance)];
  return parts.filter((part) => part !== undefined);
}

const optionNames = ['title', 'settings', 'data', 'names', 'image', 'profiles', 'environment'];

/** Above the parts: how the solve ended, and the numbers that are read first. */
function headOf(result: Result, path: ReturnType<typeof pathParts> | undefined): string {
  const about = path ? [soft(path.about)] : [];
  const shown = tiles(path && path.tiles.length > 0 ? path.tiles : tilesOf(result));
  return [statusLine(result), certificateLine(result), ...about, shown].join('\n');
}

function checkParts(data: object, names: object, settings: object, profiles: readonly Profile[] | undefined): void {
  checkMembers('data', data, ['x', 'y', 'predictions', 'name']);
  checkMembers('names', names, ['columns', 'variables', 'constraints']);
  checkObject('settings', settings);
  checkProfiles(profiles);
}

/** The names of variables and constraints that the result of a Model knows. */
function namesOf({ names }: Result): SolutionNames {
  const { variables, constraints } = (names ?? {}) as Partial<Record<string, unknown>>;
  return isList(variables) && isList(constraints) ? (names as SolutionNames) : {};
}

/**
 * The charts of the page about a result, each as the text of an SVG file: how it converged, residuals, a path and its cross-validation,
 * variables and multipliers.
 *
 * ```ts
 * import { charts } from 'nonconvex/report';
 * for (const { name, svg } of charts(result)) writeFileSync(`${name}.svg`, svg);
 * ```
 *
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function charts(result: object, options: Pick<ReportOptions, 'settings' | 'data' | 'names'> = {}): Chart[] {
  return chartsOf(report(result, options));
}

function statusLine({ status, message }: Result): string {
  if (status === undefined) return '';
  const kind = status === 'solved' ? 'status solved' : 'status';
  return `<p><span class="${kind}">${escaped(status)}</span> ${escaped(message ?? '')}</p>`;
}

/** The certificate of the answer; of a path each model has its own. */
function certificateLine({ certificate }: Result): string {
  if (certificate === undefined || !('kind' in certificate)) return '';
  const because = certificate.because === undefined ? '' : ` ${certificate.because}`;
  return soft(`Certificate: ${certificateText(certificate)}.${because}`);
}

function tilesOf(result: Result): Tile[] {
  const { objective, lowerBound, upperBound, gap, residual, iterations, seconds } = result;
  const search = searchOf(result);
  const items: [string, number | undefined, number][] = [
    ['objective', objective, 6],
    ['lower bound', lowerBound, 6],
    ['upper bound', upperBound, 6],
    ['gap', gap, 2],
    ...(search ? [] : [['residual', residual, 2] as [string, number | undefined, number]]),
    search ? ['boxes', search.nodes, 12] : ['iterations', iterations, 12],
    ['seconds', seconds, 3],
  ];
  return items.flatMap(([name, value, digits]) =>
    typeof value === 'number' && !Number.isNaN(value) ? [{ name, value: figure(value, digits) }] : [],
  );
}

/** The kind of the result, for a heading. */
function kindName(result: Result, isPath: boolean): string {
  if (isPath) return 'Path of models';
  if (curveFitOf(result)) return 'Curve through data';
  if (dagOf(result)) return 'Learned graph';
  if (searchOf(result)) return 'Search for a global optimum';
  const kind = modelOf(result)?.kind;
  if (kind === undefined) return 'Result of a solve';
  const words = kind.kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** The model that a result is or has, with what models of its kind can do; `undefined` where it is none. */
function modelOf(result: object): ReturnType<typeof kindOf> | undefined {
  try {
    return kindOf(result);
  } catch (error) {
    if ((error as Error).name === 'TypeError') return undefined;
    throw error;
  }
}

function networkOf(result: Result): NetworkMembers | undefined {
  const model = modelOf(result);
  return model?.kind.kind === 'reluNetwork' ? (model.of as NetworkMembers) : undefined;
}

/** A result of `riskScore` that has a card. */
function cardOf(result: Result): ScoreCard | undefined {
  const found = modelOf(result)?.kind.kind === 'riskScore' && 'card' in result && 'table' in result;
  return found ? (result as unknown as ScoreCard) : undefined;
}

/** The result as a graph that was learned, if it is one. */
function dagOf(result: Result): LearnedDag | undefined {
  const found = 'edges' in result && 'pattern' in result && isList(result.names);
  return found ? (result as unknown as LearnedDag) : undefined;
}

function checkImage(image: ImageSize, columns: number | undefined): void {
  const { width, height, channels = 1 } = checkMembers('image', image, ['width', 'height', 'channels']);
  checkInteger('image.width', width, 1);
  checkInteger('image.height', height, 1);
  if (channels !== 1 && channels !== 3) throw rangeError(`image.channels = ${show(channels)}: expected 1 or 3`);
  if (columns !== undefined && width * height * channels !== columns) {
    throw rangeError(
      `image: expected width height channels = ${columns}, the columns of the network, got ${width} x ${height} x ${channels}`,
    );
  }
}

/** A result that is a path, told by its members, with what it is drawn by. */
function pathOf(
  result: object,
  x: MatrixLike | SparseMatrix | undefined,
  names: readonly string[] | undefined,
): PathRun | undefined {
  const path = result as Partial<PathRun['path']>;
  const { lambda, coefficients, gap } = path;
  if (!isList(lambda) || !isList(gap) || !coefficients || !('offsets' in coefficients)) return undefined;
  const columns = coefficients.rows / (path.responses ?? 1);
  const known = names ?? path.names ?? Array.from({ length: columns }, (_, j) => `x${j + 1}`);
  if (known.length !== columns) {
    throw rangeError(`names.columns: expected ${columns} names, one for each column, got ${known.length}`);
  }
  const whole = result as PathRun['path'];
  return { path: whole, names: known, x: x && operand(x), chosen: chosenOf(whole) };
}

const operand = (x: MatrixLike | SparseMatrix): Matrix | SparseMatrix =>
  'offsets' in x && 'indices' in x ? (x as SparseMatrix) : toMatrix('data.x', x);

/** Predictions of the result compared with responses. */
function fitOf(result: Result, data: NonNullable<ReportOptions['data']>, run: PathRun | undefined): Part | undefined {
  const { x, y, predictions, name = 'rows of the fit' } = data;
  if (y === undefined || (x === undefined && predictions === undefined)) return undefined;
  const model = run ? preferred(run.chosen)[0]?.fit : result;
  if (model === undefined) return undefined;
  const made = predictions ?? predictionsOf(model, x as MatrixLike);
  if (made === undefined) return undefined;
  const part = compared(y, made, classesOf(model));
  const by = run ? ` of ${preferred(run.chosen)[0]?.by}` : '';
  return { ...part, title: `${part.title}${by}: ${name}` };
}

const classesOf = (model: object): readonly Label[] | undefined => {
  const { classes, network } = model as { classes?: readonly Label[]; network?: { classes?: readonly Label[] } };
  return network?.classes ?? classes;
};

/** Predictions of a model for rows: by its own function, or by that of models of its kind; `undefined` where there is none. */
function predictionsOf(model: object, x: MatrixLike | SparseMatrix): Prediction | undefined {
  const found = modelOf(model);
  const { predict } = model as { predict?: (x: unknown, options?: object) => unknown };
  const { family, classes, responses } = model as { family?: string; classes?: unknown; responses?: number };
  // Risks are not compared with times.
  if (family === 'cox') return undefined;
  const ofClasses = family !== undefined || found?.kind.kind === 'riskScore';
  const options = ofClasses && classes ? { type: 'class' } : undefined;
  const own = typeof predict === 'function';
  if (!own && !found) return undefined;
  const of = own ? model : Object.assign(Object.create(found?.kind.functions as object), found?.of);
  const made = options ? of.predict(x, options) : of.predict(x);
  if (isMatrix(made) || !isList(made)) return looksLikeMatrix(made) ? (made as Matrix) : undefined;
  if (responses !== undefined && !classes) {
    return { data: made as Float64Array, rows: made.length / responses, columns: responses };
  }
  return made as Prediction;
}

/** The coefficients of a regression, of each response one for each column. */
function coefficientsOf(result: object, names: readonly string[] | undefined): Part | undefined {
  const {
    coefficients,
    responses = 1,
    classes,
    ...rest
  } = result as Partial<PathRun['path']> & { coefficients?: unknown };
  if (!isList(coefficients) || coefficients.length === 0 || typeof coefficients[0] !== 'number') return undefined;
  const values = coefficients as ArrayLike<number>;
  const columns = names ?? rest.names;
  const size = values.length / responses;
  const named =
    columns?.length === size
      ? Array.from(values, (_, k) => {
          const name = columns[k % size] as string;
          return responses > 1 ? `${name}: ${classes?.[Math.floor(k / size)] ?? Math.floor(k / size) + 1}` : name;
        })
      : undefined;
  return listPart('Coefficients', 'coefficient', values, named, 'b');
}

function factsPart(title: string, rows: [string, string][]): Part | undefined {
  return rows.length > 0 ? { title, body: table(['name', 'value'], rows, [1]) } : undefined;
}

/** The program that made the page, and where it ran. */
function versions(environment: object): [string, string][] {
  const { process, navigator } = globalThis as {
    process?: { versions?: Record<string, string>; platform?: string; arch?: string };
    navigator?: { userAgent?: string };
  };
  const runtime = process?.versions?.node
    ? [
        ['Node.js', process.versions.node],
        ['platform', `${process.platform}-${process.arch}`],
      ]
    : navigator?.userAgent
      ? [['browser', navigator.userAgent]]
      : [];
  return [['nonconvex', version], ...(runtime as [string, string][]), ...facts(environment)];
}
