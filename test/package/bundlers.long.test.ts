// Programs bundled by each bundler, or traced, and run in another folder after the application and its packages are gone.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'nonconvex-bundlers-'));
const application = join(folder, 'application');
const elsewhere = join(folder, 'elsewhere');
const installed = join(application, 'node_modules/nonconvex');

/** An exact fit, so that what is printed is known. */
const body = `
  const x = matrix(4, 2, Float64Array.of(1, 0, 0, 1, 1, 1, 2, 1));
  sparseRegression({ x, y: [1, 2, 3, 4] }, { lambda: 1e-9 }).then(
    ({ status, coefficients }) => console.log(status, Math.round(coefficients[0]), Math.round(coefficients[1])),
    ({ message }) => console.log(message));`;

function run(command: string[], cwd: string, program = process.execPath): string {
  const { NONCONVEX_BINARY: _, ...env } = process.env;
  const { stdout, stderr } = spawnSync(program, command, { cwd, env, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim();
}

/** The output of the bundle where there is nothing but its folder and, where asked for, the package. */
function runBundled(tool: string, entry: string, withPackage = false): string {
  const output = join(folder, 'output');
  for (const old of [output, elsewhere]) rmSync(old, { recursive: true, force: true });
  mkdirSync(output);
  expect(run([join(import.meta.dirname, 'bundlers.mjs'), tool, application, entry, output], repository)).toBe('');
  renameSync(output, elsewhere);
  if (withPackage) cpSync(installed, join(elsewhere, 'node_modules/nonconvex'), { recursive: true });
  const gone = join(folder, 'gone');
  renameSync(application, gone);
  try {
    const made = join(elsewhere, readdirSync(elsewhere).find((name) => name.startsWith('app.')) as string);
    return made.endsWith('.exe') ? run([], elsewhere, made) : run([made], elsewhere);
  } finally {
    renameSync(gone, application);
  }
}

beforeAll(() => {
  mkdirSync(installed, { recursive: true });
  cpSync(join(repository, 'dist'), join(installed, 'dist'), { recursive: true });
  copyFileSync(join(repository, 'package.json'), join(installed, 'package.json'));
  const binary = ['build-cmake', 'build']
    .map((name) => join(repository, name, 'Release/nonconvex.node'))
    .find(existsSync);
  const prebuilds = join(installed, 'prebuilds', `${process.platform}-${process.arch}`);
  mkdirSync(prebuilds, { recursive: true });
  copyFileSync(binary as string, join(prebuilds, 'nonconvex.node'));
  run([join(repository, 'scripts/references.mjs'), installed], repository);
  writeFileSync(join(application, 'package.json'), '{ "name": "application", "private": true }');
  const imports = "import { matrix } from 'nonconvex/data';\nimport { sparseRegression } from 'nonconvex/sparse';";
  const requires =
    "const { matrix } = require('nonconvex/data');\nconst { sparseRegression } = require('nonconvex/sparse');";
  writeFileSync(join(application, 'app.mjs'), `${imports}${body}`);
  writeFileSync(join(application, 'app.cjs'), `${requires}${body}`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const solved = 'solved 1 2';

describe.each(['app.mjs', 'app.cjs'])('%s runs elsewhere, bundled by', (entry) => {
  const both = ['esbuild, CommonJS, copy', 'esbuild, CommonJS, file', 'webpack, asset', '@vercel/nft'];
  const modules = [
    'esbuild, ES module, copy',
    'esbuild, ES module, file',
    'webpack',
    'Rollup, ES module',
    'Rollup, CommonJS',
    'Vite, asset',
  ];
  it.each(entry === 'app.mjs' ? [...both, ...modules] : both)('%s', (tool) => {
    expect(runBundled(tool, entry)).toBe(solved);
  });
});

// npm has Bun as @oven/bun-linux-x64 and the like.
it.skipIf(!process.env.NONCONVEX_BUN).each(['Bun', 'Bun, one executable'])(
  'app.mjs runs elsewhere, bundled by %s of NONCONVEX_BUN',
  (tool) => {
    expect(runBundled(tool, 'app.mjs')).toBe(solved);
  },
);

it.each(['esbuild, external', 'webpack, external', 'Rollup, external', 'Vite, external'])(
  '%s: runs beside the package',
  (tool) => {
    expect(runBundled(tool, 'app.mjs', true)).toBe(solved);
  },
);

it('says of a bundle without the binary what mends it', () => {
  expect(runBundled('esbuild, without the binary', 'app.mjs')).toMatch(/nonconvex was bundled, .*esbuild: --loader/s);
});
