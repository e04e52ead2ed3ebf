// Our solver as people call it: `minimize` in Node.
import { type Model, minimize } from '../../src/index.js';
import { readNl } from '../../src/nlp/index.js';
import { median } from '../shared/report.js';
import type { Small } from './models.js';
import { type Program, runIpopt } from './others.js';

/** Medians. */
export interface Called {
  status: string;
  objective: number;
  iterations: number;
  factorizations: number;
  /** Seconds as the result says, and their parts. */
  seconds: number;
  derivatives: number;
  linearAlgebra: number;
  /** Seconds from the call to the promise's settlement. */
  call: number;
}

type Result = Awaited<ReturnType<typeof minimize>>;
type Target = Parameters<typeof minimize>[0];

async function timed(target: Target, threads: number): Promise<{ result: Result; call: number }> {
  const begin = performance.now();
  const result = await minimize(target, { threads });
  return { result, call: (performance.now() - begin) / 1e3 };
}

function summary(runs: readonly { result: Result; call: number }[]): Called {
  const { status, objective, iterations, counts } = (runs.at(-1) as (typeof runs)[number]).result;
  const middle = (of: (run: (typeof runs)[number]) => number) => median(runs.map(of));
  return {
    status,
    objective: objective ?? Number.NaN,
    iterations,
    factorizations: counts.factorization,
    seconds: middle(({ result }) => result.seconds),
    derivatives: middle(({ result }) => result.time.derivatives),
    linearAlgebra: middle(({ result }) => result.time.linearAlgebra),
    call: middle(({ call }) => call),
  };
}

export interface SmallCalls {
  ours: Called;
  /** Undefined where it is not installed. */
  ipopt: Program | undefined;
}

/** Small models on one thread, in rounds beside Debian's program. */
export async function callSmall(
  small: readonly Small[],
  rounds: number,
  folder: string,
  withIpopt: boolean,
): Promise<SmallCalls[]> {
  const programs = await Promise.all(small.map(({ path }) => readNl(path)));
  const calls = small.map(() => [] as { result: Result; call: number }[]);
  const others = small.map(() => [] as Program[]);
  const each = 20;
  for (let round = 0; round < rounds; ++round) {
    for (const [i, { path }] of small.entries()) {
      const program = programs[i] as Target;
      for (let k = 0; k < each; ++k) calls[i]?.push(await timed(program, 1));
      if (withIpopt) others[i]?.push(runIpopt(path, folder));
    }
  }
  return small.map((_, i) => ({
    ours: summary((calls[i] ?? []).slice(each / 2)),
    ipopt: withIpopt ? middleProgram(others[i] ?? []) : undefined,
  }));
}

export function middleProgram(runs: readonly Program[]): Program {
  return {
    ...(runs.at(-1) as Program),
    seconds: median(runs.map(({ seconds }) => seconds)),
    reported: median(runs.map(({ reported }) => reported)),
  };
}

export interface ModelCalls {
  /** Solves of a new model: of them, what was not solving, compilation included. */
  compile: number;
  /** Calls by number of threads. */
  called: Record<number, Called>;
}

/** A model solved anew `rounds` times for each number of threads; `between` is run after each round. */
export async function callModel(
  make: () => Model,
  threads: readonly number[],
  rounds: number,
  between: () => void,
): Promise<ModelCalls> {
  const runs = new Map(threads.map((count) => [count, [] as { result: Result; call: number }[]]));
  const compile: number[] = [];
  for (let round = 0; round < rounds; ++round) {
    for (const count of threads) {
      const model = make();
      const begin = performance.now();
      model.compile();
      const compiling = (performance.now() - begin) / 1e3;
      const run = await timed(model, count);
      compile.push(compiling + run.call - run.result.seconds);
      runs.get(count)?.push(run);
    }
    between();
  }
  return {
    compile: median(compile),
    called: Object.fromEntries([...runs].map(([count, list]) => [count, summary(list)])),
  };
}
