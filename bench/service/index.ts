// The cost of solves for others in their process: turns of the event loop, aborts, the calling thread's time, start-up.
//
//   npm run bench -- service [turns] [aborts] [calls] [callers] [start]    into docs/reliability-service.md; without a name all
import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import * as nonconvex from '../../src/index.js';
import { uniforms } from '../shared/random.js';
import { describe, environment, table, writeSection } from '../shared/report.js';
import { type Case, cases } from './cases.js';
import { startTable } from './start.js';
import { counted, milliseconds, Turns, waited } from './thread.js';

const { Model, nlp } = nonconvex;
const { add, mul, slice, sub, sumSquares } = nonconvex.model;
const wanted = process.argv.slice(2).filter((name) => !name.startsWith('-'));
/** A part of the names of cases: --only quadraticProgram. */
const only = process.argv.find((name) => name.startsWith('--only='))?.slice('--only='.length) ?? '';
const chosen = cases.filter(({ name, size }) => `${name} ${size}`.includes(only));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const at = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
};

/** The longest turn of the loop in a call that has half a second to solve, the least of three. */
async function turnsOf({ prepare }: Case): Promise<number> {
  const turns = new Turns();
  const longest: number[] = [];
  const call = prepare();
  for (let round = 0; round < 3; ++round) {
    await pause(20);
    longest.push(await turns.longestOf(() => call({ timeLimit: 0.5 })));
  }
  return Math.min(...longest);
}

interface Aborts {
  /** Milliseconds of the clock from an abort until the promise settles. */
  clock: number[];
  /** Milliseconds of all threads' processor time meanwhile. */
  processor: number[];
}

const abortsOfEach = 20;

/** Aborts at random moments up to a second after the call. */
async function abortsOf({ prepare }: Case): Promise<Aborts> {
  const uniform = uniforms(5);
  const found: Aborts = { clock: [], processor: [] };
  const call = prepare();
  for (let k = 0; k < abortsOfEach; ++k) {
    const controller = new AbortController();
    const solving = call({ signal: controller.signal });
    await pause(1000 * uniform());
    const [before, begin] = [process.cpuUsage(), performance.now()];
    controller.abort();
    const { status } = (await solving) as { status: string };
    if (status !== 'aborted') continue;
    found.clock.push(performance.now() - begin);
    const { user, system } = process.cpuUsage(before);
    found.processor.push((user + system) / 1000);
  }
  return found;
}

/** Booth's function, of two variables. */
function booth(): nonconvex.Model {
  const model = new Model();
  const x = model.variable(2, { start: [0.5, -0.5] });
  const [a, b] = [slice(x, 0, 1), slice(x, 1, 2)];
  model.minimize(add(sumSquares(sub(add(a, mul(2, b)), 7)), sumSquares(sub(add(mul(2, a), b), 5))));
  return model;
}

/** Solves as small as they come, of several families. */
const small: Record<string, () => Promise<unknown>> = (() => {
  const model = booth();
  const x = [
    [1, 2],
    [3, 4],
    [5, 7],
  ];
  const y = [1, 0, 2];
  const program = nlp.quadraticProgram({
    Q: [
      [2, 0],
      [0, 2],
    ],
    A: [[1, 1]],
    b: [1],
  });
  return {
    'nlp.minimize, a Model of two variables': () => nlp.minimize(model),
    'nlp.minimize, a quadraticProgram of two unknowns': () => nlp.minimize(program),
    'deepLinear.trainLinearNetwork, 3 x 2': () => nonconvex.deepLinear.trainLinearNetwork({ x, y }, { lambda: 0.1 }),
    'sparse.sparsePath, 3 x 2': () => nonconvex.sparse.sparsePath({ x, y }),
  };
})();

/** Microseconds of the calling thread for a solve, one after the other, the least of five rounds. */
async function costOf(call: () => Promise<unknown>): Promise<number> {
  const count = 1000;
  const rounds: number[] = [];
  for (let k = 0; k < count; ++k) await call();
  for (let round = 0; round < 5; ++round) {
    const begin = milliseconds();
    for (let k = 0; k < count; ++k) await call();
    rounds.push((1000 * (milliseconds() - begin)) / count);
  }
  return Math.min(...rounds);
}

/** Milliseconds between ticks: by the clock, and less those in which the thread waited for a processor. */
interface Delays {
  clock: number[];
  own: number[];
}

interface Delay {
  p50: number;
  p99: number;
  max: number;
  own99: number;
  perSecond: number;
}

/** The delay of the loop beside solves of some callers. Their answers are compared where nothing is measured. */
async function delayBeside(callers: number): Promise<Delay> {
  const kinds = Object.values(small);
  const timeless = (result: unknown) => ({ ...(result as object), seconds: 0, time: 0, history: 0 });
  const expected = await Promise.all(kinds.map(async (call) => timeless(await call())));
  const [rounds, perRound] = [10, 1000];
  const delays: Delays = { clock: [], own: [] };
  let seconds = 0;
  for (let round = 0; round < rounds; ++round) {
    const results: unknown[] = [];
    let next = 0;
    const caller = async (): Promise<void> => {
      while (next < perRound) {
        const k = next++;
        results[k] = await (kinds[k % kinds.length] as () => Promise<unknown>)();
      }
    };
    const begin = performance.now();
    const end = ticks(delays);
    await Promise.all(Array.from({ length: callers }, caller));
    end();
    seconds += (performance.now() - begin) / 1000;
    results.forEach((result, k) => {
      if (!isDeepStrictEqual(timeless(result), expected[k % kinds.length])) throw new Error(`solve ${k} differs`);
    });
    await pause(20);
  }
  return { ...spread(delays), perSecond: (rounds * perRound) / seconds };
}

/** Appends the milliseconds between ticks of a timer of 1 ms, until the function that is returned gets called. */
function ticks(to: Delays): () => void {
  let [last, lastWaited] = [performance.now(), waited()];
  const timer = setInterval(() => {
    const [now, nowWaited] = [performance.now(), waited()];
    to.clock.push(now - last);
    to.own.push(now - last - (nowWaited - lastWaited));
    [last, lastWaited] = [now, nowWaited];
  }, 1);
  return () => clearInterval(timer);
}

const spread = ({ clock, own }: Delays) => ({
  ...{ p50: at(clock, 0.5), p99: at(clock, 0.99), max: at(clock, 1) },
  own99: at(own, 0.99),
});

/** The delay that the same machine has at the same time beside nothing. */
async function delayOfNothing(): Promise<Delay> {
  const delays: Delays = { clock: [], own: [] };
  const end = ticks(delays);
  await pause(3000);
  end();
  return { ...spread(delays), perSecond: 0 };
}

const parts: Record<string, () => Promise<string> | string> = {
  start: startTable,
  async turns() {
    const rows: string[][] = [];
    for (const each of chosen) {
      rows.push([each.name, each.size, (await turnsOf(each)).toFixed(0)]);
      console.error(`  ${rows.at(-1)?.join(', ')} ms`);
    }
    const text = `The longest turn of the event loop in a call, the least of three, in milliseconds: ${counted}.`;
    return `${text}\n\n${table(['function', 'data', 'longest turn'], rows, 2)}`;
  },
  async aborts() {
    const rows: string[][] = [];
    const all: Aborts = { clock: [], processor: [] };
    for (const each of chosen) {
      const { clock, processor } = await abortsOf(each);
      all.clock.push(...clock);
      all.processor.push(...processor);
      const figures = [at(clock, 0.5), at(clock, 1), at(processor, 0.5), at(processor, 1)];
      rows.push([each.name, each.size, String(clock.length), ...figures.map((ms) => ms.toFixed(0))]);
      console.error(`  ${rows.at(-1)?.join(', ')}`);
    }
    const figures = [at(all.clock, 0.5), at(all.clock, 0.99), at(all.processor, 0.5), at(all.processor, 0.99)];
    rows.push(['all: p50, p99', '', String(all.clock.length), ...figures.map((ms) => ms.toFixed(0))]);
    const text =
      "Milliseconds from an abort, at a random moment of the first second after the call, until the promise settles: of the clock, and of all threads' processor time.";
    return `${text}\n\n${table(['function', 'data', 'aborts', 'clock p50', 'max', 'processor p50', 'max'], rows, 2)}`;
  },
  async calls() {
    const rows: string[][] = [];
    const calls = { ...small, "of Node itself: fs.promises.stat('.')": () => stat('.') };
    for (const [name, call] of Object.entries(calls)) rows.push([name, (await costOf(call)).toFixed(0)]);
    const text = `Microseconds of the calling thread for a small solve, warm, one after the other, the least of five rounds of 1,000: ${counted}.`;
    return `${text}\n\n${table(['solve', 'microseconds'], rows)}`;
  },
  async callers() {
    for (const call of Object.values(small)) for (let k = 0; k < 500; ++k) await call();
    const figures = ({ p50, p99, max, own99, perSecond }: Delay): string[] => [
      ...[p50, p99, max, own99].map((ms) => ms.toFixed(1)),
      perSecond ? perSecond.toFixed(0) : '',
    ];
    const rows = [['nothing', ...figures(await delayOfNothing())]];
    for (const callers of [1, 8, 64]) rows.push([String(callers), ...figures(await delayBeside(callers))]);
    const text =
      'Milliseconds between ticks of a timer of 1 ms beside 10,000 small solves, in the last but one column without those in which the thread waited for a processor that other processes had. Each answer is compared with the serial one between rounds of 1,000, in which nothing is measured.';
    return `${text}\n\n${table(['callers', 'p50', 'p99', 'max', 'own p99', 'solves a second'], rows)}`;
  },
};

const unknown = wanted.find((name) => !(name in parts));
if (unknown !== undefined) {
  console.error(`npm run bench -- service [${Object.keys(parts).join('] [')}], got ${unknown}`);
  process.exit(2);
}
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const text = `${await measure()}\n\n${describe(environment())}`;
  console.log(`${text}\n`);
  if (only === '') writeSection('docs/reliability-service.md', name, text);
}
