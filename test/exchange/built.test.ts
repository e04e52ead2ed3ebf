// The subpath nonconvex/predict as it is built: one file without anything of Node or of the addon.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction, createContext } from 'node:vm';
import { expect, it } from 'vitest';
import { modelToJson, toOnnx } from '../../src/exchange/index.js';
import { expectClose } from './compare.js';
import { networkCases, problemCases } from './models.js';

const dist = join(import.meta.dirname, '../../dist');
const textOf = (file: string): string => readFileSync(join(dist, file), 'utf8');

it('needs no module but the messages of ONNX beside it, and these none', () => {
  for (const format of ['esm', 'cjs']) {
    const needed = (file: string) =>
      Array.from(
        textOf(`${format}/predict/${file}`).matchAll(/(?:from|import|require)\s*\(?\s*["']([^"']+)["']/g),
        ([, name]) => name,
      );
    expect(needed('index.js')).toEqual(['./onnxSchema.js']);
    expect(needed('onnxSchema.js')).toEqual([]);
  }
  // A tenth of it parses the formulas of curves.
  expect(textOf('esm/predict/index.js').length).toBeLessThan(46_000);
});

it('predicts where there is no Node, by JSON and by ONNX', async () => {
  // A context has what the language has: no process, Buffer, require or timers.
  const parsingContext = createContext({ TextDecoder });
  const load = (file: string): Record<string, (...given: unknown[]) => never> => {
    const module = { exports: {} };
    const required = (name: string) => load(name.replace('./', ''));
    compileFunction(textOf(`cjs/predict/${file}`), ['module', 'exports', 'require'], { parsingContext })(
      module,
      module.exports,
      required,
    );
    return module.exports;
  };
  const library = load('index.js');
  for (const { model, x, options, prediction } of [...networkCases().slice(5, 8), ...(await problemCases())]) {
    const { modelFromJson, fromOnnx, predict } = library as Record<string, (...given: unknown[]) => object>;
    const made = [modelFromJson?.(JSON.stringify(modelToJson(model))), await fromOnnx?.(await toOnnx(model))];
    for (const each of made) expectClose(predict?.(each, x, options), prediction, 1e-12);
  }
});
