// `--report FILE` of the commands that solve.
import { cpus } from 'node:os';
import { Option } from 'commander';
import { addon } from '../core/addon.js';
import { replaceFile } from '../core/replaceFile.js';
import { type ReportOptions, report } from '../report/index.js';
import { UsageError } from './keywords.js';

export const reportOption = (): Option =>
  new Option('--report <file>', 'write a page with charts, in HTML, that needs nothing beside itself');

/** Writes the page about a result, if a file for it was named. */
export async function writeReport(path: string | undefined, result: object, options: ReportOptions): Promise<void> {
  if (path === undefined) return;
  const processor = cpus()[0]?.model.trim() ?? 'unknown';
  await replaceFile(path, report(result, { ...options, environment: { processor, threads: addon().threads() } }));
}

/** The size of an image: '28x28', or '32x32x3' of one in colour. */
export function parseImage(text: string | undefined): ReportOptions['image'] {
  if (text === undefined) return undefined;
  const [width, height, channels = 1] = /^[1-9]\d*x[1-9]\d*(x[13])?$/.test(text) ? text.split('x').map(Number) : [];
  if (width !== undefined && height !== undefined) return { width, height, channels: channels as 1 | 3 };
  throw new UsageError(`image = '${text}': expected WIDTHxHEIGHT, such as 28x28, or WIDTHxHEIGHTx3 for colours`);
}
