// Values in messages, whatever these are and whichever realm they are of.
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { rangeError, typeError } from '../../src/core/argumentError.js';
import {
  checkObject,
  checkOneOf,
  checkPath,
  checkSignal,
  checkVector,
  isError,
  isList,
  messageOf,
  show,
  visible,
} from '../../src/core/check.js';
import { toMatrix } from '../../src/core/matrix.js';
import { toOperand } from '../../src/core/operand.js';

const revoked = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const unreadable = Object.defineProperty(new Error('x'), 'message', {
  get: () => {
    throw new Error('no');
  },
});

describe('values in messages', () => {
  it.each([
    [() => 1n, '1n'],
    [() => Symbol('q'), 'Symbol(q)'],
    [() => revoked({}), 'a revoked proxy'],
    [() => revoked([]), 'a revoked proxy'],
    [() => revoked(() => {}), 'a function'],
    [() => Promise.resolve(), 'a promise'],
    [() => runInNewContext('Promise.resolve()'), 'a promise'],
    [() => runInNewContext('[1]'), 'an array'],
    [() => Object.create(null), 'an object'],
    [() => 'x'.repeat(5000), `'${'x'.repeat(100)}...'`],
    [() => 10n ** 4000n, `1${'0'.repeat(99)}...n`],
  ])('%#', (make, text) => {
    expect(show(make())).toBe(text);
  });

  it.each([
    [() => new Error('why'), 'why'],
    [() => runInNewContext('new RangeError("why")'), 'why'],
    [() => new DOMException('why'), 'why'],
    [() => Object.assign(new Error('x'), { message: Symbol('q') }), 'Symbol(q)'],
    [() => unreadable, 'an error whose message cannot be read'],
    [() => revoked({}), 'a revoked proxy'],
    [() => revoked(new Error('x')), 'a revoked proxy'],
    [() => 'why', "'why'"],
    [() => ({ message: 'why' }), 'an object'],
  ])('of what is thrown %#', (make, text) => {
    expect(messageOf(make())).toBe(text);
  });

  it('say what is missing where a promise is given for an object', () => {
    expect(() => checkObject('problem', Promise.resolve({}))).toThrow(
      'problem = a promise: expected an object; `await` gives what it promises',
    );
  });

  it('cannot command a terminal', () => {
    expect(visible('a\u001b]0;title\u0007\nb\tc', '\n\t')).toBe('a\\x1b]0;title\\x07\nb\tc');
    expect(visible('a\nb')).toBe('a\\x0ab');
  });
});

describe('values of another realm', () => {
  it('are what they are', () => {
    expect(isError(runInNewContext('new TypeError()'))).toBe(true);
    expect(isError(revoked(new Error()))).toBe(false);
    expect(isList(runInNewContext('new Float64Array(2)'))).toBe(true);
    expect(isList(new DataView(new ArrayBuffer(8)))).toBe(false);
    const vector = runInNewContext('Float64Array.of(1, 2)');
    expect(checkVector('x', vector)).toBe(vector);
    const matrix = runInNewContext('({ data: Float32Array.of(1, 2), rows: 1, columns: 2 })');
    expect(toMatrix('x', matrix)).toBe(matrix);
    const sparse = runInNewContext(
      "({ format: 'csc', rows: 1, columns: 1, offsets: Int32Array.of(0, 1), indices: Int32Array.of(0), values: Float64Array.of(2) })",
    );
    expect(toOperand('A', sparse)).toBe(sparse);
  });
});

describe('arguments', () => {
  it('that are one of a few names', () => {
    const names = ['inf', 'two'] as const;
    expect(checkOneOf('norm', 'two', names)).toBe('two');
    expect(() => checkOneOf('norm', 'one', names)).toThrow(rangeError("norm = 'one': expected one of 'inf', 'two'"));
    expect(() => checkOneOf('norm', 2, names)).toThrow(typeError("norm = 2: expected one of 'inf', 'two'"));
    expect(() => checkOneOf('norm', undefined, names)).toThrow(TypeError);
  });

  it('that are signals', () => {
    const { signal } = new AbortController();
    expect(checkSignal('signal', signal)).toBe(signal);
    expect(checkSignal('signal', undefined)).toBeUndefined();
    for (const wrong of [{}, null, 1, { aborted: false }, () => {}]) {
      expect(() => checkSignal('signal', wrong as never)).toThrow(/^signal = .*: expected an AbortSignal$/);
    }
  });

  it('that are paths', () => {
    expect(checkPath('path', 'a.nl')).toBe('a.nl');
    expect(checkPath('path', new URL('file:///a%20b.nl'))).toBe('/a b.nl');
    for (const wrong of ['a.nl\0.png', new URL('file:///a.nl%00.png')]) {
      expect(() => checkPath('path', wrong)).toThrow(/^path = '.*a\.nl\\x00\.png': expected a path without NUL$/);
    }
    for (const wrong of [1, null, {}, undefined]) {
      expect(() => checkPath('path', wrong)).toThrow(/^path = .*: expected a string or a URL$/);
    }
  });

  it('that are rows may have no holes, and no entry that is no number', () => {
    // biome-ignore lint/suspicious/noSparseArray: what is refused
    expect(() => toMatrix('x', [[1, 2], , [3, 4]])).toThrow(typeError('x[1] = undefined: expected a row of numbers'));
    // biome-ignore lint/suspicious/noSparseArray: what is refused
    expect(() => toMatrix('x', [, [1, 2]])).toThrow(typeError('x[0] = undefined: expected a row of numbers'));
    expect(() => toMatrix('x', [[1, '2']])).toThrow(typeError("x[0][1] = '2': expected a number"));
    expect(() => toMatrix('x', [[1, 2n]])).toThrow(typeError('x[0][1] = 2n: expected a number'));
  });
});
