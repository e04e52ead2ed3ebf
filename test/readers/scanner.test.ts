import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scanner } from '../../src/readers/scanner.js';
import { long } from '../long.js';

function scan(text: string): { value: number; position: number } {
  const scanner = new Scanner('test');
  scanner.open(Buffer.from(`${text}\n`));
  const value = scanner.number();
  return { value, position: scanner.position };
}

function expectAsNumber(text: string): void {
  expect(scan(text), text).toEqual({ value: Number(text), position: text.length });
}

describe('numbers', () => {
  it('are rounded as Number does, whatever their length', () => {
    const numRuns = long ? 20_000 : 3_000;
    const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
    const decimal = fc
      .tuple(fc.constantFrom('', '-', '+'), digits(25), digits(25), fc.option(fc.integer({ min: -320, max: 280 })))
      .map(([sign, whole, part, exponent]) => `${sign}${whole}.${part}${exponent === null ? '' : `e${exponent}`}`);
    const short = fc
      .tuple(digits(9), digits(8), fc.integer({ min: -30, max: 30 }))
      .map(([whole, part, exponent]) => `${whole}.${part}E${exponent}`);
    const printed = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(fc.property(decimal, expectAsNumber), { numRuns });
    fc.assert(fc.property(short, expectAsNumber), { numRuns });
    fc.assert(
      fc.property(printed, (x) => expectAsNumber(String(x))),
      { numRuns },
    );
    fc.assert(
      fc.property(printed, (x) => expectAsNumber(x.toExponential(16))),
      { numRuns },
    );
  });

  it('half way between two doubles, and right beside, go the right way', () => {
    for (let k = 0; k < 2000; ++k) {
      const odd = 2n ** 53n + 2n * BigInt(k * 1_000_003) + 1n;
      for (const near of [odd - 1n, odd, odd + 1n]) {
        expectAsNumber(String(near));
        expectAsNumber(String(near).replace(/.{3}$/, '.$&'));
      }
      // 54 bits over a power of two: as many digits as it takes to be exactly half way.
      for (const shift of [1, 2, 3]) {
        const text = String((2n ** 52n + BigInt(k * 999_983)) * 2n * 5n ** BigInt(shift) + 5n ** BigInt(shift));
        expectAsNumber(`${text.slice(0, -shift)}.${text.slice(-shift)}`);
      }
    }
  });

  it.each([
    '0',
    '-0',
    '+1',
    '.5',
    '5.',
    '007',
    '1e5',
    '1E+5',
    '1e-5',
    '4.9e-324',
    '2e-324',
    '1.7976931348623157e308',
    '0e999',
  ])('may look like %s', expectAsNumber);

  it.each(['', '-', '.', '+.', 'e5', '1e', '1e+', 'nan', 'inf', '-Infinity', '1e309', '-1e999', '0x'.slice(1)])(
    'do not look like %s',
    (text) => {
      expect(scan(text)).toEqual({ value: Number.NaN, position: 0 });
    },
  );

  it('end where they end', () => {
    for (const [text, length] of [
      ['12abc', 2],
      ['0x10', 1],
      ['1.5.2', 3],
      ['1_000', 1],
      ['1,5', 1],
      ['1e5e5', 3],
    ] as const) {
      expect(scan(text).position, text).toBe(length);
    }
  });

  it('as indices are integers of 31 bits', () => {
    const index = (text: string) => {
      const scanner = new Scanner('test');
      scanner.open(Buffer.from(`${text}\n`));
      return [scanner.index(), scanner.position];
    };
    expect(index('0')).toEqual([0, 1]);
    expect(index('2147483647')).toEqual([2147483647, 10]);
    expect(index('12:')).toEqual([12, 2]);
    for (const text of ['2147483648', '99999999999999999999999', '-1', '+1', 'x', ''])
      expect(index(text), text).toEqual([-1, 0]);
  });
});
