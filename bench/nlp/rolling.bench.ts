// Warm starts over 24 horizons of a relaxed unit commitment, as a quadratic and as a linear program: iterations, factorisations and
// milliseconds of all horizons, for cold starts, the last result, that shifted, and x alone of that.
//
//   npm run bench -- nlp/rolling
//
// The least processor time of three rounds counts, the calls in JavaScript included.
import { minimize, type NlpResult, type NlpSettings, shifted } from '../../src/nlp/index.js';
import { moveOn, unitCommitment } from '../../test/nlp/unitCommitment.js';

const starts: Record<string, (last: NlpResult) => NlpSettings['warmStart']> = {
  cold: () => undefined,
  last: (last) => last,
  shifted: (last) => shifted(last),
  'x shifted': (last) => ({ x: shifted(last).x }),
};

async function round(squares: boolean, settings: NlpSettings) {
  const made = unitCommitment({ squares });
  const totals = new Map(Object.keys(starts).map((name) => [name, { iterations: 0, factorizations: 0, ms: 0 }]));
  let last = await minimize(made.model, settings);
  for (let k = 1; k <= 24; ++k) {
    moveOn(made, k, last);
    const results: NlpResult[] = [];
    for (const [name, startOf] of Object.entries(starts)) {
      const warmStart = startOf(last);
      const before = process.cpuUsage();
      const result = await minimize(made.model, { ...settings, warmStart });
      const { user, system } = process.cpuUsage(before);
      const total = totals.get(name) as { iterations: number; factorizations: number; ms: number };
      total.iterations += result.iterations;
      total.factorizations += result.counts.factorization;
      total.ms += (user + system) / 1000;
      results.push(result);
    }
    last = results[0] as NlpResult;
  }
  return totals;
}

for (const method of ['auto', 'interiorPoint'] as const) {
  for (const squares of [true, false]) {
    const rounds = [];
    for (let k = 0; k < 3; ++k) rounds.push(await round(squares, { method }));
    console.log(`\n${squares ? 'quadratic' : 'linear'} program, method '${method}'`);
    for (const [name, { iterations, factorizations }] of rounds[0] as (typeof rounds)[number]) {
      const ms = Math.min(...rounds.map((totals) => totals.get(name)?.ms as number));
      console.log(`${name.padEnd(10)} ${iterations} iterations, ${factorizations} factorisations, ${ms.toFixed(0)} ms`);
    }
  }
}
