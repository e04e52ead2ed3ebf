// Messages of a queue without a server: what goes to a worker and comes back, and how it is solved.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { addon } from '../../src/core/addon.js';
import { logisticRegression, minimize } from '../../src/nlp/index.js';
import { DataCache, type FetchData } from '../../src/queue/data.js';
import { type Kind, packageKinds } from '../../src/queue/kinds.js';
import { idOf, messageOfJob, type SolveBatch, type SolveJob } from '../../src/queue/messages.js';
import { JobSolver } from '../../src/queue/solver.js';
import { fromJson, toJson } from '../../src/queue/values.js';
import { readLibsvm } from '../../src/readers/libsvm.js';
import { sparseRegression } from '../../src/sparse/index.js';
import { chosen } from '../long.js';
import { cases } from './jobs.js';

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-queue-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): { path: string; href: string; sha256: string } {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, href: pathToFileURL(path).href, sha256: createHash('sha256').update(content).digest('hex') };
}

/** A value on the other side. */
const across = (value: unknown): unknown => fromJson(JSON.parse(JSON.stringify(toJson('value', value, 'leaveOut'))));

interface Choices {
  kinds?: Record<string, Kind>;
  data?: DataCache;
  signal?: AbortSignal;
  report?: (progress: object) => void;
}

/** The answer of a job as whoever asked has it. */
async function answer(job: SolveJob | SolveBatch, choices: Choices = {}): Promise<unknown> {
  const {
    data = new DataCache(undefined, 1e9),
    signal = new AbortController().signal,
    report = () => undefined,
  } = choices;
  const solver = new JobSolver({ ...packageKinds, ...choices.kinds }, data, undefined);
  const message = JSON.parse(messageOfJob(job).text);
  const given = await solver.solve(message, { signal, report }, 'test');
  return fromJson(JSON.parse('json' in given ? given.json : readFileSync(new URL(given.href), 'utf8')));
}

/** A value without what differs from run to run. */
const timeless = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, each) => (name === 'seconds' || name === 'time' ? undefined : each)));

describe('values', () => {
  it('are the same to the last bit on the other side', () => {
    const floats = fc.array(fc.double()).map((numbers) => Float64Array.from(numbers));
    const integers = fc.array(fc.integer()).map((numbers) => Int32Array.from(numbers));
    const leaf = fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.constant(null), floats, integers);
    const name = fc.string().filter((text) => !text.startsWith('$') && text !== '__proto__');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('value')),
        fc.dictionary(name, tie('value'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (given) => {
        expect(across(given)).toStrictEqual(given);
      }),
      { numRuns: 20 },
    );
  });

  it('have one text where they are equal, whatever the order of their members', () => {
    const text = (problem: object) => messageOfJob({ kind: 'a', problem }).text;
    expect(text({ b: 1, a: { d: 2, c: 3 } })).toBe(text({ a: { c: 3, d: 2 }, b: 1 }));
    expect(idOf(text({ a: 1 }))).not.toBe(idOf(text({ a: 2 })));
    expect(idOf('')).toMatch(/^n[0-9a-f]{40}$/);
  });
});

describe('a message', () => {
  it.each<[string, unknown, string]>([
    ['is an object', 7, 'job = 7: expected an object'],
    ['has a kind', { problem: 1 }, 'kind = undefined: expected a text'],
    [
      'has a kind that the package has',
      { kind: 'nlp/minimise', problem: 1 },
      "kind = 'nlp/minimise': the package has none of that name; did you mean 'nlp/minimize'?",
    ],
    ['has a problem', { kind: 'a' }, 'expected either problem or problems'],
    ['has one or many', { kind: 'a', problem: 1, problems: [1] }, 'expected either problem or problems'],
    ['has at least one', { kind: 'a', problems: [] }, 'problems = an array: expected an array of at least one problem'],
    [
      'has no member unknown',
      { kind: 'a', problem: 1, setings: {} },
      "unknown member 'setings': did you mean 'settings'?",
    ],
    ['has no functions', { kind: 'a', problem: { f: [1, () => 1] } }, 'problem.f[1]: a function cannot go'],
    [
      'has no programs',
      { kind: 'a', problem: logisticRegression({ x: [[1], [2]], y: [1, -1], ridge: 1 }) },
      'expected plain data',
    ],
    [
      'has a time limit that is one',
      { kind: 'a', problem: 1, timeLimit: -1 },
      'timeLimit = -1: expected a finite number >= 0',
    ],
    [
      'says where its answer goes',
      { kind: 'a', problem: 1, result: 'disk' },
      "result = 'disk': expected 'inline' or { href }",
    ],
    ['is small', { kind: 'a', problem: new Float64Array(7000) }, 'of which 65536 are allowed; put data into files'],
  ])('%s', (_, job, sentence) => {
    expect(() => messageOfJob(job as SolveJob)).toThrow(sentence);
  });
});

describe('kinds', () => {
  it('are all functions that solve: each solver of the addon is behind one', () => {
    const families = new Set(Object.entries(addon().schema().solvers).map(([name, { family = name }]) => family));
    const found = new Set(Object.keys(packageKinds).map((name) => name.split('/')[0]));
    expect([...families].filter((family) => !found.has(family))).toEqual([]);
    expect(Object.keys(packageKinds)).toEqual(
      expect.arrayContaining(['nlp/minimize', 'sparse/crossValidate', 'relu/trainReluNetwork', 'contrib/unlearn']),
    );
  });

  it.each(chosen(Object.entries(cases), 5))('%s answers what the same call answers', async (_, { job, solve }) => {
    expect(timeless(await answer(job))).toEqual(timeless(across(await solve())));
  });

  it('say what is wrong', async () => {
    await expect(answer({ kind: 'nlp/minimise', problem: 1 })).rejects.toThrow("did you mean 'nlp/minimize'?");
    await expect(answer({ kind: 'constructor', problem: 1 })).rejects.toThrow('this worker has none of that name');
    await expect(answer({ kind: 'fractional/maxSharpe', problem: [1] })).rejects.toThrow(
      'data = an array: expected an object',
    );
    await expect(answer({ kind: 'nlp/minimize', problem: { make: 'nlp/readNl', of: [] } })).rejects.toThrow(
      "problem.make = 'nlp/readNl': expected one of nlp/",
    );
    const wrong = { kind: 'sparse/sparseRegression', problem: { x: [[1], [2]], y: [1] } };
    await expect(answer(wrong)).rejects.toThrow(RangeError);
    await expect(answer({ ...cases.sparse?.job, settings: { tolerence: 1 } } as SolveJob)).rejects.toThrow('tolerance');
  });

  it('may be of the user, and hear the signal, the settings and reports', async () => {
    const heard: unknown[] = [];
    const own: Kind = (problem, { signal, onProgress, timeLimit, a }) => {
      onProgress({ half: 0.5 });
      return { problem, aborted: signal.aborted, timeLimit, a };
    };
    const job = { kind: 'own', problem: [Number.NaN], settings: { a: 1 }, timeLimit: 3 };
    expect(await answer(job, { kinds: { own }, report: (each) => heard.push(each) })).toEqual({
      ...{ problem: [Number.NaN], aborted: false, timeLimit: 3, a: 1 },
    });
    expect(heard).toEqual([{ half: 0.5 }]);
  });

  it('solve many problems of one message', async () => {
    const { job, solve } = cases.maxSharpe as (typeof cases)[string];
    const answers = await answer({ kind: job.kind, problems: [job.problem, job.problem] });
    const expected = timeless(across(await solve()));
    expect(timeless(answers)).toEqual([expected, expected]);
  });
});

describe('answers', () => {
  it('that are long lose their history, and do not go through the queue where they are longer still', async () => {
    const long: Kind = (size) => ({
      history: [{ text: '-'.repeat(66_000) }],
      x: new Float64Array(size as number),
    });
    expect(Object.keys((await answer({ kind: 'long', problem: 3 }, { kinds: { long } })) as object)).toEqual(['x']);
    await expect(answer({ kind: 'long', problem: 9000 }, { kinds: { long } })).rejects.toThrow(
      /the answer of job test has \d+ bytes, of which 65536 fit in the queue; ask for/,
    );
    const href = pathToFileURL(join(folder, 'deep/answer.json')).href;
    const job = { kind: 'long', problem: 9000, result: { href } };
    expect(await answer(job, { kinds: { long } })).toMatchObject({
      x: new Float64Array(9000),
      history: expect.anything(),
    });
    await expect(answer({ ...job, result: { href: 's3://a/b' } }, { kinds: { long } })).rejects.toThrow(
      "result.href = 's3://a/b': the worker has no storeResult for it",
    );
  });
});

describe('data references', () => {
  const text = Array.from({ length: 30 }, (_, i) => `${Math.sin(i)} 1:${Math.cos(i)} 3:${(i * i) % 7}`).join('\n');
  const libsvm = file('a.libsvm', `${text}\n`);
  const y = Array.from({ length: 30 }, (_, i) => Math.sin(i));
  const x = Array.from({ length: 30 }, (_, i) => [Math.cos(i), 0, (i * i) % 7]);
  const kind = 'sparse/sparseRegression';
  const settings = { lambda: 0.1 };
  const echo: Kind = (problem) => problem;
  const get = (problem: unknown, data?: DataCache) =>
    answer({ kind: 'echo', problem }, { kinds: { echo }, ...(data && { data }) });

  it('stand for what they are read from', async () => {
    const problem = { href: libsvm.href, format: 'libsvm', sha256: libsvm.sha256, rows: [0, 20] };
    const first = `${text.split('\n').slice(0, 20).join('\n')}\n`;
    const here = await sparseRegression(await readLibsvm(file('first.libsvm', first).path, { columns: 3 }), settings);
    const there = (await answer({ kind, problem, settings })) as typeof here;
    expect(there.coefficients).toEqual(here.coefficients);
  });

  it('stand for parts, within problems and within programs', async () => {
    const column = { ...{ href: libsvm.href, format: 'libsvm', member: 'y' } };
    const labels = file('labels.f64', new Uint8Array(Float64Array.from(y, Math.sign).buffer));
    const values = { href: labels.href, format: 'f64', rows: [1, 30] };
    expect(await get({ a: [column, { b: values }] })).toEqual({
      a: [Float64Array.from(y), { b: Float64Array.from(y.slice(1), Math.sign) }],
    });
    const data = { x: x.slice(1), y: Float64Array.from(y.slice(1), Math.sign), ridge: 0.1 };
    const problem = { make: 'nlp/logisticRegression', of: [{ ...data, y: values }] };
    const there = (await answer({ kind: 'nlp/minimize', problem })) as { x: Float64Array };
    expect(there.x).toEqual((await minimize(logisticRegression(data))).x);
  });

  it('are read in each format', async () => {
    const dense = file('a.mtx', '%%MatrixMarket matrix array real general\n2 1\n1\n2\n');
    expect(await get({ href: dense.href, format: 'matrixMarket', rows: [1, 2] })).toEqual({
      data: Float64Array.of(2),
      rows: 1,
      columns: 1,
    });
    const table = file('a.csv', 'a,b\n1,2\n3,4\n');
    expect(await get({ href: table.href, format: 'csv', options: { target: 'b' }, member: 'y' })).toEqual(
      Float64Array.of(2, 4),
    );
    expect(await get({ href: file('a.json', '[1, {"$number": "-0"}]').href, format: 'json' })).toEqual([1, -0]);
  });

  it('are kept by what is in them, up to a number of bytes', async () => {
    const fetched: string[] = [];
    const fetchData: FetchData = (href) => {
      fetched.push(href);
      return libsvm.path;
    };
    const data = new DataCache(fetchData, 1e6);
    const one = { href: 's3://bucket/a', format: 'libsvm', sha256: libsvm.sha256 };
    const { signal } = new AbortController();
    const first = await data.get('problem', one, signal);
    expect(await data.get('problem', { ...one, href: 's3://bucket/b' }, signal)).toBe(first);
    expect(fetched).toEqual(['s3://bucket/a', 's3://bucket/b']);
    const small = new DataCache(fetchData, 10);
    const second = await small.get('problem', one, signal);
    expect(await small.get('problem', one, signal)).not.toBe(second);
  });

  it.each<[string, object, string]>([
    ['without a format', { format: 'parquet' }, "problem.format = 'parquet': expected one of libsvm"],
    ['of another file', { sha256: '0'.repeat(64) }, "problem: the file's sha256 is"],
    ['of rows that are not there', { rows: [3, 31] }, 'problem.rows = [3, 31]: there are 30 rows'],
    ['of no rows', { rows: [3, 3] }, 'problem.rows[1] = 3'],
    ['of a member that is not there', { member: 'z' }, "problem.member = 'z': expected one of x, y"],
    ['that nobody fetches', { href: 'gs://a' }, "problem.href = 'gs://a': the worker has no fetchData for it"],
    ['to no file', { href: pathToFileURL(join(folder, 'none')).href }, 'ENOENT'],
  ])('%s are refused', async (_, wrong, sentence) => {
    await expect(get({ href: libsvm.href, format: 'libsvm', ...wrong })).rejects.toThrow(sentence);
  });
});
