import { configDefaults, defineConfig } from 'vitest/config';

/** Files named *.long.test.ts are run by `npm run test:long` and by CI, not by `npm test`. */
const long = process.env.NONCONVEX_TESTS === 'long';

export default defineConfig({
  test: {
    include: [long ? 'test/**/*.long.test.ts' : 'test/**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      'test/package/packed.test.ts', // needs a packed prebuild: `npm run test:package`
      ...(long ? [] : ['test/**/*.long.test.ts']),
    ],
    pool: 'forks',
    maxWorkers: '100%', // the default leaves a core idle
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
