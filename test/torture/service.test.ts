// examples/service beside 200 clients, of which some hang up or end their solves at random moments: nothing is lost or mixed up, memory
// does not grow, the event loop stays free; the service is killed and started again, and its disk is full for a while.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { long } from '../long.js';
import { Service, until } from '../service/service.js';
import { questions, Siege } from '../service/siege.js';
import { Chance, cases, figure, full, minutes, spread } from './torture.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const succeeds = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

let service: Service;
let models: string;
/** True if models have a disk of their own, as where this process may mount one. */
let mounted = false;

/** Lets the disk be full while `work` goes on: by a file that takes what is left, or a limit on the size of files. */
async function withFullDisk(work: () => Promise<void>): Promise<void> {
  const limit = (size: string) => execFileSync('prlimit', ['--pid', String(service.pid), `--fsize=${size}:unlimited`]);
  const filler = join(models, 'filler');
  if (mounted) fill(filler);
  else limit('500');
  await work();
  if (mounted) rmSync(filler);
  else limit('unlimited');
}

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  } finally {
    closeSync(file);
  }
}

/** The contents of files, against the clients' knowledge of their models. */
function compareFiles(siege: Siege): number {
  const files = readdirSync(models).filter((name) => name.endsWith('.json'));
  for (const [name, { kept, asked }] of siege.models) {
    const file = files.includes(`${name}.json`)
      ? JSON.parse(readFileSync(join(models, `${name}.json`), 'utf8'))
      : undefined;
    if (!isDeepStrictEqual(file, kept) && !isDeepStrictEqual(file, asked))
      siege.counts.wrong.push(`${name}.json is neither the model that was kept nor the one that was asked for`);
  }
  return files.length;
}

const env = { NONCONVEX_THREADS: process.env.NONCONVEX_THREADS ?? '2' };

describe.skipIf(!full && !long)('a service', () => {
  beforeAll(() => {
    service = new Service();
    models = join(service.folder, 'models');
    mkdirSync(models);
    mounted = process.platform === 'linux' && succeeds('mount', '-t', 'tmpfs', '-o', 'size=4m', 'none', models);
  });
  afterAll(async () => {
    await service.end('SIGKILL');
    if (mounted) execFileSync('umount', [models]);
    service.remove();
  });

  it('holds beside clients that come, hang up, and see it killed and its disk full', {
    timeout: minutes(15),
  }, async () => {
    const chance = new Chance(17);
    const asked = await questions(5);
    await service.start(env, { watched: true });
    // A process that has nothing to do beside it: what the machine alone does to an event loop.
    const watch = pathToFileURL(join(import.meta.dirname, '../service/watch.mjs')).href;
    const idle = spawn(process.execPath, ['--import', watch, '-e', 'setInterval(() => {}, 1000)'], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const siege = new Siege(service, asked, cases(40, 200), chance, 2000);
    const { counts } = siege;
    const seconds = cases(6, 120);
    await pause(100 * seconds); // a tenth, in which it becomes warm
    await service.measured();
    idle.send('measure');
    await once(idle, 'message');
    const resident: number[] = [];
    const loops: number[] = [];
    const owns: number[] = [];
    let longest = 0;
    for (let tenth = 0; tenth < 9; ++tenth) {
      if (tenth === 4 || tenth === 7) await withFullDisk(() => pause(100 * seconds));
      else await pause(100 * seconds);
      const measured = await service.measured();
      resident.push(measured.resident);
      loops.push(measured.loop.p99);
      owns.push(measured.own.p99);
      longest = Math.max(longest, measured.loop.max);
    }
    idle.send('measure');
    const [{ loop: alone }] = (await once(idle, 'message')) as [Awaited<ReturnType<Service['measured']>>];
    idle.kill();
    const { answered, hungUp, ended, refused, kept, notKept } = counts;
    const times = spread(counts.milliseconds);
    const kills = cases(1, 5);
    for (let kill = 0; kill < kills; ++kill) {
      await pause(chance.between(0.3, 1) * 1000 * cases(2, 6));
      await service.end('SIGKILL');
      compareFiles(siege);
      await service.start(env, { watched: true });
    }
    await pause(1000);
    await siege.end();
    const compared = await siege.compareModels();
    const open = () => service.json<{ running: number; waiting: number; open: number }>('/health');
    await until(async () => {
      const { running, waiting, open: solves } = await open();
      return running === 0 && waiting === 0 && solves === 0;
    }, 'nothing is left');
    expect(counts.wrong).toEqual([]);
    expect(compareFiles(siege)).toBe(compared);
    expect(readdirSync(models).filter((name) => !name.endsWith('.json'))).toEqual([]);
    expect(notKept).toBeGreaterThan(0);
    expect(counts.broken).toBeGreaterThan(0);
    expect(service.errors).toBe('');
    figure(
      `${cases(40, 200)} clients, ${0.9 * seconds} s: ${answered} answered, ${hungUp} hung up, ${ended} ended by DELETE, ${refused} times told to come again; an answer after ${times}`,
    );
    figure(
      `${kept} models kept, ${notKept} not as the disk was full (${mounted ? 'tmpfs' : 'a limit on the size of files'})`,
    );
    const round = (values: number[], digits = 0) => values.map((each) => each.toFixed(digits)).join(', ');
    figure(`event loop by tenths: p99 ${round(loops, 1)} ms, the longest turn ${longest.toFixed(0)} ms`);
    figure(`without what its thread waited for a processor: p99 ${round(owns, 1)} ms`);
    figure(`a process without work beside it: p99 ${alone.p99.toFixed(1)}, max ${alone.max.toFixed(0)} ms`);
    figure(`resident MB by tenths: ${round(resident)}`);
    figure(
      `${kills} times killed, ${counts.broken} connections broken or refused, ${compared} models as clients know them; 0 wrong, 0 lost`,
    );
    if (full) expect((resident.at(-1) as number) - (resident[2] as number)).toBeLessThan(40);
  });
});
