// Files that writeNl writes of the problems that are large for a comparison of all derivatives.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { all } from '../long.js';
import { problems } from '../problems/nlp.js';
import { compareWithWritten, large, largest } from './derivatives.js';

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-nl-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('has the problems', () => {
  expect(problems.filter(({ name }) => large.has(name))).toHaveLength(large.size);
});

// The reader of the tests differentiates slowly where all rows share all common expressions.
const timeout = 600_000; // ms

it.each(problems.filter(({ name }) => large.has(name) && (all || !largest.has(name))))(
  '$name is what writeNl writes',
  (problem) => compareWithWritten(problem, folder),
  timeout,
);
