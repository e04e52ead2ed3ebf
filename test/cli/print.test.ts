// Output of the command line program where the names in a file are hostile.
import { afterEach, expect, it, vi } from 'vitest';
import { print } from '../../src/cli/print.js';

afterEach(() => vi.restoreAllMocks());

it.each([
  [true, 'x\\x1b]0;title\\x07\tvalue\n'],
  [false, 'x\u001b]0;title\u0007\tvalue\n'],
])('a terminal (%s) obeys no name', (isTTY, expected) => {
  const written: string[] = [];
  const before = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY');
  Object.defineProperty(process.stdout, 'isTTY', { value: isTTY, configurable: true });
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    print('x\u001b]0;title\u0007\tvalue');
  } finally {
    vi.restoreAllMocks();
    if (before) Object.defineProperty(process.stdout, 'isTTY', before);
    else Reflect.deleteProperty(process.stdout, 'isTTY');
  }
  expect(written).toEqual([expected]);
});
