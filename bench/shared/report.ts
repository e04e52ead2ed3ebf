// The records of every bench for later readers: where and when it ran, medians, tables, files.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './native.js';

export interface Environment {
  date: string;
  cpu: string;
  cores: number;
  threads: number;
  node: string;
  compiler: string;
  openblas: string;
}

export function environment(): Environment {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    threads: Number(process.env.NONCONVEX_THREADS) || availableParallelism(),
    node: process.version.slice(1),
    compiler: firstLine('c++', ['--version']),
    openblas: openblasVersion(),
  };
}

export function describe(e: Environment): string {
  const cores = e.threads === e.cores ? `${e.cores} cores` : `${e.threads} of ${e.cores} cores`;
  return `${e.cpu}, ${cores}; Node ${e.node}, OpenBLAS ${e.openblas}, ${e.compiler}; ${e.date}`;
}

function firstLine(command: string, args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0] ?? '';
  } catch {
    return 'unknown';
  }
}

function openblasVersion(): string {
  const status = firstLine('dpkg-query', ['-W', 'libopenblas-serial-dev']);
  return /\t([\d.]+)/.exec(status)?.[1] ?? 'unknown';
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of a sample. */
export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** The list from its entry `by` on, then those before: another one begins each round. */
export function rotated<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

/** Slope of the line through (log x, log y) that fits best. */
export function logSlope(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (at: 0 | 1) => logs.reduce((sum, p) => sum + p[at], 0) / logs.length;
  const [x0, y0] = [mean(0), mean(1)];
  const products = logs.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0);
  return products / logs.reduce((sum, [x]) => sum + (x - x0) ** 2, 0);
}

/** Three significant digits, without exponent for what people call seconds. */
export function short(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  if (value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e5)) {
    const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
    return value.toFixed(digits);
  }
  return value.toExponential(1);
}

/** A Markdown table whose columns line up: good in a terminal and on a page. The first `names` columns are text. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], names = 1): string {
  const widths = head.map((title, j) => Math.max(3, title.length, ...rows.map((row) => row[j]?.length ?? 0)));
  const pad = (cell: string, j: number) => (j < names ? cell.padEnd(widths[j] ?? 0) : cell.padStart(widths[j] ?? 0));
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(' | ')} |`;
  const rule = widths.map((width, j) => (j < names ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/**
 * Writes the results of a benchmark, named as for `npm run bench`, as the repository's formatter has them: of FAMILY into
 * bench/FAMILY/results.json, of FAMILY/QUESTION into bench/FAMILY/QUESTION.results.json.
 */
export function writeResults(name: string, results: object): void {
  const path = join(root, 'bench', name.includes('/') ? `${name}.results.json` : `${name}/results.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results)}\n`);
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  execFileSync(process.execPath, [biome, 'format', '--write', path], { cwd: root, stdio: 'ignore' });
}

/** Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->` in a page, such as bench/FAMILY/page.md. */
export function writeSection(page: string, name: string, text: string): void {
  const path = join(root, page);
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const old = existsSync(path) ? readFileSync(path, 'utf8') : `# Benchmarks\n\n${begin}\n${end}\n`;
  const [from, to] = [old.indexOf(begin), old.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} lacks ${begin} ... ${end}`);
  writeFileSync(path, `${old.slice(0, from + begin.length)}\n\n${text.trim()}\n\n${old.slice(to)}`);
}
