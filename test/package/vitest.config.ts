import { defineConfig } from 'vitest/config';
import { patience } from '../patience.js';

export default defineConfig({
  test: {
    include: ['test/package/packed.test.ts'],
    testTimeout: patience,
    hookTimeout: patience,
  },
});
