import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  dts: true,
  target: 'node20',
  clean: true,
  splitting: false,
  esbuildOptions(options, { format }) {
    // src/device.ts uses __dirname in CommonJS and import.meta.url elsewhere.
    if (format === 'cjs') options.define = { ...options.define, 'import.meta.url': 'undefined' };
  },
});
