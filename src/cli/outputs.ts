// The files that a command writes: checked before it reads any, so that none of them is one that it reads.
import { constants, existsSync, fstatSync } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from './keywords.js';

/**
 * Throws unless the files that options name can be written, and each of them is another file than those that are read and than the other
 * ones that are written, whatever their names: by path, by symbolic link, or as another name of the same file. `answer` is the .sol file for
 * AMPL, which is written in its place.
 */
export async function checkOutputs(
  options: Readonly<Record<string, string | undefined>>,
  inputs: readonly (string | undefined)[],
  answer?: string,
): Promise<void> {
  const known = new Map<string, string>();
  for (const path of inputs) {
    if (path !== undefined) for (const mark of await marksOf(path)) known.set(mark, `${path}, which is read`);
  }
  const stdout = markOfStandardOutput();
  if (stdout !== undefined) {
    if (known.has(stdout)) throw new UsageError(`standard output is ${known.get(stdout)}; expected another file`);
    known.set(stdout, 'the file that standard output goes to');
  }
  for (const [option, path] of Object.entries({ ...options, 'the answer for AMPL,': answer })) {
    if (path === undefined) continue;
    if (path !== answer) await checkWritable(option, path);
    const marks = await marksOf(path);
    const same = marks.find((mark) => known.has(mark));
    if (same !== undefined)
      throw new UsageError(`${option} ${path}: is the same file as ${known.get(same)}; expected another one`);
    for (const mark of marks) known.set(mark, `${option} ${path}`);
  }
}

/** Throws unless a file can be written: that is known before the work, not after it. */
async function checkWritable(option: string, path: string): Promise<void> {
  const refuse = (what: string): never => {
    throw new UsageError(`${option} ${path}: ${what}`);
  };
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) refuse('is a folder; expected the name of a file');
  const folder = dirname(resolve(path));
  if (!existsSync(folder)) refuse(`the folder ${dirname(path)} does not exist`);
  await access(folder, constants.W_OK).catch(() => refuse(`the folder ${dirname(path)} may not be written to`));
}

/** The identity of a file: where it is, and, if it is there, its number on its device. Devices and pipes are no files that could be lost. */
async function marksOf(path: string): Promise<string[]> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found) return found.isFile() ? [await realpath(path).catch(() => resolve(path)), numberOf(found)] : [];
  const folder = dirname(resolve(path));
  return [join(await realpath(folder).catch(() => folder), basename(path))];
}

function markOfStandardOutput(): string | undefined {
  try {
    const found = fstatSync(1, { bigint: true });
    return found.isFile() ? numberOf(found) : undefined;
  } catch {
    return undefined; // it is closed
  }
}

const numberOf = ({ dev, ino }: { dev: bigint; ino: bigint }): string => `${dev}:${ino}`;
