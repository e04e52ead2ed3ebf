// nonconvex-toys.node, instead of the addon of the package, and its fixtures, instead of the families': to be imported
// before anything that solves.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';

const file = join(import.meta.dirname, '../../build-cmake/Release/nonconvex-toys.node');

/** Runs a file of contract tests on the toys. */
export async function holdToysTo(tests: () => Promise<unknown>): Promise<void> {
  if (!existsSync(file)) {
    it.skip('toys: skipped, nonconvex-toys.node is not built: npm test builds it', () => {});
    return;
  }
  process.env.NONCONVEX_BINARY = file;
  process.env.NONCONVEX_FIXTURES = join(import.meta.dirname, 'fixtures.ts');
  await tests();
}
