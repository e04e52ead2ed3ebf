import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/package/packed.test.ts'], // needs a packed prebuild: `npm run test:package`
    pool: 'forks',
    maxWorkers: '100%', // the default leaves a core idle
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
