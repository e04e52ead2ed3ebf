// The tests of the package on its addon of WebAssembly: `npm run test:wasm`, after `npm run build:wasm`.
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

import { patience } from '../patience.js';

const root = join(import.meta.dirname, '../..');

export default defineConfig({
  root,
  plugins: [
    {
      name: 'the addon of WebAssembly',
      enforce: 'pre',
      resolveId(source, importer) {
        if (source.endsWith('/loader.js') && !importer?.includes('/src/wasm/')) return join(root, 'src/wasm/loader.ts');
        if (source === './addon.js' && importer?.includes('/src/wasm/')) return join(root, 'packages/wasm/addon.js');
        return undefined;
      },
    },
  ],
  test: {
    pool: 'forks',
    testTimeout: patience,
    // Tests that need a thread beside JavaScript's: an abort by a timer, callbacks that wait for promises, time in the queue.
    testNamePattern: /^(?!.*(while it waits for its turn|slow listener|time in the queue))/,
    isolate: false,
    include: ['test/contract/{settings,options,messages,style,solve}.test.ts'],
    server: { deps: { external: [/packages\/wasm/] } },
  },
});
