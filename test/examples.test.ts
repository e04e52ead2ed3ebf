// The examples run, on the built package, and print what they are about.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../examples');
const printed: Record<string, RegExp[]> = {
  'nlp/callbacks.mjs': [
    /^jacobian\[0, 1\] = -2\.52, differences give 4\.08$/m,
    /^all derivatives agree with differences$/m,
    /^solved: \(0\.814487, 2\.153131\)/m,
  ],
  'nlp/structured.mjs': [
    /^good: solved in \d+ iterations$/m,
    /^coefficients 2\.089 -1\.563 -0\.526, intercept -0\.234$/m,
    /^their sum is 0 to ten digits: true$/m,
    /^weights 0\.6522 0\.2174 0\.1304, variance 0\.02739$/m,
    /^control: objective 301\.8004, /m,
  ],
  'fractional/max-sharpe.mjs': [
    /^long only: ratio 0\.2737 \(global\)$/m,
    /^at most a fifth each: ratio 0\.2573/m,
    /^any short .*0\.3215/m,
  ],
  'nlp/model.mjs': [
    /^charges solved: energy 49\.16525, /m,
    /^chain of 5 solved: lowest point -1\.3290, /m,
    /^chain of 6 solved: lowest point -2\.0138, /m,
  ],
  'nlp/nl-file.mjs': [/^objective 0\.24150513, multipliers -0\.085540 -0\.031878$/m, /^a strict local minimum: true$/m],
  'relu/quickstart.mjs': [/^accuracy 1, \(0\.5, 0\.7\) is 'same sign'$/m],
  'fractional/sparse-recovery.mjs': [
    /^top-12 {2}12 entries, relative error \d\.\de-(0?[6-9]|1\d)$/m,
    /^objective 1\.000000/m,
  ],
  'fractional/total-least-squares.mjs': [/^least squares {8}1\.7123$/m, /^total least squares {2}2\.0313$/m],
};

it('has all examples but the demo, which runs by itself', () => {
  expect(
    readdirSync(folder, { recursive: true })
      .filter((name) => String(name).endsWith('.mjs'))
      .sort(),
  ).toEqual([...Object.keys(printed), 'relu/mnist.mjs'].sort());
});

it.each(Object.entries(printed))('%s', (name, lines) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, name)], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const line of lines) expect(stdout).toMatch(line);
});
