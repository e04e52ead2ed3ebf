// Python and its modules, which Debian packages as python3-NAME.
import { spawnSync } from 'node:child_process';

export const python = '/usr/bin/python3';

/** Returns true if Python has all these modules: it looks for them, and takes no time to load them. */
export function hasModules(...names: string[]): boolean {
  const script = 'import sys; from importlib.util import find_spec; sys.exit(not all(map(find_spec, sys.argv[1:])))';
  return spawnSync(python, ['-I', '-c', script, ...names]).status === 0;
}
