import { rmSync } from 'node:fs';
import { defineConfig } from 'tsup';

// Not by `clean`: the two builds run at the same time.
rmSync('dist', { recursive: true, force: true });

const shared = { target: 'node20', splitting: false } as const;

export default defineConfig([
  {
    ...shared,
    entry: ['src/index.ts'],
    format: ['esm', 'cjs'],
    dts: true,
    esbuildOptions(options, { format }) {
      // src/core/loader.ts uses __filename in CommonJS and import.meta.url elsewhere.
      if (format === 'cjs') options.define = { ...options.define, 'import.meta.url': 'undefined' };
    },
  },
  {
    ...shared,
    entry: ['src/cli.ts'],
    format: ['esm'],
    // For the libraries in it that are CommonJS.
    banner: {
      js: "import { createRequire as requireFor } from 'node:module';\nconst require = requireFor(import.meta.url);",
    },
  },
]);
