// .nl files from JavaScript: written models read back the same, and what cannot be read.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { add, at, exp, log, logSumExp, matvec, mul, sin, sum, sumSquares, tanh } from '../../src/expressions/index.js';
import { Model, minimize, SolverError } from '../../src/index.js';
import { checkOptimality, fromCallbacks, readNl, writeNl } from '../../src/nlp/index.js';
import { circle, nl } from '../cli/nl.js';
import { checkDerivatives, oracle } from '../reference/ipopt.js';

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

  it('keeps its bounds, sides and sense', async () => {
    const model = new Model();
    const x = model.variable(3, { lower: [0, -1, -Infinity], upper: [1, Infinity, 2], start: 0.5 });
    model.maximize(sum(sin(x)));
    model.atMost(sumSquares(x), 4);
    model.between(sum(x), -1, 2.5);
    model.equal(at(x, 0), at(x, 1));
    const written = model.compile();
    await writeNl(model, file('sides.nl'));
    expect(readFileSync(file('sides.nl'), 'utf8')).toMatch(
      /\nO0 1\n[\s\S]*\nr\n1 4\n0 -1 2\.5\n4 0\nb\n0 0 1\n2 -1\n1 2\n/,
    );
    const read = await readNl(file('sides.nl'));
    expect(read.sense).toBe('maximize');
    expect(read.bounds).toEqual(written.bounds);
    expect(read.objective([1, 2, 3])).toBeCloseTo(written.objective([1, 2, 3]), 14);
    expect(read.constraints([1, 2, 3])).toEqual(written.constraints([1, 2, 3]));
  });

  it.skipIf(!oracle())('has the derivatives that AMPL has', async () => {
    // A sum of shared parts, which the objective takes as it is and the constraint does not.
    const model = new Model();
    const x = model.variable(3, { start: [0.49, -0.94, 0.2] });
    const [a, b, c] = [at(x, 0), at(x, 1), at(x, 2)];
    const sums = [add(mul(tanh(a), a), mul(tanh(b), a)), add(mul(tanh(b), c), exp(mul(a, c)))] as const;
    model.minimize(add(...sums, logSumExp(x)));
    for (const one of sums) model.equal(log(add(1.3, exp(tanh(one)))), 1);
    model.equal(log(add(2, exp(mul(2, sums[0])))), 1);
    await writeNl(model, file('shared.nl'));
    expect(await checkDerivatives(file('shared.nl'))).toContain('No errors detected by derivative checker.');
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

describe('variables that are fixed', () => {
  it.each(['minimize', 'maximize'] as const)('have multipliers, in a model and in its file: %s', async (sense) => {
    const model = new Model();
    const x = model.variable(4, { lower: [0.5, 1, -2, 0], upper: [3, 1, -2, 5], start: 1 });
    const f = add(
      sumSquares(
        matvec(
          [
            [2, 1, 0, 1],
            [0, 3, 1, -1],
          ],
          x,
        ),
      ),
      mul(at(x, 0), at(x, 1)),
    );
    model[sense](sense === 'minimize' ? f : mul(-1, f));
    model.atLeast(add(exp(at(x, 2)), sum(x)), 1);
    model.equal(sumSquares(x), 8);
    const ofModel = await minimize(model);
    expect(checkOptimality(model, ofModel.x, ofModel)).toMatchObject({ ok: true, wrong: [] });
    await writeNl(model, file('fixed.nl'));
    const program = await readNl(file('fixed.nl'));
    expect(program).toMatchObject({ n: 2, fixesVariables: true });
    const read = await minimize(program);
    const ofFile = { multipliers: read.multipliers, ...program.boundMultipliers(read) };
    expect(checkOptimality(model, program.withFixed(read.x), ofFile)).toMatchObject({ ok: true, wrong: [] });
    for (const name of ['lowerMultipliers', 'upperMultipliers'] as const) {
      expect([...ofFile[name]]).toEqual(Array.from(ofModel[name], (value) => expect.closeTo(value, 6)));
    }
    for (const fixed of [1, 2]) expect(ofModel.lowerMultipliers[fixed]).not.toBe(ofModel.upperMultipliers[fixed]);
  });
});

describe('a file with inequalities', () => {
  const text = nl({
    objective: 'o5 v0 n2',
    constraints: ['v0', 'v1', 'v0', 'v1', 'v2'],
    rows: ['0 -1 2', '1 3', '2 -4', '3', '4 5'],
    bounds: ['0 0 10', '2 -1', '4 7', '3'],
  });

  it('has its bounds and sides', async () => {
    writeFileSync(file('sides.nl'), text);
    const program = await readNl(file('sides.nl'));
    const { lower, upper, constraintsLower, constraintsUpper } = program.bounds;
    expect(Array.from(lower ?? [])).toEqual([0, -1, -Infinity]);
    expect(Array.from(upper ?? [])).toEqual([10, Infinity, Infinity]);
    expect(Array.from(constraintsLower ?? [])).toEqual([-1, -Infinity, -4, -Infinity, 0]);
    expect(Array.from(constraintsUpper ?? [])).toEqual([2, 3, Infinity, Infinity, 0]);
    // The right-hand side of an equation is in c, where the fixed variable has its value.
    expect(Array.from(program.constraints([1, 2, 3]))).toEqual([1, 2, 1, 2, 2]);
  });

  it('says nothing of bounds that there are not', async () => {
    writeFileSync(file('equations.nl'), nl(circle));
    expect((await readNl(file('equations.nl'))).bounds).toEqual({});
    writeFileSync(file('box.nl'), nl({ ...circle, bounds: ['3', '1 1'] }));
    expect(Object.keys((await readNl(file('box.nl'))).bounds)).toEqual(['lower', 'upper']);
  });

  it('may have multipliers to begin with', async () => {
    const suffixes = 'd1\n0 -3\nS4 1 ipopt_zL_in\n0 2\nS4 1 ipopt_zU_in\n0 -0.5\nS0 1 priority\n0 1\n';
    writeFileSync(file('warm.nl'), `${nl({ ...circle, bounds: ['0 -9 9', '3'] })}${suffixes}`);
    const program = await readNl(file('warm.nl'));
    expect(program.multipliers).toEqual(Float64Array.of(3));
    expect(program.lowerMultipliers).toEqual(Float64Array.of(2, 0));
    expect(program.upperMultipliers).toEqual(Float64Array.of(0.5, 0));
    expect(program.notes).toEqual(['the suffix priority is left out']);
    writeFileSync(file('cold.nl'), nl(circle));
    const cold = await readNl(file('cold.nl'));
    expect([cold.multipliers, cold.lowerMultipliers, cold.upperMultipliers]).toEqual([undefined, undefined, undefined]);
  });
});

describe('options', () => {
  it('choose the objective', async () => {
    const two = nl({ objective: 'v0', bounds: ['3'] }).replace(' 1 0 1 0 0', ' 1 0 2 0 0');
    writeFileSync(file('two.nl'), `${two.replace(' 1 0 1 0', ' 1 0 2 0')}O1 1\no2\nn3\nv0\n`);
    const [first, second, none] = await Promise.all(
      [1, 2, 0].map((objective) => readNl(file('two.nl'), { objective })),
    );
    expect(first?.objective([5])).toBe(5);
    expect(second).toMatchObject({ sense: 'maximize' });
    expect(second?.objective([5])).toBe(-15);
    expect(none?.objective([5])).toBe(0);
    await expect(readNl(file('two.nl'), { objective: 3 })).rejects.toThrow('objective = 3: must be 0 to 2');
    await expect(readNl(file('two.nl'), { objective: -1 })).rejects.toThrow('objective = -1: expected an integer >= 0');
  });

  it('relax integers', async () => {
    const lines = nl({ objective: 'v0', bounds: ['0 0 1', '2 0'] }).split('\n');
    lines[6] = ' 1 1 0 0 0';
    writeFileSync(file('integers.nl'), lines.join('\n'));
    const kept = await readNl(file('integers.nl'));
    expect({ integers: kept.integers, notes: kept.notes }).toEqual({ integers: Int32Array.of(0, 1), notes: [] });
    const { n, notes, integers } = await readNl(file('integers.nl'), { relaxIntegers: true });
    expect({ n, notes, integers }).toEqual({
      n: 2,
      notes: ['2 integer variables are relaxed'],
      integers: new Int32Array(0),
    });
  });

  it('are checked', async () => {
    await expect(readNl(file('two.nl'), { objektive: 1 } as object)).rejects.toThrow("did you mean 'objective'?");
    await expect(readNl(file('two.nl'), { relaxIntegers: 1 } as object)).rejects.toThrow('expected a boolean');
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
