// Formulas as text: their values, and what is said of those that are none.
import { describe, expect, it } from 'vitest';
import { foldTerm, onColumns, parseFormula } from '../../src/core/formula.js';
import { exp, mul, neg, sub } from '../../src/expressions/index.js';
import { fitCurve } from '../../src/fit/index.js';

const value = (text: string, named: Record<string, number> = {}) =>
  foldTerm<number | Float64Array>(parseFormula('formula', text).term, (name) => named[name] as number, onColumns);

describe('a formula', () => {
  it.each([
    ['1 + 2 * 3 - 4 / 8', 6.5],
    ['2 - 3 - 4', -5],
    ['8 / 4 / 2', 1],
    ['-2^2', -4],
    ['2^-1', 0.5],
    ['2^3^2', 512],
    ['(-2)^2', 4],
    ['--3', 3],
    ['+.5e1', 5],
    ['1.5E-3*1e3', 1.5],
    ['exp(log(3)) + sqrt(16)', 7],
    ['atan2(1, 1) * 4', Math.PI],
    ['pow(2, 10)', 1024],
    ['softplus(-800) + sigmoid(800) + sigmoid(-800)', 1],
    ['square(3) - a.b_1 * `two words`', 9 - 2 * 5],
  ])('%s = %f', (text, wanted) => {
    expect(value(text, { 'a.b_1': 2, 'two words': 5 })).toBeCloseTo(wanted, 14);
  });

  it('has the curve and the derivatives of the operators', async () => {
    const x = Float64Array.from({ length: 12 }, (_, i) => i / 4);
    const y = x.map((t) => 3 * (1 - Math.exp(-0.8 * t)) + 0.01 * Math.sin(9 * t));
    const start = { a: 1, k: 0.3 };
    const text = await fitCurve({ x, y, start, curve: 'a * (1 - exp(-k * x))' });
    const made = await fitCurve({ x, y, start, curve: ({ a, k }, t) => mul(a, sub(1, exp(neg(mul(k, t))))) });
    expect(text.status).toBe('solved');
    for (const j of [0, 1]) {
      expect(text.x[j]).toBeCloseTo(made.x[j] as number, 12);
      expect(text.standardErrors?.[j]).toBeCloseTo(made.standardErrors?.[j] as number, 12);
    }
    expect(text.formula).toBe('a * (1 - exp(-k * x))');
    expect(text.columns).toEqual(['x']);
    expect(made.formula).toBeUndefined();
  });

  it('takes columns by their names and computes what has no parameter once', async () => {
    const u = [1, 2, 3, 4];
    const v = [-1, 1, -1, 1];
    const y = u.map((each, i) => 2 * each ** 2 * (v[i] as number) + 1);
    const fit = await fitCurve({
      x: { u, 'v v': v },
      y,
      start: { a: 1, b: 0 },
      curve: 'a * u^2 * `v v`^3 + b * cos(pi * 2)',
    });
    expect(Array.from(fit.x)).toEqual([expect.closeTo(2, 12), expect.closeTo(1, 12)]);
  });
});

describe('what is no formula is refused at its column', () => {
  const data = { x: [1, 2, 3], y: [1, 2, 4], start: { a: 1, k: 1 } };
  it.each([
    ['a*(1-)*k', "curve: column 6: expected a number, a name or '(', got ')'\n  a*(1-)*k\n       ^"],
    ['a*k*exq(x)', "curve: column 5: there is no function 'exq': did you mean exp?\n  a*k*exq(x)\n      ^"],
    ['a*k*y', "curve: column 5: 'y' is no parameter and no column: there are a, k, x"],
    ['a*k*x)', "curve: column 6: expected an operator, such as '*', got ')'"],
    ['a k', "curve: column 3: expected an operator, such as '*', got 'k'"],
    ['a**k', "curve: column 3: expected a number, a name or '(', got '*'"],
    ['', "curve: column 1: expected a number, a name or '(', got the end"],
    ['a+k+(x', "curve: column 7: expected ')', got the end\n  a+k+(x\n        ^"],
    ['log(a,k)', 'curve: column 1: log: expected one argument, got 2'],
    ['pow(a)*k', 'curve: column 1: pow: expected 2 arguments, got 1'],
    ['a + k $ 2', "curve: column 7: expected an operator, such as '*', got '$'"],
    ['a * constructor(k)', "curve: column 5: there is no function 'constructor'"],
    ['a * __proto__ * k', "curve: column 5: '__proto__' is no parameter and no column"],
    ['a', 'start.k: the formula has no k'],
    [`${'('.repeat(300)}a`, 'curve: column 201: nested too deeply'],
    ['a+'.repeat(3000), 'curve: expected at most 4000 characters, got 6000'],
  ])('%s', async (curve, message) => {
    await expect(fitCurve({ ...data, curve })).rejects.toThrow(message);
  });

  it('also where names are used twice, or for what they are not', async () => {
    const fails = (problem: object, message: string) =>
      expect(fitCurve({ ...data, curve: 'a + k * x', ...problem } as never)).rejects.toThrow(message);
    await fails({ start: { a: [1, 2], k: 1 } }, 'start.a: expected a number, as curve is a formula');
    await fails({ x: { x: [1, 2, 3], a: [1, 2, 3] } }, 'start.a: expected another name than that of a column');
    await fails({ rowwise: true }, "curve = 'a + k * x': expected a function, as rowwise = true");
  });

  it('as deep as it may be, it is taken', () => {
    expect(value(`${'('.repeat(190)}1${')'.repeat(190)}`)).toBe(1);
    expect(value(`1${'+1'.repeat(1999)}`)).toBe(2000);
  });
});
