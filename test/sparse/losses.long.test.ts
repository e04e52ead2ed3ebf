// Losses that are not generalised linear models beside glmnet, survival, scikit-learn and scipy, where these are installed.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { cox, quantile, type SparseModel } from '../../src/sparse/index.js';
import { concordance, readSurvival, riskSets } from '../../src/sparse/survival.js';
import { crossValidate, sparseRegression } from '../flat.js';
import { Draws, drawn } from './values.js';

const [n, p, lambda] = [80, 5, 0.04];
const { x, y } = drawn(71, 'gaussian', n, p);
const draws = new Draws(74);
const noise = draws.normals(n);
const time = Array.from(noise, (value, i) => Math.ceil(4 * Math.exp(value - (x.data[i * p] as number)))); // has ties
const event = Array.from(time, (_, i) => Number(i % 3 > 0));
const start = Array.from(time, (of, i) => Math.floor((of - 1) * ((i % 4) / 4)));
const strata = Array.from(time, (_, i) => (i % 2 ? 'b' : 'a'));
const weights = Array.from(time, (_, i) => 0.5 + (i % 4) / 4);
const folds = Array.from(time, (_, i) => 1 + (i % 5));
const lambdas = Array.from({ length: 15 }, (_, k) => 0.2 * 0.8 ** k);
const rows = Array.from({ length: n }, (_, i) => Array.from(x.data.subarray(i * p, (i + 1) * p)));

type Found = Record<string, Record<string, number[] & number>>;

/** The answer of a program to the data; undefined where it lacks what it needs. */
async function asked(command: string, ...args: string[]): Promise<Found | undefined> {
  const running = promisify(execFile)(command, args);
  running.child.stdin?.on('error', () => {}); // the program may have ended
  const ask = { x: rows, y: Array.from(y), time, event, start, strata, weights, folds, lambdas, lambda };
  running.child.stdin?.end(`${JSON.stringify(ask)}\n`);
  try {
    return JSON.parse((await running).stdout) as Found;
  } catch (error) {
    console.warn(`skipped: ${args.at(-1)}: ${(error as Error).message.trim().split('\n').at(-1)}`);
    return undefined;
  }
}

const [r, python] = await Promise.all([
  asked('Rscript', '--vanilla', join(import.meta.dirname, 'losses.R')),
  asked('/usr/bin/python3', join(import.meta.dirname, 'losses.py')),
]);

function expectNear(ours: ArrayLike<number>, theirs: ArrayLike<number> | undefined, most: number): void {
  expect(ours.length).toBe(theirs?.length);
  for (let k = 0; k < ours.length; ++k) {
    expect(Math.abs((ours[k] as number) - (theirs?.[k] as number)), `number ${k}`).toBeLessThanOrEqual(most);
  }
}

const same = (ours: SparseModel, theirs: Found[string] | undefined, most: number): void =>
  expectNear(ours.coefficients, theirs?.coefficients, most);
const tight = { lambda, tolerance: 1e-12 };

describe.runIf(r)('glmnet and survival', () => {
  const breslow = cox({ ties: 'breslow' });

  it('family = "cox", weights', async () => {
    const fit = await sparseRegression({ x, y: { time, event }, sampleWeight: weights }, { ...tight, family: breslow });
    same(fit, r?.plain, 1e-6);
    expect(1 - fit.deviance / fit.nullDeviance).toBeCloseTo(r?.plain?.explained as number, 7);
  });
  it('stratifySurv', async () => {
    const data = { x, y: { time, event, strata }, sampleWeight: weights };
    const fit = await sparseRegression(data, { ...tight, family: breslow });
    // Strata are fitted by code in R there, which ends by a change of the deviance.
    same(fit, r?.strata, 5e-5);
    expect(1 - fit.deviance / fit.nullDeviance).toBeCloseTo(r?.strata?.explained as number, 5);
    expect(fit.certificate).toMatchObject({ kind: 'global', gap: expect.closeTo(0, 10) });
  });
  it.each(['efron', 'breslow'] as const)('coxph(ties = %s) and its basehaz', async (ties) => {
    const theirs = r?.[ties];
    const fit = await sparseRegression({ x, y: { time, event } }, { ...tight, lambda: 0, family: cox({ ties }) });
    expect(fit.status).toBe('solved');
    same(fit, theirs, 1e-5);
    const [empty = 0, full = 0]: number[] = theirs?.logLikelihood ?? [];
    expect((fit.nullDeviance - fit.deviance) / 2).toBeCloseTo(full - empty, 6);
    const [{ time: times, hazard } = { time: [], hazard: [] }] = fit.baselineHazard ?? [];
    const all: number[] = theirs?.time ?? [];
    const hazards: number[] = theirs?.hazard ?? [];
    expectNear(
      hazard,
      Array.from(times, (each) => hazards[all.indexOf(each)] as number),
      1e-4,
    );
  });
  it('Surv(start, time, event)', async () => {
    const data = { x, y: { time, event, start } };
    const fit = await sparseRegression({ ...data, sampleWeight: weights }, { ...tight, family: breslow });
    // Fitted by code in R there, too.
    same(fit, r?.late, 5e-5);
    expect(1 - fit.deviance / fit.nullDeviance).toBeCloseTo(r?.late?.explained as number, 5);
    const free = await sparseRegression(data, { ...tight, lambda: 0, family: cox() });
    same(free, r?.lateEfron, 1e-5);
    const [{ time: times, hazard } = { time: [], hazard: [] }] = free.baselineHazard ?? [];
    const all: number[] = r?.lateEfron?.time ?? [];
    const hazards: number[] = r?.lateEfron?.hazard ?? [];
    expectNear(
      hazard,
      Array.from(times, (each) => hazards[all.indexOf(each)] as number),
      1e-4,
    );
    const ours = concordance(riskSets(readSurvival(data.y, n)), free.predict(x, { type: 'link' }));
    expect(ours).toBeCloseTo(r?.lateEfron?.concordance as number, 9);
  });
  it('coxph of strata', async () => {
    const fit = await sparseRegression({ x, y: { time, event, strata } }, { ...tight, lambda: 0, family: cox() });
    same(fit, r?.efronStrata, 1e-5);
  });
  it('cv.glmnet', async () => {
    const cv = await crossValidate({ x, y: { time, event } }, { family: breslow, folds, lambdas, tolerance: 1e-10 });
    expectNear(cv.mean, r?.cv?.mean, 1e-5);
    expectNear(cv.standardError, r?.cv?.standardError, 1e-5);
  });
});

describe.runIf(python)('scikit-learn and scipy', () => {
  it('QuantileRegressor', async () => {
    const settings = { ...tight, family: quantile({ level: 0.9 }), standardize: false };
    same(await sparseRegression({ x, y }, settings), python?.scikit, 1e-6);
  });
  it('linprog, with weights', async () => {
    const settings = { ...tight, family: quantile({ level: 0.3 }), standardize: false };
    const fit = await sparseRegression({ x, y, sampleWeight: weights }, settings);
    same(fit, python?.linprog, 1e-6);
    expect(fit.objective).toBeCloseTo(python?.linprog?.objective as number, 9);
  });
});
