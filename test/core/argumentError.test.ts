// Errors of arguments: the code, the argument's name, and no error of the kind without them.
import { expect, it } from 'vitest';
import { rangeError, typeError } from '../../src/core/argumentError.js';
import { maxSharpe } from '../../src/fractional/index.js';
import { Model, minimize } from '../../src/index.js';
import { readSources } from '../house/sources.js';

it('are of the classes of the language, with a code and the name that the message begins with', () => {
  const named = (message: string) => rangeError(message).argument;
  expect(typeError('x = 1: expected an array')).toMatchObject({
    ...{ name: 'TypeError', code: 'INVALID_ARGUMENT', argument: 'x', message: 'x = 1: expected an array' },
  });
  expect(typeError('x = 1: expected an array')).toBeInstanceOf(TypeError);
  expect(rangeError('x[3][1] = NaN: expected a number')).toBeInstanceOf(RangeError);
  expect(named('x[3][1] = NaN: expected a number')).toBe('x');
  expect(named('bounds.lower[2] = 3: expected less')).toBe('bounds.lower');
  expect(named('columns of x = 3: expected 4')).toBe('x');
  expect(named("unknown setting 'tolerence': did you mean 'tolerance'?")).toBe('tolerence');
  expect(named("'beta1' belongs to a method: method: adam()")).toBe('beta1');
  expect(rangeError('expected the result of a Model')).not.toHaveProperty('argument');
});

it('begin their stack where they are thrown', () => {
  expect(typeError('x: expected one').stack?.split('\n')[1]).toContain('argumentError.test');
});

it('come from TypeScript and from the core', async () => {
  const model = new Model();
  const x = model.variable();
  model.minimize(x);
  const settings = { tolerance: 2 };
  await expect(minimize(model, settings)).rejects.toMatchObject({
    ...{ name: 'RangeError', code: 'INVALID_ARGUMENT', argument: 'tolerance' },
  });
  await expect(maxSharpe({ mu: [1, 2], Sigma: [[1]] })).rejects.toMatchObject({
    ...{ code: 'INVALID_ARGUMENT', argument: 'Sigma' },
  });
});

/** Files that refuse a variable of the environment, for which no caller is to blame. */
const ofTheEnvironment = ['src/core/loader.ts', 'src/core/device.ts'];

it('are made in one place', () => {
  const files = [...readSources('src', ['.ts'])].filter(([, text]) => /new (TypeError|RangeError)\(/.test(text));
  expect(files.map(([file]) => file).sort()).toEqual([...ofTheEnvironment, 'src/core/argumentError.ts'].sort());
});
