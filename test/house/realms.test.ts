// Values may be of another realm, such as a context of node:vm, whose built-ins are other classes: src asks for what a value is by
// node:util's `types` (src/core/check.ts), not by `instanceof`.
import { expect, it } from 'vitest';
import { readSources } from './sources.js';

const builtIn =
  /instanceof (Object|Function|Array|\w+Array|ArrayBuffer|SharedArrayBuffer|DataView|Promise|Map|Set|Date|RegExp|URL|AbortSignal|\w*Error)\b/;

/** Classes of this package or another one, and what asks which realm an error is of. */
const allowed = /instanceof (SolverError|UsageError|CommanderError|ZipError)\b|const own = error instanceof Error/;

it('no built-in class is asked for by instanceof', () => {
  const lines = [...readSources('src', ['.ts'])].flatMap(([file, text]) =>
    text.split('\n').map((line, at) => ({ file, line, at: at + 1 })),
  );
  expect(lines.length).toBeGreaterThan(5000);
  const found = lines.filter(({ line }) => builtIn.test(line.replace(allowed, '')));
  expect(found.map(({ file, at, line }) => `${file}:${at}: ${line.trim()}`)).toEqual([]);
});
