// Mutated models, as JSON and as files of ONNX: they are refused in words, or are models that predict numbers, or refuse to. The samples
// are what the fixtures of all solvers give, and models of each kind.
import { describe, expect, it } from 'vitest';
import { fromOnnx, modelFromJson, modelToJson, toOnnx } from '../../src/exchange/index.js';
import * as browser from '../../src/predict/index.js';
import { kinds } from '../../src/predict/models.js';
import { solve, solverFixtures } from '../contract/fixtures.js';
import { allCases } from '../exchange/models.js';
import { mutated } from './mutated.js';
import { Chance, cases, figure, minutes, rawMessage, spread } from './torture.js';

type Json = Record<string, unknown>;

/** Models as JSON: of results that have one, found by solving the fixtures, and of test/exchange. */
async function collect(): Promise<Json[]> {
  const models: object[] = (await allCases()).map(({ model }) => model);
  for (const { small } of Object.values(solverFixtures)) if (!small.direct) models.push(await solve(small));
  return models.flatMap((model) => {
    try {
      return [structuredClone(modelToJson(model)) as Json];
    } catch {
      return []; // a result that does not predict
    }
  });
}

const samples = await collect();

/** Values of JSON in the place of others. */
const values: readonly unknown[] = [
  ...[null, true, false, -1, 0, 0.5, -0, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 32, 2 ** 53],
  ...['', 'NaN', 'Infinity', '-Infinity', '-0', 'abc', '__proto__', 'constructor', 'x'.repeat(5000)],
  ...[[], [[]], [null], [1, '2'], {}, { rows: 2 ** 31, columns: 2 ** 31, data: [] }],
  ...[
    { rows: 2 ** 30, columns: 0, data: [] },
    { rows: 0, columns: 2 ** 30, data: [] },
    { tensor: 'x' },
    { length: 2 ** 40 },
  ],
];

/** All places in a value of JSON, as the objects and names that lead to them. */
function placesOf(value: unknown, found: [Json, string][] = []): [Json, string][] {
  if (typeof value !== 'object' || value === null) return found;
  const names = Object.keys(value);
  // Of long lists the ends will do.
  for (const name of Array.isArray(value) && names.length > 4 ? [...names.slice(0, 2), ...names.slice(-2)] : names) {
    found.push([value as Json, name]);
    placesOf((value as Json)[name], found);
  }
  return found;
}

/** A copy of a member; null where there is none of its own. */
const memberOf = (json: Json, name: string): unknown =>
  Object.hasOwn(json, name) ? structuredClone(json[name]) : null;

/** JSON text in which a few members are others, lacking, doubled, renamed or lists shortened. */
function otherJson(sample: Json, chance: Chance): string {
  const json = structuredClone(sample);
  for (let k = chance.below(3); k >= 0; --k) {
    const [holder, name] = chance.of(placesOf(json));
    const old = holder[name];
    switch (chance.below(6)) {
      case 0:
      case 1:
        holder[name] = structuredClone(chance.of(values));
        break;
      case 2:
        if (Array.isArray(holder)) holder.splice(Number(name), 1 + chance.below(3));
        else delete holder[name];
        break;
      case 3:
        if (Array.isArray(old)) old.push(...old.slice(0, 1 + chance.below(5)));
        else holder[name] = memberOf(chance.of(samples), name);
        break;
      case 4:
        if (Array.isArray(holder)) break;
        Object.defineProperty(holder, chance.of(['__proto__', 'constructor', 'prototype', 'toString', 'length']), {
          ...{ value: { polluted: 1, rows: 1, columns: 1 }, enumerable: true, configurable: true, writable: true },
        });
        break;
      default:
        holder[name] = typeof old === 'number' ? chance.of([-old, old + 1, old * 1e300, String(old)]) : old;
    }
    if (Object.keys(json).length === 0) break;
  }
  return JSON.stringify(json);
}

const rows = (columns: number) => [Array.from({ length: columns }, (_, j) => j - 0.5)];

/** The fault of an error: it is none, or speaks in the words of the engine. */
function badError(error: unknown): string | undefined {
  const ours = error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
  const { message = '' } = error as Error;
  if (!ours) return `${String(error)} is no error of an argument`;
  if (message === '' || message.length > 1000) return `a message of ${message.length} characters`;
  return error instanceof SyntaxError || !rawMessage.test(message) ? undefined : message;
}

interface Judged {
  complaints: string[];
  refused: number;
  times: number[];
}

/** Reads a model that may be none, and predicts by it. */
async function judge(label: string, read: () => unknown, to: Judged): Promise<void> {
  const begin = performance.now();
  const complain = (error: unknown): void => {
    const bad = badError(error);
    if (bad !== undefined) to.complaints.push(`${label}: ${bad}`);
  };
  try {
    const model = (await read()) as browser.FittedModel;
    for (const columns of [3, 1, 2]) {
      for (const call of [browser.predict, browser.predictProbabilities, browser.decisionFunction]) {
        try {
          call(model as never, rows(columns));
        } catch (error) {
          complain(error);
        }
      }
    }
  } catch (error) {
    ++to.refused;
    complain(error);
  }
  to.times.push(performance.now() - begin);
}

/** The parts of a model that must not have changed. */
const untouched = (): void => {
  const prototypes = [Object.prototype, Array.prototype, Float64Array.prototype, Function.prototype];
  expect(({} as Json).polluted).toBeUndefined();
  for (const prototype of prototypes) expect(Object.keys(prototype)).toEqual([]);
};

function report(what: string, { complaints, refused, times }: Judged, before: number): void {
  const megabytes = (process.memoryUsage.rss() - before) / 2 ** 20;
  figure(
    `${what}: ${times.length} mutated, ${refused} refused; ${spread(times)}; memory ${megabytes.toFixed(0)} MB more`,
  );
  expect([...new Set(complaints)]).toEqual([]);
  expect(megabytes).toBeLessThan(400);
  untouched();
}

it('has a model of each kind', () => {
  expect([...new Set(samples.map(({ kind }) => kind))].sort()).toEqual(kinds.map(({ kind }) => kind).sort());
});

describe('models as JSON', () => {
  it('that have other members are refused, or predict', { timeout: minutes(10) }, async () => {
    const chance = new Chance(11);
    const judged: Judged = { complaints: [], refused: 0, times: [] };
    const before = process.memoryUsage.rss();
    for (let k = 0; k < cases(400, 20_000); ++k) {
      const text = otherJson(chance.of(samples), chance);
      const read = () => (chance.below(2) === 0 ? modelFromJson(text) : browser.modelFromJson(JSON.parse(text)));
      await judge(`${k}: ${text.slice(0, 80)}`, read, judged);
    }
    report('models as JSON, members', judged, before);
  });

  it('whose text is another are refused, or predict', { timeout: minutes(10) }, async () => {
    const chance = new Chance(12);
    const judged: Judged = { complaints: [], refused: 0, times: [] };
    const before = process.memoryUsage.rss();
    for (let k = 0; k < cases(200, 20_000); ++k) {
      const text = mutated(Buffer.from(JSON.stringify(chance.of(samples))), chance).toString();
      await judge(`${k}`, () => modelFromJson(text), judged);
    }
    report('models as JSON, text', judged, before);
  });

  it('that are deep are refused', async () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const judged: Judged = { complaints: [], refused: 0, times: [] };
    const members = JSON.stringify(samples[0]).slice(1);
    await judge('all of it', () => modelFromJson(deep), judged);
    await judge('a member', () => modelFromJson(`{"biases":${'['.repeat(5000)}${']'.repeat(5000)},${members}`), judged);
    expect(judged).toMatchObject({ complaints: [] });
    untouched();
  });
});

it('files of ONNX whose bytes are others are refused, or predict', { timeout: minutes(10) }, async () => {
  const files: Uint8Array[] = [];
  for (const json of samples) {
    try {
      files.push(await toOnnx(modelFromJson(json as never)));
    } catch {
      // a kind without a form in ONNX
    }
  }
  expect(files.length).toBeGreaterThan(10);
  const chance = new Chance(13);
  const judged: Judged = { complaints: [], refused: 0, times: [] };
  const before = process.memoryUsage.rss();
  for (let k = 0; k < cases(300, 20_000); ++k) {
    const bytes = mutated(chance.of(files), chance);
    await judge(`${k}`, () => fromOnnx(bytes), judged);
  }
  report('files of ONNX', judged, before);
});
