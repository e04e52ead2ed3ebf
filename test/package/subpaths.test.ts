// The built package as programs load it: each subpath as ES module and as CommonJS, both in one process.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '../..');
const { exports } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
const subpaths = Object.keys(exports)
  .filter((path) => path !== './package.json')
  .map((path) => path.replace('.', 'nonconvex'));

/** The output of an ES module that also has `require`, in a program of its own. */
function run(lines: string): string {
  const program = `
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    ${lines}`;
  const options = { cwd: import.meta.dirname, encoding: 'utf8' } as const;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], options);
  expect(stderr).toBe('');
  return stdout.trim();
}

// src/wasm is the package nonconvex-wasm.
it('exports each folder of src/ with an index, from files that exist', () => {
  const folders = readdirSync(join(repository, 'src'), { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() && entry.name !== 'wasm' && existsSync(join(repository, 'src', entry.name, 'index.ts')),
    )
    .map((entry) => (entry.name === 'expressions' ? 'model' : entry.name));
  expect(subpaths).toEqual(expect.arrayContaining(['nonconvex', ...folders.map((name) => `nonconvex/${name}`)]));
  for (const paths of Object.values(exports)) {
    if (typeof paths === 'string') continue;
    for (const each of Object.values(paths as Record<string, { types: string; default: string }>)) {
      expect([each.types, each.default].filter((path) => !existsSync(join(repository, path)))).toEqual([]);
    }
  }
});

describe('subpaths', () => {
  it('have the same names as ES module and as CommonJS', () => {
    const namesOf = JSON.parse(
      run(`
        const names = (library) => Object.keys(library).filter((name) => name !== 'default' && name !== 'module.exports').sort();
        const namesOf = {};
        for (const path of ${JSON.stringify(subpaths)}) namesOf[path] = [names(await import(path)), names(require(path))];
        console.log(JSON.stringify(namesOf));`),
    );
    expect(Object.keys(namesOf)).toEqual(subpaths);
    for (const path of subpaths) {
      const [asModule, asCommonJs] = namesOf[path];
      expect(asModule, path).not.toEqual([]);
      expect(asModule, path).toEqual(asCommonJs);
    }
  });

  it('are loaded as CommonJS where something of them is asked for', () => {
    const printed = run(`
      const loaded = (part) => Object.keys(require.cache).filter((path) => path.includes(part)).length;
      const whole = require('nonconvex');
      console.log(loaded('/dist/cjs/'), loaded('/cjs/fractional/solver'), typeof whole.minimizeRatio, loaded('/cjs/fractional/solver'));
      console.log(loaded('/cjs/relu/'), whole.relu.predict === require('nonconvex/relu').predict);`);
    expect(printed).toBe('2 0 function 1\n0 true');
  });

  it('are namespaces of the package', () => {
    // The subpaths for browsers have functions of their own that need nothing of Node, and programs without a queue load nothing of queues.
    const alone = ['nonconvex', 'nonconvex/predict', 'nonconvex/report', 'nonconvex/queue'];
    const others = subpaths.filter((path) => !alone.includes(path));
    const printed = run(`
      const whole = await import('nonconvex');
      for (const path of ${JSON.stringify(others)})
        console.log(path, whole[path.slice('nonconvex/'.length)] === (await import(path)));`);
    expect(printed.split('\n')).toEqual(others.map((path) => `${path} true`));
  });
});

it('has one SolverError and one listener a signal, whatever is imported', () => {
  const printed = run(`
    import { getEventListeners } from 'node:events';
    import { SolverError } from 'nonconvex';
    import { lpNorm, minimizeRatio, sumSquares } from 'nonconvex/fractional';
    import { trainReluNetwork } from 'nonconvex/relu';
    const { signal } = new AbortController();
    const solves = [
      trainReluNetwork({ x: [[1], [2]], y: [1.5, 2] }, { signal }),
      minimizeRatio({ numerator: [sumSquares()], denominator: lpNorm([[1, 2]], 4) }, { signal }),
    ];
    console.log(getEventListeners(signal, 'abort').length);
    await Promise.all(solves);
    console.log(getEventListeners(signal, 'abort').length);
    const onProgress = () => { throw new Error('stop'); };
    const error = await trainReluNetwork({ x: [[1], [2]], y: [1.5, 2] }, { onProgress }).catch((error) => error);
    console.log(error instanceof SolverError, error.code);`);
  expect(printed).toBe('1\n0\ntrue CALLBACK_FAILED');
});

describe('ES modules and CommonJS in one process', () => {
  it('know the errors of one another', () => {
    const printed = run(`
      import { SolverError, nlp } from 'nonconvex';
      const other = require('nonconvex');
      console.log(SolverError === other.SolverError);
      const missing = (library) => library.nlp.readNl('no-such-file.nl').catch((error) => error);
      const errors = [await missing({ nlp }), await missing(other)];
      for (const error of errors) console.log(error instanceof SolverError, error instanceof other.SolverError, error.code);
      console.log([new Error(''), undefined, 'text'].some((each) => each instanceof SolverError));`);
    expect(printed).toBe('false\ntrue true FILE_NOT_FOUND\ntrue true FILE_NOT_FOUND\nfalse');
  });

  it('solve the models of one another, made of expressions of both', () => {
    const printed = run(`
      import { minimize } from 'nonconvex';
      import { sumSquares } from 'nonconvex/model';
      const { Model, sum, Variable } = require('nonconvex/model');
      const model = new Model();
      const x = model.variable(2, { start: [1, 1] });
      model.minimize(sum(x));
      model.equal(sumSquares(x), 2);
      console.log(x instanceof Variable, sumSquares(x) instanceof Variable);
      const result = await minimize(model);
      console.log(result.status, x.valueIn(result).map(Math.round).join());`);
    expect(printed).toBe('true false\nsolved -1,-1');
  });
});

it('keeps the names of classes, which stack traces and inspection show', () => {
  const shown = run(`
    const { inspect } = await import('node:util');
    for (const { Model } of [await import('nonconvex'), require('nonconvex')]) {
      const model = new Model();
      try { model.variable(-1); } catch ({ stack }) { console.log(/at (\\S*variable) /.exec(stack)[1], inspect(model)); }
    }`);
  expect(shown).toBe('Model.variable Model {}\nModel.variable Model {}');
  const bundled = readdirSync(join(repository, 'dist/esm'), { recursive: true, encoding: 'utf8' });
  const renamed = bundled.filter(
    (file) => file.endsWith('.js') && /\bclass _/.test(readFileSync(join(repository, 'dist/esm', file), 'utf8')),
  );
  expect(renamed).toEqual([]);
});
