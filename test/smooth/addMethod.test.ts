// The diff of docs/developers/add-a-method.md.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../house/sources.js';

it('a method that the docs show how to add is one struct and a row of the table, for these files', () => {
  const page = readFileSync(join(root, 'docs/developers/add-a-method.md'), 'utf8');
  const diff = /```diff\n([\s\S]*?)```/.exec(page)?.[1] as string;
  const apply = (more: string[]) =>
    execFileSync('git', ['apply', ...more, '-'], { cwd: root, input: diff, encoding: 'utf8' });
  expect(apply(['--numstat'])).toBe(
    '24\t1\tnative/solvers/smooth/geometries.hpp\n1\t0\tnative/solvers/smooth/presets.hpp\n',
  );
  apply(['--check']);
});
