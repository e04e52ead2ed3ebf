// The contents of the repository are written by people or made by a committed command: no program, library or object file.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { versions } from '../../scripts/version.mjs';
import { root } from './sources.js';

/** The files under version control whose contents have a zero byte among their first 8,000, as git tells binary files. */
function binaries(): string[] {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
  return tracked.filter((file) => {
    const path = join(root, file);
    return file !== '' && existsSync(path) && readFileSync(path).subarray(0, 8000).includes(0);
  });
}

describe.skipIf(!existsSync(join(root, '.git')))('files under version control', () => {
  it('are text, or pictures', () => {
    expect(binaries().filter((file) => !/\.(png|jpg|ico)$/.test(file))).toEqual([]);
  });
});

it('has one version, that of package.json', () => {
  expect(versions().differing.map(({ file }) => file)).toEqual([]);
});
