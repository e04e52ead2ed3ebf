// The examples run, on the built package, and print what they are about.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../examples');
const printed: Record<string, RegExp[]> = {
  'max-sharpe.mjs': [
    /^long only: ratio 0\.2737 \(global\)$/m,
    /^at most a fifth each: ratio 0\.2573/m,
    /^any short .*0\.3215/m,
  ],
  'quickstart.mjs': [/^accuracy 1, \(0\.5, 0\.7\) is 'same sign'$/m],
  'sparse-recovery.mjs': [/^top-12 {2}12 entries, relative error \d\.\de-(0?[6-9]|1\d)$/m, /^objective 1\.000000/m],
  'total-least-squares.mjs': [/^least squares {8}1\.7123$/m, /^total least squares {2}2\.0313$/m],
};

it('has all examples but the demo, which runs by itself', () => {
  expect(readdirSync(folder).sort()).toEqual([...Object.keys(printed), 'mnist.mjs'].sort());
});

it.each(Object.entries(printed))('%s', (name, lines) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, name)], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const line of lines) expect(stdout).toMatch(line);
});
