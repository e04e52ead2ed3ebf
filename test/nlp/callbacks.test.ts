// Problems of callbacks: what is asked for, what is refused, and how a solve ends when they fail.
import { setImmediate as pause } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { minimize, SolverError } from '../../src/index.js';
import { type Callbacks, checkDerivatives, fromCallbacks } from '../../src/nlp/index.js';
import { runInChild } from '../contract/child.js';
import type { Problem } from '../contract/problem.js';

/** min x_0 + x_1 on the circle of radius sqrt(2): (-1, -1), multiplier 1/2. */
const circle: Callbacks = {
  n: 2,
  m: 1,
  start: [1, -2],
  objective: (x) => (x[0] as number) + (x[1] as number),
  gradient: (_, g) => g.fill(1),
  constraints: (x, c) => {
    c[0] = (x[0] as number) ** 2 + (x[1] as number) ** 2 - 2;
  },
  jacobian: (x, values) => {
    values[0] = 2 * (x[0] as number);
    values[1] = 2 * (x[1] as number);
  },
  hessian: (_, multipliers, values) => {
    values[0] = 2 * (multipliers[0] as number);
    values[3] = 2 * (multipliers[0] as number);
  },
};

/** sum_i (x_i^4 / 4 - x_i) + sum_i x_i x_{i + 1} / 4, with the sum of x equal to 1: a Hessian of three diagonals. */
function chain(n: number): Callbacks {
  const at = (x: Float64Array, i: number) => x[i] ?? 0;
  return {
    n,
    m: 1,
    objective: (x) => x.reduce((total, value, i) => total + value ** 4 / 4 - value + (value * at(x, i + 1)) / 4, 0),
    gradient: (x, g) => {
      x.forEach((value, i) => {
        g[i] = value ** 3 - 1 + (at(x, i - 1) + at(x, i + 1)) / 4;
      });
    },
    constraints: (x, c) => {
      c[0] = x.reduce((total, value) => total + value, -1);
    },
    jacobian: (_, values) => values.fill(1),
    hessianVector: (x, _, v, product) => {
      x.forEach((value, i) => {
        product[i] = 3 * value ** 2 * at(v, i) + (at(v, i - 1) + at(v, i + 1)) / 4;
      });
    },
  };
}

/** The lower half of three diagonals, in an order of its own. */
function threeDiagonals(n: number) {
  const [rows, columns]: [number[], number[]] = [[], []];
  for (let i = n - 1; i >= 0; --i) {
    rows.push(i);
    columns.push(i);
    if (i === 0) continue;
    rows.push(i);
    columns.push(i - 1);
  }
  return { rows, columns };
}

describe('callbacks', () => {
  it('are solved', async () => {
    const result = await minimize(fromCallbacks(circle));
    expect(result.status).toBe('solved');
    expect([...result.x]).toEqual([expect.closeTo(-1, 7), expect.closeTo(-1, 7)]);
    expect(result.multipliers[0]).toBeCloseTo(0.5, 7);
  });

  it('may be sparse, in any order', async () => {
    const dense = chain(12);
    const entries = threeDiagonals(12);
    const sparse: Callbacks = {
      ...dense,
      hessianEntries: entries,
      hessianVector: undefined,
      hessian: (x, _, values) => {
        entries.rows.forEach((i, k) => {
          values[k] = entries.columns[k] === i ? 3 * (x[i] as number) ** 2 : 0.25;
        });
      },
      jacobianEntries: { rows: new Array(12).fill(0), columns: [...Array(12).keys()].reverse() },
    };
    const colored: Callbacks = { ...dense, hessianEntries: entries };
    const results = await Promise.all([dense, sparse, colored].map((each) => minimize(fromCallbacks(each))));
    for (const { status, x } of results) {
      expect(status).toBe('solved');
      x.forEach((value, i) => {
        expect(value).toBeCloseTo(results[0]?.x[i] as number, 7);
      });
    }
    const point = Float64Array.from({ length: 12 }, (_, i) => Math.sin(i));
    const [a, b, c] = [dense, sparse, colored].map((each) => fromCallbacks(each).hessian(point, [1]));
    expect(b).toEqual(c);
    expect(b?.values.length).toBe(23);
    expect(a?.values.length).toBe(78);
  });

  it('ask few products for a Hessian of known places', () => {
    let products = 0;
    const problem = chain(50);
    const counted: Callbacks = {
      ...problem,
      hessianEntries: threeDiagonals(50),
      hessianVector: (...values) => {
        ++products;
        problem.hessianVector?.(...values);
      },
    };
    fromCallbacks(counted).hessian(new Float64Array(50), [1]);
    expect(products).toBe(3);
  });

  it('need no constraints', async () => {
    const { m, constraints, jacobian, ...rest } = circle;
    const bowl: Callbacks = {
      ...rest,
      objective: (x) => (x[0] as number) ** 2 + Math.cosh(x[1] as number),
      gradient: (x, g) => {
        g[0] = 2 * (x[0] as number);
        g[1] = Math.sinh(x[1] as number);
      },
      hessian: (x, _, values) => {
        values[0] = 2;
        values[3] = Math.cosh(x[1] as number);
      },
    };
    const result = await minimize(fromCallbacks(bowl));
    expect(result.status).toBe('solved');
    expect(result.objective).toBeCloseTo(1, 10);
    expect(result.multipliers).toEqual(new Float64Array(0));
  });

  it('weigh the objective, whatever their own scale', () => {
    const problem = fromCallbacks({
      ...circle,
      gradient: (x, g) => {
        g[0] = 2 * (x[0] as number);
      },
      hessian: (_, multipliers, values) => {
        values[0] = 2 + 2 * (multipliers[0] as number);
        values[3] = 2 * (multipliers[0] as number);
      },
    });
    for (const sigma of [1, 0.25, 0, 3]) {
      expect(problem.hessian([1, 1], [0.5], sigma).values).toEqual(Float64Array.of(2 * sigma + 1, 0, 1));
      expect(problem.hessianProduct([1, 1], [0.5], [1, 10], sigma)).toEqual(Float64Array.of(2 * sigma + 1, 10));
    }
  });

  it('say with NaN where they are not defined', async () => {
    // -log(1 - x), with a full Newton step beyond 1 at first.
    const barrier = fromCallbacks({
      n: 1,
      start: [-20],
      objective: (x) => 1e-2 * (x[0] as number) ** 2 - Math.log(1 - (x[0] as number)) - 3 * (x[0] as number),
      gradient: (x, g) => {
        g[0] = 2e-2 * (x[0] as number) + 1 / (1 - (x[0] as number)) - 3;
      },
      hessian: (x, _, values) => {
        values[0] = 2e-2 + 1 / (1 - (x[0] as number)) ** 2;
      },
    });
    const result = await minimize(barrier);
    expect(result.status).toBe('solved');
    expect(barrier.gradient(result.x)[0]).toBeCloseTo(0, 7);
  });

  it('get arrays of zeros, and may spoil what they read', async () => {
    const spoiling: Callbacks = {
      ...circle,
      objective: (x) => {
        const value = circle.objective(x);
        x.fill(77);
        return value;
      },
      hessian: (x, multipliers, values) => {
        expect(values.every((value) => value === 0)).toBe(true);
        circle.hessian?.(x, multipliers, values);
        multipliers.fill(77);
        values[1] = 77; // an entry outside the lower triangle
      },
    };
    const [spoiled, plain] = await Promise.all([spoiling, circle].map((each) => minimize(fromCallbacks(each))));
    expect(spoiled?.x).toEqual(plain?.x);
  });

  it('may solve a problem of their own, and be solved twice at once', async () => {
    const inner: Promise<unknown>[] = [];
    const program = fromCallbacks({
      ...circle,
      objective: (x) => {
        if (inner.length < 2) inner.push(minimize(fromCallbacks(circle)));
        return circle.objective(x);
      },
    });
    const results = await Promise.all([minimize(program), minimize(program, { warmStart: { x: [0.5, -3] } })]);
    for (const { status, objective } of results) {
      expect(status).toBe('solved');
      expect(objective).toBeCloseTo(-2, 7);
    }
    for (const result of await Promise.all(inner)) expect(result).toMatchObject({ status: 'solved' });
  });

  it('can abort the solve', async () => {
    const controller = new AbortController();
    let calls = 0;
    const aborting = fromCallbacks({
      ...circle,
      hessian: (x, multipliers, values) => {
        circle.hessian?.(x, multipliers, values);
        if (++calls === 3) controller.abort();
      },
    });
    const { status, x } = await minimize(aborting, { signal: controller.signal });
    expect(status).toBe('aborted');
    expect(x.every(Number.isFinite)).toBe(true);
  });
});

describe('callbacks that fail', () => {
  const failing: [string, Partial<Callbacks>, string][] = [
    [
      'throw',
      {
        gradient: () => {
          throw new Error('no gradient today');
        },
      },
      'gradient threw: no gradient today',
    ],
    [
      'return nothing',
      { objective: (() => undefined) as unknown as Callbacks['objective'] },
      'objective = undefined: expected a number',
    ],
    [
      'return text',
      { objective: (() => '1') as unknown as Callbacks['objective'] },
      "objective = '1': expected a number",
    ],
    [
      'return NaN at the start',
      { objective: () => Number.NaN },
      'objective = NaN at the start: expected a finite number',
    ],
    [
      'write NaN at the start',
      {
        gradient: (_, g) => {
          g[1] = Number.NaN;
        },
      },
      'gradient[1] = NaN at the start: expected a finite number',
    ],
    [
      'write NaN into the Jacobian',
      {
        jacobian: (_, values) => {
          values[1] = Number.NaN;
        },
      },
      'jacobian[0, 1] = NaN at the start',
    ],
    [
      'write NaN into constraints',
      {
        constraints: (_, c) => {
          c[0] = Number.POSITIVE_INFINITY;
        },
      },
      'constraints[0] = Infinity at the start',
    ],
    [
      'write NaN into the Hessian',
      {
        hessian: (_, __, values) => {
          values[2] = Number.NaN;
        },
      },
      'hessian[1, 0] = NaN at the start',
    ],
    [
      'write NaN into products',
      { hessian: undefined, hessianVector: (_, __, ___, product) => product.fill(Number.NaN) },
      'hessian[0, 0] = NaN at the start',
    ],
    [
      'return an array',
      { gradient: (() => [1, 1]) as unknown as Callbacks['gradient'] },
      'gradient returned an array: expected it to write into its last argument',
    ],
    [
      'return text in place of writing',
      { gradient: (() => '1') as unknown as Callbacks['gradient'] },
      "gradient returned '1': expected it to write into its last argument",
    ],
    [
      'return a BigInt in place of writing',
      { constraints: (() => 1n) as unknown as Callbacks['constraints'] },
      'constraints returned 1n: expected it to write into its last argument',
    ],
    [
      'throw an error whose message is no text',
      {
        gradient: () => {
          throw Object.assign(new Error('x'), { message: Symbol('q') });
        },
      },
      'gradient threw: Symbol(q)',
    ],
    [
      'throw an error whose message throws',
      {
        constraints: () => {
          throw Object.defineProperty(new Error('x'), 'message', {
            get: () => {
              throw new Error('no');
            },
          });
        },
      },
      'constraints threw: an error whose message cannot be read',
    ],
    [
      'throw a proxy that is revoked',
      {
        jacobian: () => {
          const { proxy, revoke } = Proxy.revocable(new Error('x'), {});
          revoke();
          throw proxy;
        },
      },
      'jacobian threw: a revoked proxy',
    ],
    [
      'reject with a proxy that is revoked',
      {
        gradient: async () => {
          const { proxy, revoke } = Proxy.revocable(new Error('x'), {});
          revoke();
          throw proxy;
        },
      },
      'gradient threw: a revoked proxy',
    ],
    [
      'throw an error of another realm',
      {
        gradient: () => {
          throw runInNewContext("new Error('elsewhere')");
        },
      },
      'gradient threw: elsewhere',
    ],
    ['are rejected', { gradient: () => Promise.reject(new Error('no luck')) }, 'gradient threw: no luck'],
    [
      'reject later',
      {
        objective: async () => {
          await pause();
          throw 'no luck';
        },
      },
      "objective threw: 'no luck'",
    ],
    [
      'give a promise of no number',
      { objective: (async () => 'x') as unknown as Callbacks['objective'] },
      "objective = 'x': expected a number",
    ],
    [
      'give a promise of an array',
      { gradient: async () => [1, 1] },
      'gradient returned an array: expected it to write into its last argument',
    ],
    [
      'give a promise and write NaN',
      {
        gradient: async (_, g) => {
          await pause();
          g.fill(Number.NaN);
        },
      },
      'gradient[0] = NaN at the start: expected a finite number',
    ],
  ];
  it.each(failing)('%s', async (_, wrong, message) => {
    const error = await minimize(fromCallbacks({ ...circle, ...wrong })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SolverError);
    expect(error).toMatchObject({ code: 'CALLBACK_FAILED', message: expect.stringContaining(message) });
  });

  it('keep their cause', async () => {
    const cause = new Error('later');
    let calls = 0;
    const later = fromCallbacks({
      ...circle,
      jacobian: (x, values) => {
        if (++calls > 2) throw cause;
        circle.jacobian?.(x, values);
      },
    });
    await expect(minimize(later)).rejects.toMatchObject({ code: 'CALLBACK_FAILED', cause });
    expect(() => later.jacobian([1, 2])).toThrow('jacobian threw: later');
  });
});

describe('asynchronous callbacks', () => {
  /** Asynchronous callbacks that do what the synchronous ones do, a moment later. */
  function later(callbacks: Callbacks): Callbacks {
    const made: Record<string, unknown> = { ...callbacks };
    for (const name of ['objective', 'gradient', 'constraints', 'jacobian', 'hessian', 'hessianVector'] as const) {
      const f = callbacks[name] as ((...values: unknown[]) => unknown) | undefined;
      if (f === undefined) continue;
      made[name] = async (...values: unknown[]) => {
        await pause();
        return f(...values);
      };
    }
    return made as unknown as Callbacks;
  }

  it.each([
    ['a Hessian', circle],
    ['products', chain(6)],
    ['products of groups', { ...chain(12), hessianEntries: threeDiagonals(12) }],
  ])('give what synchronous ones do, with %s', async (_, callbacks) => {
    const timeless = async (problem: Callbacks) => {
      const { time, seconds, history, ...rest } = await minimize(fromCallbacks(problem));
      return { ...rest, reports: history.map(({ seconds, ...report }) => report) };
    };
    const expected = await timeless(callbacks);
    expect(expected.status).toBe('solved');
    expect(await timeless(later(callbacks))).toEqual(expected);
  });

  it('may be of another kind of promise', async () => {
    const objective: Callbacks['objective'] = (x) => {
      const value = circle.objective(x) as number;
      // biome-ignore lint/suspicious/noThenProperty: a promise of some other library
      return { then: (fulfilled: (value: number) => unknown) => fulfilled(value) } as unknown as PromiseLike<number>;
    };
    expect((await minimize(fromCallbacks({ ...circle, objective }))).status).toBe('solved');
  });

  it.each(['objective', 'gradient', 'constraints', 'jacobian', 'hessian'] as const)(
    'do not hold up the end of a solve where %s is never settled',
    async (name) => {
      let calls = 0;
      const controller = new AbortController();
      const stuck = fromCallbacks({
        ...circle,
        [name]: (...values: never[]) => {
          if (++calls < 3) return (circle[name] as (...values: never[]) => unknown)(...values);
          setImmediate(() => controller.abort());
          return new Promise(() => {});
        },
      });
      expect((await minimize(stuck, { signal: controller.signal, tolerance: 0 })).status).toBe('aborted');
      calls = 0;
      expect((await minimize(stuck, { timeLimit: 0.1, tolerance: 0 })).status).toBe('timeLimit');
    },
  );

  it('end with the solve that a listener ends', async () => {
    let calls = 0;
    const hessian: Callbacks['hessian'] = (...values) =>
      ++calls < 3 ? circle.hessian?.(...values) : new Promise(() => {});
    const onProgress = ({ iteration }: { iteration: number }) => {
      if (iteration > 0) throw new Error('enough');
    };
    const stuck = fromCallbacks({ ...circle, hessian });
    await expect(minimize(stuck, { onProgress, tolerance: 0 })).rejects.toThrow('onProgress threw: enough');
  });

  it('do not keep a process from its end', async () => {
    const problem: Problem = {
      solver: 'nlp/minimize',
      data: {},
      settings: {},
      build: ({ nlp }) =>
        nlp.fromCallbacks({ n: 1, objective: () => new Promise(() => {}), gradient: () => {}, hessian: () => {} }),
    };
    const lines = 'solve(); setTimeout(() => { console.log("leaves"); process.exit(3); }, 100);';
    expect(await runInChild(lines, problem)).toMatchObject({ output: 'leaves\n', code: 3 });
  });

  it('are for solves, not for evaluations of the program', () => {
    const program = fromCallbacks(later(circle));
    const sentence = 'returned a promise: only a solve waits for those, not an evaluation of the program';
    expect(() => program.objective([1, 2])).toThrow(`objective ${sentence}`);
    expect(() => program.jacobian([1, 2])).toThrow(`jacobian ${sentence}`);
    expect(() => checkDerivatives(program, [1, 2])).toThrow(SolverError);
  });
});

describe('callbacks that are refused', () => {
  const wrong: [string, object, typeof TypeError | typeof RangeError, string][] = [
    ['no object', 5 as unknown as object, TypeError, 'callbacks = 5: expected an object'],
    ['no n', { ...circle, n: undefined }, TypeError, 'n = undefined: expected a number'],
    ['n = 0', { ...circle, n: 0 }, RangeError, 'n = 0: expected an integer >= 1'],
    ['m = -1', { ...circle, m: -1 }, RangeError, 'm = -1: expected an integer >= 0'],
    ['m > n', { ...circle, m: 3 }, RangeError, 'm = 3: expected no more equations than the n = 2 variables'],
    ['no objective', { ...circle, objective: undefined }, TypeError, 'objective = undefined: expected a function'],
    [
      'no constraints',
      { ...circle, constraints: undefined },
      TypeError,
      'constraints = undefined: expected a function',
    ],
    ['a Jacobian of numbers', { ...circle, jacobian: [1, 1] }, TypeError, 'jacobian = an array: expected a function'],
    [
      'other second derivatives',
      { ...circle, secondDerivatives: 'bfgs' },
      RangeError,
      "secondDerivatives = 'bfgs': expected one of 'differences', 'quasiNewton'",
    ],
    ['a bound that is NaN', { ...circle, lower: [0, Number.NaN] }, RangeError, 'lower[1] = NaN: expected a number'],
    ['three bounds', { ...circle, upper: [1, 2, 3] }, RangeError, 'upper: expected 2 numbers, for shape [2], got 3'],
    [
      'a lower bound above the upper one',
      { ...circle, lower: [0, 2], upper: 1 },
      RangeError,
      'lower[1] = 2: expected at most upper[1] = 1',
    ],
    [
      'sides the wrong way round',
      { ...circle, constraintsLower: 1 },
      RangeError,
      'constraintsLower[0] = 1: expected at most constraintsUpper[0] = 0',
    ],
    [
      'no lower bound but Infinity',
      { ...circle, lower: 1e300 },
      RangeError,
      'lower = 1e+300: expected a number below 1e19',
    ],
    [
      'a misspelt member',
      { ...circle, hesian: () => {} },
      TypeError,
      "unknown member 'hesian': did you mean 'hessian'? Known members: n, m",
    ],
    ['a short start', { ...circle, start: [1] }, RangeError, 'start: expected 2 numbers, got 1'],
    ['a start that is not finite', { ...circle, start: [1, Number.NaN] }, RangeError, 'start[1] = NaN'],
    [
      'places outside',
      { ...circle, jacobianEntries: { rows: [0, 1], columns: [0, 1] } },
      RangeError,
      'jacobianEntries.rows[1] = 1: expected an integer in [0, 0]',
    ],
    [
      'places twice',
      { ...circle, jacobianEntries: { rows: [0, 0, 0], columns: [1, 0, 1] } },
      RangeError,
      'jacobianEntries: entries 0 and 2 are the same: expected each once',
    ],
    [
      'lists of two lengths',
      { ...circle, hessianEntries: { rows: [0, 1], columns: [0] } },
      RangeError,
      'hessianEntries: has 2 rows and 1 columns: expected as many',
    ],
    [
      'the upper triangle',
      { ...circle, hessianEntries: { rows: [0], columns: [1] } },
      RangeError,
      'hessianEntries: entry 0 is [0, 1]: expected row >= column, the lower triangle',
    ],
    [
      'places that are no numbers',
      { ...circle, hessianEntries: { rows: ['0'], columns: [0] } },
      TypeError,
      "hessianEntries.rows[0] = '0': expected a number",
    ],
  ];
  it.each(wrong)('%s', (_, callbacks, kind, message) => {
    expect(() => fromCallbacks(callbacks as Callbacks)).toThrow(kind);
    expect(() => fromCallbacks(callbacks as Callbacks)).toThrow(message);
  });
});
