// No failure of a callback, whatever it throws or does to its arrays, leads to a solution.
import { describe, expect, it } from 'vitest';
import { minimize } from '../../src/index.js';
import { type Callbacks, fromCallbacks } from '../../src/nlp/index.js';

/** min x^2 + x, or under x^2 = 1 with constraints. Its solution, -1/2 or -1, is not where it begins. */
const problem = (constrained: boolean): Callbacks => ({
  n: 1,
  start: [3],
  objective: (x) => (x[0] as number) ** 2 + (x[0] as number),
  gradient: (x, g) => {
    g[0] = 2 * (x[0] as number) + 1;
  },
  hessian: (_x, multipliers, values) => {
    values[0] = 2 + 2 * (multipliers[0] ?? 0);
  },
  ...(constrained && {
    m: 1,
    constraints: (x: Float64Array, c: Float64Array) => {
      c[0] = (x[0] as number) ** 2 - 1;
    },
    jacobian: (x: Float64Array, values: Float64Array) => {
      values[0] = 2 * (x[0] as number);
    },
  }),
});

/** Values whose text cannot be had. */
const textless: [string, () => unknown][] = [
  ['an error whose message is a symbol', () => Object.assign(new Error(), { message: Symbol('text') })],
  [
    'an error whose message throws',
    () =>
      Object.defineProperty(new Error(), 'message', {
        get() {
          throw new Error('no message');
        },
      }),
  ],
  [
    'a revoked proxy',
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  ],
  ['a symbol', () => Symbol('thrown')],
  ['an object without a prototype', () => Object.create(null)],
];

const names = ['objective', 'gradient', 'constraints', 'jacobian', 'hessian'] as const;

describe.each(names)('%s', (name) => {
  const withFunction = (f: (...values: Float64Array[]) => number) =>
    fromCallbacks({ ...problem(name === 'constraints' || name === 'jacobian'), [name]: f });

  it.each(textless)('that throws %s ends the solve', async (_, make) => {
    const thrown = make();
    const program = withFunction(() => {
      throw thrown;
    });
    const error = await minimize(program).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'SolverError', code: 'CALLBACK_FAILED' });
    expect((error as { message: string }).message).toContain(name);
  });

  it('may do to its arrays what it likes: the solve ends, and the process goes on', async () => {
    const kept = problem(name === 'constraints' || name === 'jacobian')[name] as (...values: Float64Array[]) => number;
    for (const late of [false, true]) {
      let calls = 0;
      const program = withFunction((...values) => {
        const answer = kept(...values);
        if (++calls > (late ? 1 : 0)) {
          for (const { buffer } of values) structuredClone(0, { transfer: [buffer as ArrayBuffer] });
        }
        return answer;
      });
      // An output that was read before may still be right.
      const ended = await minimize(program, { maxIterations: 50 }).then(
        ({ status, x }) => (status === 'solved' ? (x[0] as number) : status),
        ({ code }: { code: string }) => code,
      );
      if (typeof ended === 'number')
        expect(ended).toBeCloseTo(name === 'constraints' || name === 'jacobian' ? -1 : -0.5, 6);
      else expect(ended).toBe('CALLBACK_FAILED');
    }
  });
});
