// .nl files from JavaScript: written models read back the same, and what cannot be read.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { at, exp, logSumExp, matvec, mul, sin, sum, sumSquares } from '../../src/expressions/index.js';
import { Model, minimize, SolverError } from '../../src/index.js';
import { fromCallbacks, readNl, writeNl } from '../../src/nlp/index.js';

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-nl-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string) => join(folder, name);

function example() {
  const model = new Model();
  const x = model.variable(2, { start: [1, 2], name: 'x' });
  const Y = model.variable([2, 2], { start: 3, name: 'Y' });
  const s = model.variable();
  const p = model.parameter(2, { value: [5, 6] });
  model.minimize(sum(mul(mul(p, x), exp(mul(0.1, x)))));
  model.equal(matvec(Y, x), p, { name: 'rows' });
  model.equal(logSumExp(x), sin(s));
  return { model, p, point: [0.3, -1, 1, 2, 3, 4, 0.5] };
}

describe('a model', () => {
  it('is the same when written and read', async () => {
    const { model, p, point } = example();
    p.set([7, 8]); // the present values are written
    await writeNl(model, file('model.nl'));
    const [written, read] = [model.compile(), await readNl(file('model.nl'))];
    expect(read).toMatchObject({ n: 7, m: 3, sense: 'minimize' });
    expect(read.start).toEqual(written.start);
    expect(read.objective(point)).toBeCloseTo(written.objective(point), 12);
    for (const derivative of ['gradient', 'constraints'] as const) {
      read[derivative](point).forEach((value, i) => {
        expect(value).toBeCloseTo(written[derivative](point)[i] as number, 12);
      });
    }
    expect(read.jacobian(point).indices).toEqual(written.jacobian(point).indices);
    const hessian = written.hessian(point, [1, 2, 3]);
    read.hessian(point, [1, 2, 3]).values.forEach((value, k) => {
      expect(value).toBeCloseTo(hessian.values[k] as number, 12);
    });
  });

  it('keeps its names', async () => {
    const { model } = example();
    await writeNl(model, pathToFileURL(file('names.nl')));
    const { variableNames, constraintNames } = await readNl(pathToFileURL(file('names.nl')));
    expect(variableNames).toEqual(['x[0]', 'x[1]', 'Y[0,0]', 'Y[0,1]', 'Y[1,0]', 'Y[1,1]', 'v2']);
    expect(constraintNames).toEqual(['rows[0]', 'rows[1]', 'c1']);
  });

  it('has the same solution', async () => {
    const model = new Model();
    const x = model.variable(2, { start: [-1, -1.5] });
    model.minimize(sum(x));
    model.equal(sumSquares(x), 2);
    await writeNl(model, file('circle.nl'));
    const [a, b] = await Promise.all([minimize(model), readNl(file('circle.nl')).then((program) => minimize(program))]);
    expect(b.status).toBe('solved');
    expect(b.objective).toBeCloseTo(a.objective, 12);
    expect(b.multipliers[0]).toBeCloseTo(0.5, 7);
  });

  it('that was read can be written again', async () => {
    const { model, point } = example();
    await writeNl(model, file('first.nl'));
    const first = await readNl(file('first.nl'));
    await writeNl(first, file('second.nl'));
    const second = await readNl(file('second.nl'));
    expect(second.objective(point)).toBe(first.objective(point));
    expect(second.variableNames).toEqual(first.variableNames);
  });
});

describe('errors', () => {
  const code = async (promise: Promise<unknown>) => {
    const error = await promise.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SolverError);
    return error as SolverError;
  };

  it('of files that are not there', async () => {
    const error = await code(readNl(file('nothing.nl')));
    expect(error).toMatchObject({ code: 'FILE_NOT_FOUND', message: expect.stringContaining('nothing.nl') });
  });

  it('of files that are cut off', async () => {
    await writeNl(example().model, file('whole.nl'));
    const text = readFileSync(file('whole.nl'), 'utf8');
    writeFileSync(file('cut.nl'), text.slice(0, text.length / 2));
    expect(await code(readNl(file('cut.nl')))).toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringMatching(/cut\.nl, line \d+: /),
    });
  });

  it('of files of something else', async () => {
    writeFileSync(file('text.nl'), 'Dear reader,\n');
    expect((await code(readNl(file('text.nl')))).code).toBe('INVALID_FILE');
  });

  it('of folders that are not there', async () => {
    expect((await code(writeNl(example().model, file('no/such/folder.nl')))).code).toBe('WRITE_FAILED');
  });

  it('of arguments', async () => {
    const { model } = example();
    await expect(readNl(5 as unknown as string)).rejects.toThrow('path = 5: expected a string or a URL');
    await expect(writeNl(model, undefined as unknown as string)).rejects.toThrow('path = undefined: expected a string');
    await expect(writeNl({} as Model, file('x.nl'))).rejects.toThrow('model = an object: expected a Model or what');
    const program = fromCallbacks({
      n: 1,
      objective: (x) => at([x[0] as number], 0).size,
      gradient: () => {},
      hessian: () => {},
    });
    await expect(writeNl(program, file('x.nl'))).rejects.toThrow(TypeError);
  });
});
