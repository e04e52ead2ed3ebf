// Promises of every command of the program: Ctrl-C ends a solve with the best so far, output that nobody reads ends nothing, and the
// benchmark measures what it says.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Draws } from '../sparse/values.js';
import { chain } from './nl.js';
import { ended, Folder, interruptOnceLogged, program } from './program.js';

const folder = new Folder();
const draws = new Draws(4);
const [rows, columns] = [1500, 120];

beforeAll(() => {
  const x = Array.from({ length: rows }, () => Array.from({ length: columns }, () => draws.normal()));
  const head = Array.from({ length: columns }, (_, j) => `x${j}`);
  const lines = x.map((row) =>
    [...row.map((value) => value.toFixed(4)), (row[0] as number) * (row[1] as number) + draws.normal()].join(','),
  );
  folder.write('data.csv', `${[...head, 'y'].join(',')}\n${lines.join('\n')}\n`);
});
afterAll(() => folder.remove());

const endless = ['--tolerance', '0', '--maxIterations', '2147483647'];
/** A proximal weight by which coordinates hardly move. */
const slow = ['--proximalWeight', '1000000', '--acceleration', 'no', '--radialStep', 'no', '--lassoStart', 'no'];
const cases: [string, string[], RegExp][] = [
  ['path', ['path', 'data.csv', '--target', 'y', '--nLambda', '2000', '--minRatio', '1e-9', ...endless], /^aborted: /m],
  [
    'train',
    ['train', 'data.csv', '--target', 'y', '--lambda', '0.01', '--output', 'net.json', ...endless],
    /The model is in net\.json\./,
  ],
  ['ratio', ['ratio', 'data.csv', '--target', 'y', '--lambda', '0.5', ...slow, ...endless], /^certificate +none$/m],
];

describe('an interrupt', () => {
  it.each(cases)('ends %s with the best so far, a page included', async (name, args, said) => {
    const child = folder.start([...args, '--report', `${name}.html`]);
    interruptOnceLogged(child);
    const { code, signal, output, errors } = await ended(child);
    expect(errors).toBe('');
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(output).toMatch(said);
    expect(folder.read(`${name}.html`)).toContain('<span class="status">aborted</span>');
  });

  it('ends the benchmark after the tasks that it has measured', async () => {
    const child = folder.start(['bench', '--only', 'newton,lasso', '--seconds', '100000']);
    let output = '';
    child.stdout?.on('data', (text) => {
      output += text;
      if (output.includes('task ')) setTimeout(() => child.kill('SIGINT'), 300);
    });
    const { code, signal, output: all } = await ended(child);
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(all).toMatch(/Ended before all tasks were measured\.\n$/);
  });
});

describe('output that nobody reads', () => {
  it.each(cases)('ends %s without a word', async (_, args) => {
    const child = folder.start(args);
    child.stdout?.destroy();
    const { signal, errors } = await ended(child);
    expect({ signal, errors }).toEqual({ signal: null, errors: '' });
  });
});

/** The output of the program on a terminal, which `script` of util-linux pretends to be. */
function onTerminal(args: readonly string[]): string {
  const command = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
  return execFileSync('script', ['-qec', `${command} || true`, '/dev/null'], { cwd: folder.path, encoding: 'utf8' });
}

describe.skipIf(!existsSync('/usr/bin/script'))('on a terminal', () => {
  const bounded = cases.map(([name, args]): [string, string[]] => [name, [...args, '--timeLimit', '2']]);
  it.each(bounded)('%s has a bar with the objective in place of lines', (_, args) => {
    const output = onTerminal(args);
    expect(output).toMatch(/[█░]+ \d+ % objective \S+/);
    expect(output).toMatch(/\d+ s left/);
    expect(output).not.toMatch(/^ iter /m);
  });

  it('solve has both with outlev 2, and neither with 0', () => {
    folder.write('chain.nl', chain(20_000));
    const solve = (...args: string[]) => onTerminal(['solve', 'chain.nl', '--timeLimit', '2', ...args]);
    expect(solve()).toMatch(/█/);
    const lines = solve('--outlev', '2');
    expect(lines).toMatch(/^ iter /m);
    expect(lines).not.toMatch(/█/);
    expect(solve('--outlev', '0')).not.toMatch(/█|^ iter /m);
  });
});

describe('nonconvex bench', () => {
  it('solves all its tasks, and gives their times', async () => {
    const { code, output } = await folder.spawn(['bench', '--seconds', '0.1', '--json']);
    expect(code).toBe(0);
    const { points, tasks, threads, kernels } = JSON.parse(output);
    expect(threads).toBeGreaterThan(0);
    expect(kernels.own).toBeTruthy();
    expect(tasks).toHaveLength(6);
    for (const { least, median, processor, runs, solved, points: each } of tasks) {
      expect({ solved, runs }).toEqual({ solved: true, runs: 3 });
      expect(least).toBeGreaterThan(0);
      expect(median).toBeGreaterThanOrEqual(least);
      expect(processor).toBeGreaterThan(0);
      expect(each).toBeGreaterThan(0);
    }
    const logs = tasks.map((each: { points: number }) => Math.log(each.points));
    expect(Math.log(points)).toBeCloseTo(logs.reduce((a: number, b: number) => a + b, 0) / 6, 10);
  });
});
