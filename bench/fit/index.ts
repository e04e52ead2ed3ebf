// NIST's nonlinear regressions from both starts: digits of the parameters, evaluations and times of fitCurve, beside scipy's least_squares.
//
//   npm run bench -- fit               into bench/fit/page.md and bench/fit/results.json
//
// Without ../shared/problems/nist there is nothing to do; without scipy our own runs alone.
import { fitCurve } from '../../src/fit/index.js';
import { columnsOf, curves, digits, measuredOf, type Regression, regressions } from '../../test/fit/nist.js';
import { Python } from '../shared/python.js';
import { describe, environment, mean, median, short, table, writeResults, writeSection } from '../shared/report.js';

const repetitions = 5;

interface Run {
  problem: string;
  start: 1 | 2;
  method: string;
  solved: boolean;
  digits: number;
  evaluations: number;
  milliseconds: number;
}

/** The least seconds of some runs, which all give the same answer. */
async function fastest<T extends { seconds: number }>(run: () => Promise<T>): Promise<T> {
  let best = await run();
  for (let k = 1; k < repetitions; ++k) {
    const next = await run();
    if (next.seconds < best.seconds) best = next;
  }
  return best;
}

async function ours(problem: Regression, start: number[]) {
  const { formula } = problem;
  const curve = curves[formula] as NonNullable<(typeof curves)[string]>;
  const fit = await fitCurve({
    x: columnsOf(problem),
    y: measuredOf(problem),
    start: { b: start },
    curve: ({ b }, data) => curve(b, data),
  });
  return { ...fit, success: fit.status === 'solved', evaluations: fit.counts.residuals };
}

async function all(problems: Record<string, Regression>, scipy: Python | undefined): Promise<Run[]> {
  const runs: Run[] = [];
  for (const [name, problem] of Object.entries(problems)) {
    for (const number of [1, 2] as const) {
      const start = number === 1 ? problem.start1 : problem.start2;
      const add = (
        method: string,
        run: { x: ArrayLike<number>; success: boolean; evaluations: number; seconds: number },
      ) =>
        runs.push({
          problem: name,
          start: number,
          method,
          solved: run.success,
          digits: digits(run.x, problem.certified),
          evaluations: run.evaluations,
          milliseconds: 1e3 * run.seconds,
        });
      add('fitCurve', await fastest(() => ours(problem, start)));
      for (const method of scipy ? ['lm', 'trf'] : []) {
        const question = { ...columnsOf(problem), y: measuredOf(problem), formula: problem.formula, start, method };
        add(`scipy ${method}`, await fastest(() => scipy?.ask(question) as Promise<never>));
      }
    }
  }
  return runs;
}

/** A row of the table: the runs of one method. */
function summary(method: string, runs: readonly Run[]): string[] {
  const wrong = runs.filter(({ solved, digits }) => solved && digits < 4).length;
  return [
    method,
    String(runs.length),
    String(runs.filter(({ digits }) => digits >= 4).length),
    String(runs.filter(({ digits }) => digits >= 6).length),
    String(wrong),
    short(mean(runs.map(({ evaluations }) => evaluations))),
    short(median(runs.map(({ evaluations }) => evaluations))),
    short(median(runs.map(({ milliseconds }) => milliseconds))),
    short(Math.max(...runs.map(({ milliseconds }) => milliseconds))),
  ];
}

if (regressions) {
  const scipy = await Python.start('bench/fit/scipy_fit.py');
  const runs = await all(regressions, scipy);
  const methods = [...new Set(runs.map(({ method }) => method))];
  const head = [
    'method',
    'runs',
    '4 digits',
    '6 digits',
    'called solved with less than 4',
    'evaluations, mean',
    'median',
    'ms, median',
    'largest',
  ];
  const text = table(
    head,
    methods.map((method) =>
      summary(
        method,
        runs.filter((run) => run.method === method),
      ),
    ),
  );
  const with_ = scipy ? `, scipy ${scipy.greeting.version}` : '';
  scipy?.end();
  console.log(text);
  const e = environment();
  writeResults('fit', { environment: e, runs });
  writeSection(
    'bench/fit/page.md',
    'regressions',
    `${describe(e)}${with_}. Least times of ${repetitions} runs. Evaluations of scipy have those of its differences.\n\n${text}`,
  );
} else {
  console.log('../shared/problems/nist is not there');
}
