// Small problems at random end with a right status: what is solved meets the conditions of optimality, and what is said to be infeasible
// or unbounded is so. Sixteen dozen of them here; `npm run test:long` takes 320 others, `npm run test:all` ten thousand, and they
// ask HiGHS, cvxopt and Ipopt about them.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkOptimality, type Model, minimize, type NlpResult } from '../../src/index.js';
import { writeNl } from '../../src/nlp/index.js';
import { all, long } from '../long.js';
import { modelOf, type RandomProblem, randomProblem, violationAt } from '../problems/random.js';
import { ipopt, oracle as ipoptOracle } from '../reference/ipopt.js';
import { type Answer, answers, oracle as linearOracle } from '../reference/programs.js';

interface Case {
  seed: number;
  problem: RandomProblem;
  model: Model;
  result: NlpResult;
}

const count = all ? 10_000 : long ? 320 : 192;
const first = long && !all ? 192 : 0; // after those of `npm test`
const cases: Case[] = [];

/** Calls f for all items, some at a time. */
async function inParallel<T>(items: readonly T[], width: number, f: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < items.length) await f(items[next++] as T);
  };
  await Promise.all(Array.from({ length: width }, work));
}

beforeAll(async () => {
  const seeds = Array.from({ length: count }, (_, k) => first + k);
  await inParallel(seeds, 16, async (seed) => {
    const problem = randomProblem(seed);
    const model = modelOf(problem);
    cases.push({ seed, problem, model, result: await minimize(model) });
  });
  cases.sort((a, b) => a.seed - b.seed);
}, 3_600_000);

/** Returns the errors of a result, by the functions of its problem alone. */
async function complaint({ problem, model, result }: Case): Promise<string | undefined> {
  if (result.status === 'solved') {
    const violation = violationAt(problem, result.x);
    if (violation > 1e-7) return `solved with a violation of ${violation}`;
    const { ok, message } = checkOptimality(model, result.x, result);
    return ok ? undefined : `solved, but ${message}`;
  }
  // Of constraints that are not linear, only those nearby are known to contradict one another.
  if (result.status === 'infeasible' && problem.feasible && problem.kind !== 'nonlinear')
    return 'infeasible, though it is not';
  return result.status === 'unbounded' ? notUnbounded(problem, result) : undefined;
}

/** Looks for a feasible point that is better than anything that is bounded here, or far away and better than those nearby. */
async function notUnbounded(problem: RandomProblem, { x, objective }: NlpResult): Promise<string | undefined> {
  if (problem.sense === 'none') return 'unbounded without an objective';
  const low = (value: number) => (problem.sense === 'maximize' ? -value : value) < -1e10;
  if (low(objective) && violationAt(problem, x) <= 1e-7) return undefined;
  const within = async (size: number) => {
    const lower = problem.lower.map((value) => Math.max(value, -size));
    const upper = problem.upper.map((value) => Math.min(value, size));
    const { status, x, objective } = await minimize(modelOf({ ...problem, lower, upper }));
    const value = problem.sense === 'maximize' ? -objective : objective;
    return { status, violation: violationAt(problem, x), objective: value };
  };
  const [near, far] = await Promise.all([within(1e2), within(1e4)]);
  if (far.violation > 1e-7) {
    // A box in which no method gets anywhere tells nothing.
    return far.status === 'infeasible' ? `unbounded, but within 1e4 the violation is ${far.violation}` : undefined;
  }
  const isLow = far.objective < -1e10 || near.violation > 1e-7 || far.objective < near.objective;
  return isLow ? undefined : `unbounded, but ${far.objective} within 1e4`;
}

const text = ({ seed, result }: Case, what: string) => `${seed}: ${what} (${result.message})`;

describe('small problems at random', () => {
  it('are of all kinds', () => {
    for (const status of ['solved', 'infeasible', 'unbounded']) {
      expect(cases.filter(({ result }) => result.status === status).length).toBeGreaterThan(count / 100);
    }
  });

  it('have no wrong status', { timeout: 3_600_000 }, async () => {
    const wrong: string[] = [];
    await inParallel(cases, 16, async (each) => {
      const what = await complaint(each);
      if (what !== undefined) wrong.push(text(each, what));
    });
    expect(wrong).toEqual([]);
  });

  it.each(['linear', 'convex', 'indefinite', 'nonlinear'] as const)('are seldom given up: %s', (kind) => {
    const decided = ['solved', 'infeasible', 'unbounded'];
    const left = cases.filter(({ problem, result }) => problem.kind === kind && !decided.includes(result.status));
    const texts = left.map((each) => text(each, each.result.status));
    // An objective that falls for ever along a wave, or constraints that grow with exp, take more iterations than there are.
    const share = kind === 'nonlinear' ? 0.1 : 0.005;
    // At least one: of few problems it is a large share.
    expect(left.length, texts.join('\n')).toBeLessThanOrEqual(Math.ceil((share * count) / 4));
  });
});

describe.skipIf(!long || !linearOracle())('linear and convex problems at random, by HiGHS and cvxopt', () => {
  it('are solved, infeasible or unbounded as there', () => {
    const asked = cases.filter(({ problem: { kind } }) => kind === 'linear' || kind === 'convex');
    const found = answers(asked.map(({ problem }) => askedOf(problem)));
    const wrong = asked.flatMap((each, k) => {
      const what = disagreement(each, found[k] as Answer);
      return what === undefined ? [] : [text(each, what)];
    });
    expect(wrong).toEqual([]);
    expect(found.filter(({ status }) => status === 'unknown').length).toBeLessThan(asked.length / 8);
  });
});

/** The minimisation, without an objective where there is none. */
function askedOf({ n, sense, objective, rows, lower, upper }: RandomProblem) {
  const sign = { minimize: 1, maximize: -1, none: 0 }[sense];
  const side = (value: number) => (Math.abs(value) >= 1e19 ? Number.NaN : value);
  return {
    n,
    Q: sign === 0 ? undefined : objective.quadratic?.map((row) => row.map((value) => sign * value)),
    c: objective.linear.map((value) => sign * value),
    A: rows.map(({ linear }) => linear),
    low: rows.map(({ low }) => low),
    high: rows.map(({ high }) => high),
    lower: lower.map(side),
    upper: upper.map(side),
  };
}

function disagreement({ problem: { sense }, result }: Case, answer: Answer): string | undefined {
  if (answer.status === 'unknown') return undefined;
  if (result.status !== answer.status) {
    const decided = result.status === 'solved' || result.status === 'infeasible' || result.status === 'unbounded';
    return decided ? `${result.status}, but ${answer.status} there` : undefined;
  }
  if (result.status !== 'solved') return undefined;
  const theirs = { minimize: 1, maximize: -1, none: 0 }[sense] * answer.value;
  const apart = Math.abs((sense === 'none' ? 0 : result.objective) - theirs) / Math.max(1, Math.abs(theirs));
  return apart <= 1e-6 ? undefined : `${result.objective}, but ${theirs} there`;
}

describe.skipIf(!long || !ipoptOracle())('other problems at random, by Ipopt', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nonconvex-random-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  // Solutions were tested without it, so every tenth is compared, and all that is infeasible or given up.
  const isAsked = ({ seed, problem: { kind }, result: { status } }: Case) =>
    (kind === 'indefinite' || kind === 'nonlinear') &&
    (status === 'solved' ? Math.floor(seed / 4) % 10 === 0 : status !== 'unbounded');

  it('are solved where Ipopt solves them', { timeout: 2_400_000 }, async () => {
    const wrong: string[] = [];
    const tally = { same: 0, lower: 0, higher: 0, infeasible: 0, onlyOurs: 0, onlyIpopts: 0 };
    await inParallel(cases.filter(isAsked), availableParallelism(), async (each) => {
      const { problem, model, result } = each;
      const path = join(folder, `${each.seed}.nl`);
      await writeNl(model, path);
      const theirs = await ipopt(path).catch(() => undefined); // more equations than variables are refused there
      if (theirs === undefined) return;
      const isGood = theirs.solved && violationAt(problem, theirs.x) <= 1e-6;
      if (result.status === 'infeasible') {
        if (isGood) wrong.push(text(each, `infeasible, but ${theirs.message}`));
        else ++tally.infeasible;
      } else if (result.status !== 'solved' || !isGood) {
        if (result.status === 'solved') ++tally.onlyOurs;
        if (isGood) ++tally.onlyIpopts;
      } else {
        const sign = problem.sense === 'maximize' ? -1 : 1;
        const value = model.compile().objective(theirs.x);
        const apart = (sign * result.objective - value) / Math.max(1, Math.abs(value));
        ++tally[apart > 1e-6 ? 'higher' : apart < -1e-6 ? 'lower' : 'same'];
      }
    });
    console.log(`random problems by Ipopt: ${JSON.stringify(tally)}`);
    expect(wrong).toEqual([]);
    expect(tally.onlyIpopts).toBeLessThanOrEqual(Math.max(2, count / 1000));
    expect(tally.higher).toBeLessThanOrEqual(1.5 * tally.lower + 10); // other local minima, as often better as worse
  });
});
