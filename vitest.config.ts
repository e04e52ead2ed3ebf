import { configDefaults, defineConfig } from 'vitest/config';
import { patience } from './test/patience.js';

/** Files named *.long.test.ts are run by `npm run test:long` and by CI, not by `npm test`. */
const long = ['long', 'all'].includes(process.env.NONCONVEX_TESTS ?? '');

/** Files that say by environment variables which addon is loaded: each needs a process of its own, but those of toys say the same. */
const alone = ['test/contract/simulated.test.ts', 'test/contract/cuda.test.ts'];
const toys = ['test/toys/*.test.ts'];

const exclude = [
  ...configDefaults.exclude,
  'test/package/packed.test.ts', // needs a packed prebuild: `npm run test:package`
  ...(long ? [] : ['test/**/*.long.test.ts']),
];

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: '100%', // the default leaves a core idle
    testTimeout: patience,
    hookTimeout: patience,
    // What TypeScript's files become is kept: half of the time of a run that has few tests is transforming them again.
    experimental: { fsModuleCache: true, fsModuleCachePath: 'build-types/vitest' },
    projects: long
      ? [{ extends: true, test: { name: 'long', include: ['test/**/*.long.test.ts'], exclude } }]
      : [
          { extends: true, test: { name: 'alone', include: alone, exclude } },
          // The others load vitest, the package and its addon once a process, not once a file.
          { extends: true, test: { name: 'toys', include: toys, exclude, isolate: false } },
          {
            extends: true,
            test: {
              name: 'shared',
              include: ['test/**/*.test.ts'],
              exclude: [...exclude, ...alone, ...toys],
              isolate: false,
            },
          },
        ],
  },
});
