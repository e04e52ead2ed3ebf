// Files that are written whole or not at all.
import { type FileHandle, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from './check.js';

/**
 * Writes a file by way of another one beside it, which is on the disk before it takes the name: whoever reads the file, and whatever
 * ends the process or fills the disk, finds what was there before or all of what is new. A device or a pipe is written to as it is.
 * @throws Error with the code of the file system; the file is then what it was.
 */
export async function replaceFile(path: string, content: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile()) return writeFile(path, content);
  const target = found ? await realpath(path) : path;
  const temporary = join(dirname(target), `.${crypto.randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    await closing(file, async () => {
      if (found) await file.chmod(found.mode);
      if (found && process.getuid?.() === 0) await file.chown(found.uid, found.gid);
      await file.writeFile(content);
      await file.sync();
    });
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    const kept = found ? '; the file is what it was before' : '';
    throw Object.assign(new Error(`${path} could not be written (${messageOf(cause)})${kept}`, { cause }), { code });
  }
  await syncFolder(dirname(target));
}

async function closing(file: FileHandle, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await file.close();
  }
}

/** Has the new name also outlive a loss of power where folders can be opened (not on Windows). */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  if (folder) await closing(folder, () => folder.sync().catch(() => {}));
}
