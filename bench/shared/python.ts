// Programs of bench/ in Python, one thread each unless it is to choose.
import { join } from 'node:path';
import { root } from './native.js';
import { oneThread, Script } from './script.js';

export type Python = Script;

export const Python = {
  /** Starts the first of the interpreters that has what the script imports; undefined where none has. */
  start: (
    script: string,
    interpreters = ['/usr/bin/python3', 'python3'],
    threads: NodeJS.ProcessEnv = oneThread,
  ): Promise<Script | undefined> =>
    Script.start(
      script,
      interpreters.map((command) => [command, '-W', 'ignore', join(root, script)]),
      threads,
    ),
};
