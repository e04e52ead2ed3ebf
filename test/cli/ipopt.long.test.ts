// Debian's ipopt and this program, called in the same way on the same files.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Folder } from './program.js';
import { readSol, type Sol } from './sol.js';

const problems = new URL('../../../shared/problems/nl/', import.meta.url);
const missing = [
  ...(existsSync(problems) ? [] : ['../shared/problems/nl']),
  ...(spawnSync('ipopt', ['-v']).status === 0 ? [] : ['ipopt (apt-get install coinor-ipopt)']),
];
if (missing.length > 0) console.warn(`skipped: comparison with ipopt, for want of ${missing.join(' and ')}`);

const folder = new Folder();
afterAll(() => folder.remove());

/** The solution file without the suffixes that ipopt adds. */
function answer(): Sol {
  return readSol(folder.read('stub.sol').replace(/^(objno .*\n)[\s\S]*/m, '$1'));
}

describe.skipIf(missing.length > 0)('with ipopt', () => {
  it.each(['abel', 'booth', 'bt3', 'bt11', 'genhs28', 'hs048', 'hs051', 'hs077', 'hs079', 'hs100lnp', 'mwright'])(
    '%s has the same solution, multipliers and number',
    async (name) => {
      copyFileSync(fileURLToPath(new URL(`${name}.nl`, problems)), folder.file('stub.nl'));
      spawnSync('ipopt', ['stub', '-AMPL', 'tol=1e-10'], { cwd: folder.path });
      const theirs = answer();
      await folder.run(['stub', '-AMPL', 'tol=1e-10']);
      const ours = answer();
      expect({ ...ours, message: '' }).toEqual({
        ...theirs,
        message: '',
        x: theirs.x.map((value) => expect.closeTo(value, 5)),
        duals: theirs.duals.map((value) => expect.closeTo(value, 4)),
      });
    },
  );
});
