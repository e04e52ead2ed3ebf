// How long `minimizeGlobally` goes on after an abort, at moments of all its phases.
//
//   npm run bench -- nlp/abort          writes bench/nlp/abort.results.json
//   npm run bench -- nlp/abort --quick  a short look, which writes nothing
import { minimizeGlobally } from '../../src/nlp/index.js';
import { type Search, searches } from '../../test/nlp/abortedSearches.js';
import { available, globalProblems } from '../../test/nlp/globalProblems.js';
import { describe, environment, median, table, writeResults } from '../shared/report.js';

const quick = process.argv.includes('--quick');
/** Names of given problems that take long. */
const given = ['ex5_2_5', 'ex6_2_10', 'ex6_2_13', 'ex8_4_3', 'pooling_adhya3pq', 'pointpack06'];

/** Moments that lie closer together at first, where phases are short. */
const moments = Array.from({ length: quick ? 10 : 60 }, (_, k) => 2 + (quick ? 60 : 10) * k + 0.1 * k * k);

/** Milliseconds from the abort of a search until its answer is there, for each of these moments; where it is late. */
async function abortTimes({ model, relaxation }: Search, moments: readonly number[]): Promise<number[]> {
  const times: number[] = [];
  for (const moment of moments) {
    const controller = new AbortController();
    let aborted = Number.NaN;
    const timer = setTimeout(() => {
      aborted = performance.now();
      controller.abort();
    }, moment);
    const { status, certificate } = await minimizeGlobally(model, { relaxation, signal: controller.signal });
    clearTimeout(timer);
    if (Number.isNaN(aborted)) continue;
    times.push(performance.now() - aborted);
    if (status !== 'aborted' && status !== 'solved') throw new Error(`the search ended as ${status}`);
    if (certificate.kind === 'global' && status === 'aborted') throw new Error('an aborted search claims a minimum');
  }
  return times;
}

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN;

async function main(): Promise<void> {
  const all: Search[] = searches();
  if (available) {
    for (const { name, model } of globalProblems('continuous').filter((each) => given.includes(each.name))) {
      all.push({ name, model, relaxation: 'auto' });
    }
  }
  const rows = [];
  const every: number[] = [];
  for (const search of all) {
    const times = await abortTimes(search, moments);
    every.push(...times);
    rows.push({
      search: search.name,
      relaxation: search.relaxation,
      aborts: times.length,
      median: median(times),
      worst: Math.max(...times),
    });
  }
  rows.push({
    search: 'all',
    relaxation: '',
    aborts: every.length,
    median: median(every),
    p99: quantile(every, 0.99),
    worst: Math.max(...every),
  });
  const where = environment();
  console.log(describe(where));
  const cells = rows.map((row) => [
    row.search,
    `${row.relaxation}`,
    `${row.aborts}`,
    row.median.toFixed(1),
    row.p99?.toFixed(1) ?? '',
    row.worst.toFixed(1),
  ]);
  console.log(table(['search', 'relaxation', 'aborts', 'median, ms', 'p99, ms', 'worst, ms'], cells));
  if (!quick) writeResults('nlp/abort', { environment: where, rows });
}

await main();
