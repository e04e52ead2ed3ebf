// Large arrays of a solve are copied in pieces, between which other events are served, and are what they would be in one.
import { describe, expect, it } from 'vitest';
import { type Addon, addon, type Solvers } from '../../src/core/addon.js';
import { dropCopies, keepCopies, withArrayCopies } from '../../src/core/arrayCopies.js';
import { deepLinear, matrix } from '../../src/index.js';
import { countingTurns, withCountedClock } from '../clock.js';
import { numbers } from '../contract/problem.js';

/** An addon that notes what it is asked for. */
function noting(): { solvers: Solvers; asked: string[] } {
  const real: Addon = addon();
  const asked: string[] = [];
  const solvers: Solvers = {
    ...real,
    beginCopy(request) {
      asked.push(`begin ${request.name}`);
      return real.beginCopy(request);
    },
    dropCopy(request) {
      asked.push('drop');
      real.dropCopy(request);
    },
  };
  return { solvers, asked };
}

const rows = 600_000;
const x = matrix(rows, 2, numbers(2 * rows));
const problem = () => ({ n: 2, matrices: [x], terms: [{ kind: 'some', b: x.data.subarray(1) }], callbacks: { x } });

describe('withArrayCopies', () => {
  it('uses a small problem at once, as it is', () => {
    const { solvers, asked } = noting();
    const small = { x: matrix(2, 1, [1, 2]), start: numbers(1000) };
    expect(withArrayCopies(solvers, small, (given) => given)).toBe(small);
    expect(asked).toEqual([]);
  });

  it('has copies in the places of large arrays while the problem is used, and changes no object of others', async () => {
    const { solvers, asked } = noting();
    const given = problem();
    const seen = await withArrayCopies(solvers, given, (made) => {
      asked.push('use');
      return made as typeof given;
    });
    expect(asked).toEqual(['begin matrices[0].data', 'begin terms[0].b', 'use', 'drop', 'drop']);
    expect(seen.matrices).toHaveLength(1);
    expect(seen.matrices[0]?.rows).toBe(rows);
    expect(ArrayBuffer.isView(seen.matrices[0]?.data)).toBe(false);
    expect(ArrayBuffer.isView(seen.terms[0]?.b)).toBe(false);
    expect(seen.callbacks).toBe(given.callbacks);
    expect(given.matrices[0]).toBe(x);
    expect(ArrayBuffer.isView(given.terms[0]?.b)).toBe(true);
  });

  it('lets others run between pieces, and copies for one after the other', async () => {
    const { solvers, asked } = noting();
    let pieces = 0;
    const counting: Solvers = {
      ...solvers,
      copyPiece(request) {
        ++pieces;
        return solvers.copyPiece(request);
      },
    };
    const both = () =>
      Promise.all([1, 2].map((k) => withArrayCopies(counting, problem(), () => asked.push(`use ${k}`))));
    // By a clock that finds each piece to have taken longer than a turn may.
    const { turns } = await withCountedClock(20, () => countingTurns(both));
    const one = ['begin matrices[0].data', 'begin terms[0].b'];
    expect(asked).toEqual([...one, 'use 1', 'drop', 'drop', ...one, 'use 2', 'drop', 'drop']);
    // Of each array more than a megabyte: each call copies one.
    expect(pieces).toBeGreaterThan(30);
    expect(turns).toBeGreaterThanOrEqual(pieces - 4); // after the last piece of an array nothing is waited for
  });

  it('makes one copy of an array that nobody changes, until it is dropped and no problem is being made with it', async () => {
    const { solvers, asked } = noting();
    const own = matrix(rows, 2, numbers(2 * rows));
    const use = () =>
      withArrayCopies(solvers, { x: own }, (made) =>
        asked.push(`use ${ArrayBuffer.isView((made as typeof own & { x: typeof own }).x.data)}`),
      );
    keepCopies([own.data]);
    await Promise.all([use(), use()]);
    expect(asked).toEqual(['begin x.data', 'use false', 'use false']);
    const third = use();
    dropCopies(solvers, [own.data]);
    expect(asked).toHaveLength(3);
    await third;
    expect(asked.slice(3)).toEqual(['use false', 'drop']);
    await use();
    expect(asked.slice(5)).toEqual(['begin x.data', 'use false', 'drop']);
  });

  it('says so where an array loses its memory meanwhile, and goes on with others', async () => {
    const { solvers, asked } = noting();
    const lost = Float64Array.from(x.data);
    const losing: Solvers = {
      ...solvers,
      copyPiece(request) {
        if (request.array === lost) structuredClone(lost.buffer, { transfer: [lost.buffer] });
        return solvers.copyPiece(request);
      },
    };
    const copying = withArrayCopies(losing, { first: x, x: { ...x, data: lost } }, () => expect.unreachable());
    await expect(copying).rejects.toThrow(/^x\.data: expected an array that is not transferred or shrunk/);
    expect(asked.filter((each) => each === 'drop')).toHaveLength(2);
    await withArrayCopies(solvers, problem(), () => asked.push('use'));
    expect(asked).toContain('use');
  });
});

it('a solve of large arrays is that of small ones, whatever becomes of the arrays once it has begun', async () => {
  const settings = { lambda: 1, maxIterations: 3 };
  const y = numbers(rows, 3);
  const expected = await deepLinear.trainLinearNetwork({ x: { ...x, data: Float32Array.from(x.data) }, y }, settings);
  const copied = { ...x, data: x.data.slice() };
  const solving = [0, 1].map(() => deepLinear.trainLinearNetwork({ x: copied, y }, settings));
  const [one, two] = await Promise.all(solving);
  expect(expected.product.data).toHaveLength(2);
  expect(one?.product).toEqual(expected.product);
  expect(two?.product).toEqual(expected.product);
  copied.data.fill(0);
  const { product } = await deepLinear.trainLinearNetwork({ x: copied, y }, settings);
  expect(product.data.every((value) => value === 0)).toBe(true);
});
