// The sources in the package for browsers use no part of Node: nothing of it is missing in what stands for Node there.
import { expect, it } from 'vitest';
import { bundle } from '../../scripts/wasm.mjs';

it('bundles, with the addon alone left out', async () => {
  const { metafile, warnings } = await bundle('src/wasm/index.ts', {
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  expect(warnings).toEqual([]);
  const [output] = Object.values(metafile?.outputs ?? {});
  expect(new Set(output?.imports.map(({ path }) => path))).toEqual(new Set(['./addon.js', './onnxSchema.js']));
});
