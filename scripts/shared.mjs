// Functions that several scripts need; Node alone, so that it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a command in the repository with its output shown; throws when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw new Error(`${command} did not start: ${result.error.message}`);
  if (result.status !== 0) {
    const line = [command, ...args].join(' ');
    throw new Error(
      `${line.length > 200 ? `${line.slice(0, 200)} ...` : line} failed with ${result.status ?? result.signal}`,
    );
  }
}

/** The output of a command, or undefined when it fails or does not exist. */
export function output(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  return result.error || result.status !== 0 ? undefined : result.stdout;
}

/** Runs the program `name` of an installed package with this Node. */
export function runTool(packageName, bin, args, options = {}) {
  run(process.execPath, [join(root, 'node_modules', packageName, bin), ...args], options);
}

/** Files under `folder` whose path (with '/') `accept` takes, relative to the repository, sorted. */
export function files(folder, accept = () => true) {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(root, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    )
    .filter(accept)
    .sort();
}

/** Turns an error into one line and exit status 1, the way a command line tool ends. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exit(1);
  }
}
