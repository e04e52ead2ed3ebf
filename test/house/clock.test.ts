// No verdict of a test depends on the clock, as far as its text tells: tests do not read clocks, and wait for minutes before they give up.
// The substitutes for tests are in test/clock.ts; measurements are in bench/. Exceptions have their reasons here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { patience } from '../patience.js';
import { readSources, root } from './sources.js';

const here = 'test/house/clock.test.ts';
const sources = readSources('test', ['.ts', '.mjs']);
sources.delete(here);
sources.set('vitest.config.ts', readFileSync(join(root, 'vitest.config.ts'), 'utf8'));

/** Lines of texts with what `found` finds in them. */
function lines(texts: Map<string, string>, found: (line: string) => boolean): string[] {
  return [...texts].flatMap(([file, text]) =>
    text.split('\n').flatMap((line, k) => (found(line) ? [`${file}:${k + 1}: ${line.trim()}`] : [])),
  );
}

const clock = /performance\.now|Date\.now|cpuUsage|hrtime|eventLoopUtilization|monitorEventLoopDelay/;

/** Files that read a clock, with the reason. */
const readers: Record<string, string> = {
  'test/clock.ts': 'puts a count in the place of the clock',
  'test/contract/child.ts': 'seconds of a program, which `npm run torture` prints',
  'test/contract/solve.test.ts':
    'two clocks are compared: a solve has run no longer than since those before it were ended',
  'test/examples.test.ts': 'NONCONVEX_EXAMPLE_LIMIT, for emulators',
  'test/mpi/launch.ts': 'seconds of a job, for its benchmark, and a wait for processes that end',
  'test/mpi/programs/fit.mjs': 'seconds of a job, for its benchmark',
  'test/mpi/programs/large.mjs': 'seconds of a job, for its benchmark',
  'test/queue/queue.long.test.ts': 'no more messages than fit into the time that has passed, however long that was',
  'test/queue/server.ts': 'the patience of a wait',
  'test/service/service.ts': 'the patience of a wait',
  'test/service/siege.ts': 'figures of `npm run torture`',
  'test/service/watch.mjs': 'figures of `npm run torture`',
  'test/torture/faults.test.ts': 'figures; the processor time of aborts is tried by `npm run torture` alone',
  'test/torture/files.test.ts': 'figures of `npm run torture`',
  'test/torture/load.test.ts': 'figures of `npm run torture`',
  'test/torture/models.test.ts': 'figures of `npm run torture`',
  'test/torture/queue.test.ts': 'figures of `npm run torture`',
};

/** Expectations of durations, with the reason. */
const ofDurations: Record<string, string> = {
  'expect(1000 * seconds).toBeLessThanOrEqual(performance.now() - begin);': 'compares two clocks',
  'expect(after.seconds).toBeGreaterThan(before.seconds);': 'a sum of durations has grown',
  'expect(result.seconds).toBeGreaterThan(0);': 'a clock never goes back',
  'expect(result.seconds).toBeGreaterThanOrEqual(0.1);': 'a limit of time that ended a solve has passed',
  'expect(answer.seconds).toBeGreaterThanOrEqual(0);': 'a clock never goes back',
  'expect(time.derivatives + time.linearAlgebra).toBeLessThanOrEqual(seconds);': 'parts of one clock and their whole',
  'expect(heard.length).toBeLessThanOrEqual(2 + (performance.now() - begin) / 200);': 'grows with what has passed',
  'expect(seconds).toBeLessThan(2);':
    'test/nlp/inequalities.test.ts, in long tests alone: nothing counts what an order of elimination has done',
};

/** Tests that are tried again, with the reason. */
const triedAgain: Record<string, string> = {
  'test/nlp/inequalities.test.ts': 'the one above',
};

/** Milliseconds of limits in a line of a test: `timeout: 5000`, or a number after the body of a test. */
function limits(line: string): number[] {
  const found = line.matchAll(/\b(?:timeout|testTimeout|hookTimeout): ([\d_.e]+)|^ *\}, ([\d_]{4,})\);/g);
  return Array.from(found, ([, named, last]) => Number((named ?? (last as string)).replaceAll('_', '')));
}

describe('tests', () => {
  it('read no clock', () => {
    const reading = [...sources].filter(([, text]) => clock.test(text)).map(([file]) => file);
    expect(reading.filter((file) => !(file in readers))).toEqual([]);
    expect(Object.keys(readers).filter((file) => !reading.includes(file))).toEqual([]);
  });

  it('expect nothing of durations', () => {
    const duration = /\b(seconds|milliseconds|elapsed|performance\.now|Date\.now)\b/;
    const found = lines(sources, (line) => /\bexpect\(.*\.toBe(Less|Greater)/.test(line) && duration.test(line));
    const texts = found.map((each) => each.replace(/^\S+: /, ''));
    expect(found.filter((_, k) => !((texts[k] as string) in ofDurations))).toEqual([]);
    expect(Object.keys(ofDurations).filter((text) => !texts.includes(text))).toEqual([]);
  });

  it('wait for five minutes at least before they give up', () => {
    expect(patience).toBeGreaterThanOrEqual(300_000);
    expect(lines(sources, (line) => limits(line).some((limit) => limit < 300_000))).toEqual([]);
    expect(lines(sources, (line) => /AbortSignal\.timeout\([\d_]*[1-9]/.test(line))).toEqual([]);
    const cmake = readFileSync(join(root, 'CMakeLists.txt'), 'utf8');
    const seconds = Array.from(cmake.matchAll(/\bTIMEOUT (\d+)/g), ([, value]) => Number(value));
    expect(seconds.length).toBeGreaterThan(0);
    expect(seconds.filter((value) => value < 300)).toEqual([]);
  });

  it('are not tried again until they pass', () => {
    const again = [...sources].filter(([, text]) => /\bretry: \d/.test(text)).map(([file]) => file);
    expect(again).toEqual(Object.keys(triedAgain));
  });

  it('that have a limit of time of less than minutes do not expect a solve', () => {
    // From a line that begins a test to the next such line.
    const bodies = [...sources].flatMap(([file, text]) =>
      text
        .split(/^(?= *(?:it|test|itOnce|describe)\b)/m)
        .slice(1)
        .map((body) => ({ file, body })),
    );
    const isShort = (value: string) => Number(value) > 0 && Number(value) < 300;
    const wrong = bodies.filter(
      ({ body }) =>
        Array.from(body.matchAll(/\btimeLimit: ([\d.e+-]+)/g)).some(([, value]) => isShort(value as string)) &&
        /status.*'solved'|'solved'.*status/.test(body) &&
        !/'timeLimit|timeLimit'|'aborted'/.test(body),
    );
    expect(wrong.map(({ file, body }) => `${file}: ${body.trim().split('\n')[0]}`)).toEqual([]);
  });
});

describe('tests in C++', () => {
  const native = readSources('test/native', ['.cpp', '.hpp']);

  it('read no clock', () => {
    const reading = lines(native, (line) => /\b(\w+_clock|Stopwatch|getrusage|clock_gettime)\b/.test(line));
    // Times of tests, which --times prints.
    expect(reading.filter((line) => !line.startsWith('test/native/main.cpp:'))).toEqual([]);
  });
});
