// Parts of a page about a curve through data: the curve, its parameters, residuals and profiles.
import { checkMembers, isList } from '../core/check.js';
import type { CurveDrawing, Prediction, Profile } from '../core/drawing.js';
import { upperQuantile } from '../core/normal.js';
import { chart } from './chart.js';
import { extent, type Series } from './frame.js';
import { type Part, soft, table } from './page.js';
import { figure } from './text.js';

/** The members of a fit that its page shows. */
interface CurveFit {
  names: readonly string[];
  x: Float64Array;
  standardErrors?: Float64Array;
  atBounds: ArrayLike<number>;
  undetermined: ArrayLike<number>;
  degreesOfFreedom: number;
  rSquared: number;
  residualDeviation?: number;
  residuals: Float64Array;
  fitted: Float64Array;
  drawing(): CurveDrawing;
}

/** The most columns of x against which residuals are drawn, and the most profiles. */
const mostCharts = 12;

/** The fit of a curve that a result is; undefined for another one. */
export function curveFitOf(result: object): CurveFit | undefined {
  const { drawing, fitted, residuals } = result as Partial<CurveFit>;
  return typeof drawing === 'function' && isList(fitted) && isList(residuals) ? (result as CurveFit) : undefined;
}

/** The parts of a fit of a curve, and of its profiles if they are given. */
export function curveParts(fit: CurveFit, profiles: readonly Profile[] = []): Part[] {
  const drawing = fit.drawing();
  return [
    { title: 'Parameters', body: parameters(fit) },
    ...part('Data and curve', [curve(drawing), observed(fit, drawing)]),
    ...part('Residuals of the curve', residuals(fit, drawing)),
    ...part('Profiles of parameters', profileCharts(fit, profiles)),
  ];
}

function part(title: string, bodies: readonly (string | undefined)[]): Part[] {
  const body = bodies.filter(Boolean).join('\n');
  return body === '' ? [] : [{ title, body }];
}

const has = (list: ArrayLike<number>, j: number): boolean => Array.from(list).includes(j);

function parameters(fit: CurveFit): string {
  const { names, x, standardErrors, atBounds, undetermined, degreesOfFreedom, rSquared, residualDeviation } = fit;
  const remark = (j: number): string =>
    has(atBounds, j) ? 'at a bound' : has(undetermined, j) ? 'not determined by the data' : '';
  const rows = names.map((name, j) => {
    const [value, error] = [x[j] as number, standardErrors?.[j]];
    const share = error !== undefined && value !== 0 ? `${figure((100 * error) / Math.abs(value), 3)} %` : '-';
    return [name, figure(value, 8), figure(error, 4), share, remark(j)];
  });
  const about = `R^2 ${figure(rSquared, 6)}, residual deviation ${figure(residualDeviation, 6)}, ${degreesOfFreedom} degrees of freedom.`;
  return `${soft(about)}${table(['parameter', 'estimate', 'standard error', 'of the estimate', ''], rows, [4])}`;
}

function curve({ columns, y, curve: drawn }: CurveDrawing): string | undefined {
  const [name, x] = Object.entries(columns)[0] ?? [];
  if (drawn === undefined || name === undefined || x === undefined) return undefined;
  const { confidence, prediction } = drawn;
  // One series for both ends of a band, with a hole between them.
  const band = (of: string, ends: Prediction | undefined, colour: number): Series[] =>
    ends?.lower && ends.upper
      ? [
          {
            ...{ name: of, as: 'line', colour, dashed: true },
            x: [...drawn.x, Number(drawn.x[0]), ...drawn.x],
            y: [...ends.lower, Number.NaN, ...ends.upper],
          },
        ]
      : [];
  return chart({
    name: 'Data and curve',
    ...{ x: name, y: 'y', height: 380 },
    series: [
      { name: 'data', as: 'points', x, y, colour: 1 },
      { name: 'curve', as: 'line', x: drawn.x, y: confidence.values, colour: 2 },
      ...band('95 % confidence of the curve', confidence, 3),
      ...band('95 % prediction of measurements', prediction, 4),
    ],
  });
}

/** The data against the curve at them, where it is no curve along one column. */
function observed(fit: CurveFit, { y, curve: drawn }: CurveDrawing): string | undefined {
  if (drawn) return undefined;
  return chart({
    name: 'Data against the curve',
    ...{ x: 'curve', y: 'data', diagonal: true, height: 340 },
    series: [{ name: 'data', as: 'points', x: fit.fitted, y, colour: 1 }],
  });
}

/** Residuals over their deviation, against the columns of x and against normal quantiles. */
function residuals(fit: CurveFit, { columns }: CurveDrawing): (string | undefined)[] {
  const scale = fit.residualDeviation || 1;
  const scaled = Float64Array.from(fit.residuals, (r) => -r / scale);
  const sorted = scaled.slice().sort();
  const quantiles = sorted.map((_, i) => -upperQuantile((i + 0.5) / sorted.length));
  const against = (name: string, x: Float64Array): string | undefined =>
    chart({
      name: `Residuals against ${name}`,
      ...{ x: name, y: '(data - curve) / s', height: 240, marks: [{ y: 0, label: '' }] },
      series: [{ name: 'residual', as: 'points', x, y: scaled, colour: 1 }],
    });
  return [
    ...Object.entries(columns)
      .slice(0, mostCharts)
      .map(([name, x]) => against(name, x)),
    chart({
      name: 'Residuals against normal quantiles',
      ...{ x: 'normal quantile', y: '(data - curve) / s', height: 300, diagonal: true },
      series: [{ name: 'residual', as: 'points', x: quantiles, y: sorted, colour: 1 }],
    }),
  ];
}

function profileCharts(fit: CurveFit, profiles: readonly Profile[]): (string | undefined)[] {
  const charts = profiles.slice(0, mostCharts).map(({ name, values, t }) => {
    const j = fit.names.indexOf(name);
    const linear = values.map((value) => (value - (fit.x[j] as number)) / (fit.standardErrors?.[j] as number));
    return chart({
      name: `Profile of ${name}`,
      ...{ x: name, y: 't', height: 220, yDomain: extent(t) ?? [-1, 1] },
      series: [
        { name: 'profile', as: 'line', x: values, y: t, colour: 1 },
        { name: 'as its standard error has it', as: 'line', x: values, y: linear, colour: 2, dashed: true },
      ],
    });
  });
  return charts.length === 0 ? [] : [soft(profileText), ...charts];
}

const profileText =
  'The root of how much the sum of squares grows over s, where the parameter is held and the others are fitted again. It bends where ' +
  'the standard error is no good measure of the interval.';

/** Checks profiles that were given for a page. */
export function checkProfiles(profiles: readonly object[] | undefined): void {
  for (const [k, each] of (profiles ?? []).entries()) checkMembers(`profiles[${k}]`, each, ['name', 'values', 't']);
}
