// A queue under attack: workers and the server are killed while jobs of all kinds are solved; each is answered once, as alone.
import { describe, expect, it } from 'vitest';
import { type AnyKinds, SolveQueue } from '../../src/queue/index.js';
import { type Case, cases as jobs } from '../queue/jobs.js';
import { pause, Server, serverProgram, until, WorkerProcess } from '../queue/server.js';
import { Chance, figure, full, minutes, spread } from './torture.js';

const count = 2000;
const [kills, serverKills] = [20, 3];
const all = Object.entries(jobs);

/** Job number k: one of all kinds, with a seed of its own where its solver takes one, or a time limit that it does not reach. */
function numbered(k: number): Case & { name: string } {
  const [name, { job, solve }] = all[k % all.length] as [string, Case];
  return { name: `${name} ${k}`, job: { ...job, timeLimit: 1000 + k }, solve };
}

/** The part of a result that does not differ from run to run; typed arrays as arrays. */
const timeless = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (name, each) => {
      if (name === 'seconds' || name === 'time') return undefined;
      return ArrayBuffer.isView(each) ? Array.from(each as unknown as number[], String) : each;
    }),
  );

// The short form is test/queue/queue.long.test.ts: Node needs a second to start a worker.
describe.skipIf(!serverProgram || !full)('a queue', () => {
  it(`answers ${count} jobs over ${kills} kills of workers and ${serverKills} of the server`, {
    timeout: minutes(15),
  }, async () => {
    const expected = new Map<string, unknown>();
    for (const [name, { solve }] of all) expected.set(name, timeless(await solve()));
    const server = new Server();
    await server.start();
    const chance = new Chance(7);
    const workers: WorkerProcess[] = [];
    const start = async (): Promise<void> => {
      // Where programs share the processors, a worker that lives may be late by a second, with which a hold of two seconds would run out.
      const worker = new WorkerProcess(server.url, ['--lock-seconds', '10', '--concurrency', '2']);
      workers.push(worker);
      await worker.ready();
    };
    const queue = new SolveQueue<AnyKinds>({ connection: server.url });
    let [ended, killed, restarted] = [0, 0, 0];
    const answers = new Map<string, number>();
    const wrong: string[] = [];
    try {
      await Promise.all([start(), start()]);
      const begin = performance.now();
      const ids = await queue.addAll(Array.from({ length: count }, (_, k) => numbered(k).job));
      expect(new Set(ids).size).toBe(count);
      const waiting = ids.map(async (id, k) => {
        const { name } = numbered(k);
        const answer = timeless(await queue.result(id)) as object;
        ++ended;
        answers.set(name, (answers.get(name) ?? 0) + 1);
        if (JSON.stringify(answer) !== JSON.stringify(sorted(expected.get(name.split(' ')[0] as string))))
          wrong.push(name);
      });
      const attack = (async () => {
        while (killed < kills || restarted < serverKills) {
          // Spread over the run: after each so many answers.
          const next = ((killed + restarted + 1) * count) / (kills + serverKills + 2);
          await until(() => ended >= next, `${Math.round(next)} answers`);
          if (restarted < serverKills && (killed + restarted) % 7 === 5) {
            await server.kill();
            await pause(chance.between(0, 1000));
            await server.start();
            ++restarted;
          } else {
            const alive = workers.filter((each) => each.alive);
            await chance.of(alive).end('SIGKILL');
            ++killed;
            await start();
          }
        }
      })();
      await Promise.all([...waiting, attack]);
      const seconds = (performance.now() - begin) / 1000;
      const counts = await queue.counts();
      expect(wrong).toEqual([]);
      expect([...answers.values()].filter((times) => times !== 1)).toEqual([]);
      expect(counts).toMatchObject({ completed: count, failed: 0, active: 0, waiting: 0, delayed: 0 });
      figure(
        `${count} jobs of ${all.length} problems, ${killed} kills of workers, ${restarted} of the server: ${answers.size} answers, 0 wrong, 0 lost, ${seconds.toFixed(0)} s`,
      );
    } finally {
      for (const { child } of workers) child.kill('SIGKILL');
      await queue.close();
      await server.remove();
    }
  });

  it('ends a running solve soon after it is told to', { timeout: minutes(5) }, async () => {
    const server = new Server();
    await server.start();
    const worker = new WorkerProcess(server.url);
    const queue = new SolveQueue<AnyKinds>({ connection: server.url });
    const milliseconds: number[] = [];
    try {
      await worker.ready();
      const x = Array.from({ length: 300 }, (_, i) =>
        Float64Array.from({ length: 4 }, (_, j) => Math.sin(i * (j + 1.3) + j)),
      );
      const y = Float64Array.from(x, ([a = 0], i) => Math.sin(3 * a) + 0.1 * Math.cos(i * i));
      const settings = { lambda: 1e-6, tolerance: 0, maxIterations: 2 ** 31 - 1 };
      for (let k = 0; k < 30; ++k) {
        const id = await queue.add({ kind: 'relu/trainReluNetwork', problem: { x, y }, settings, timeLimit: 1000 + k });
        let reports = 0;
        await queue.onProgress(id, () => ++reports);
        await until(() => reports > 0, 'it says progress');
        const begin = performance.now();
        await queue.cancel(id);
        expect(await queue.result(id)).toMatchObject({ status: 'aborted', network: {} });
        milliseconds.push(performance.now() - begin);
      }
      figure(`30 running solves cancelled: their answers came after ${spread(milliseconds)}`);
    } finally {
      worker.child.kill('SIGKILL');
      await queue.close();
      await server.remove();
    }
  });
});

/** The value with members in the order of their names, as messages have them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}
