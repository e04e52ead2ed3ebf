// The package as a user gets it from the registry: the packed tarball, installed in an empty folder with Node, npm and a shell alone in
// the PATH. Needs dist/ and prebuilds/ (npm run build, npm run prebuild).
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binaryOf, partsOf, platforms } from '../../scripts/platforms.mjs';
import { circle, nl } from '../cli/nl.js';
import { readSol } from '../cli/sol.js';

const require = createRequire(import.meta.url);
const repository = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'nonconvex-packed-'));
const application = join(folder, 'application');
let packed: { filename: string; unpackedSize: number; files: { path: string }[] };

/** The program itself, wherever the command in the PATH leads. */
function programOf(command: string): string {
  return realpathSync(execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim());
}

/** Nothing of our own npm run, and no tool but Node, npm and a shell. */
function bareEnvironment(): NodeJS.ProcessEnv {
  return { PATH: join(folder, 'bin'), HOME: folder };
}

function node(script: string): { status: string; gap: number; fitted: number[] } {
  const args = [join(application, script)];
  return JSON.parse(
    execFileSync(process.execPath, args, { cwd: application, env: bareEnvironment(), encoding: 'utf8' }),
  );
}

beforeAll(() => {
  mkdirSync(join(folder, 'bin'));
  symlinkSync(process.execPath, join(folder, 'bin/node'));
  for (const command of ['npm', 'npx', 'sh']) symlinkSync(programOf(command), join(folder, 'bin', command));
  mkdirSync(application);
  writeFileSync(join(application, 'package.json'), '{ "private": true }');
  const pack = [join(repository, 'scripts/pack.mjs'), '--json', '--pack-destination', folder];
  packed = JSON.parse(execFileSync(process.execPath, pack, { cwd: repository, encoding: 'utf8' }))[0];
  const install = [
    'install',
    '--offline',
    '--no-update-notifier',
    '--foreground-scripts',
    join(folder, packed.filename),
  ];
  execFileSync(join(folder, 'bin/npm'), install, { cwd: application, env: bareEnvironment(), stdio: 'inherit' });
  for (const file of ['problem.json', 'solve.mjs', 'solve.cjs', 'worker.mjs']) {
    copyFileSync(join(import.meta.dirname, file), join(application, file));
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed tarball', () => {
  it('holds the results of the builds and nothing else', () => {
    const allowed =
      /^(examples\/.*|dist\/((esm|cjs)\/[\w/-]+\.(js|d\.ts)|cjs\/package\.json|cli\.js)|prebuilds\/(README\.md|[\w-]+\/nonconvex(\.\w+)?\.node)|[A-Z-]+(\.md|\.txt)?|package\.json)$/;
    expect(packed.files.map((file) => file.path).filter((path) => !allowed.test(path))).toEqual([]);
    expect(packed.files.some((file) => file.path.endsWith('.node'))).toBe(true);
  });

  it('names the repository in its package.json and README, and no script', () => {
    const read = (name: string) => readFileSync(join(application, 'node_modules/nonconvex', name), 'utf8');
    const { repository: where, homepage, bugs, scripts, devDependencies } = JSON.parse(read('package.json'));
    expect(where.url).toMatch(/^git\+https:/);
    expect([homepage, bugs].every((address) => address.startsWith('https://'))).toBe(true);
    expect([scripts, devDependencies]).toEqual([undefined, undefined]);
    const links = Array.from(read('README.md').matchAll(/\]\(([^)]*)\)/g), ([, link]) => link as string);
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((link) => !/^https?:|^#/.test(link))).toEqual([]);
  });

  it('has a reference that bundlers read to each binary', () => {
    const binaries = packed.files.map(({ path }) => path).filter((path) => path.endsWith('.node'));
    for (const format of ['esm', 'cjs']) {
      const text = readFileSync(join(application, `node_modules/nonconvex/dist/${format}/core/binaries.js`), 'utf8');
      for (const path of binaries) expect(text).toContain(`require('../../../${path}')`);
    }
  });

  // As prebuildify names them, for each platform that there is a binary for.
  it.each(Object.keys(platforms))('names the binary for %s so that node-gyp-build finds it', (name) => {
    const { platform, arch, libc } = partsOf(name);
    const place = join(folder, 'named', name);
    const all = Object.keys(platforms).map(binaryOf);
    for (const file of all) {
      mkdirSync(join(place, dirname(file)), { recursive: true });
      writeFileSync(join(place, file), '');
    }
    const question = `console.log(require(${JSON.stringify(require.resolve('node-gyp-build'))}).path('.'))`;
    const env = { npm_config_platform: platform, npm_config_arch: arch, LIBC: libc ?? '' };
    const found = execFileSync(process.execPath, ['-e', question], { cwd: place, env, encoding: 'utf8' }).trim();
    expect(realpathSync(found)).toBe(realpathSync(join(place, binaryOf(name))));
  });

  it('has no install script, no runtime dependency and no path of the machine that built it', () => {
    const installed = join(application, 'node_modules/nonconvex');
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(manifest.scripts ?? {}).not.toHaveProperty(script);
    expect(manifest.dependencies ?? {}).toEqual({});
    for (const { path } of packed.files) {
      expect(readFileSync(join(installed, path)).includes(`${dirname(repository)}/`), path).toBe(false);
    }
  });

  for (const script of ['solve.mjs', 'solve.cjs', 'worker.mjs']) {
    it(`solves: ${script}`, () => {
      const { y } = JSON.parse(readFileSync(join(application, 'problem.json'), 'utf8')) as { y: number[] };
      const { status, gap, fitted } = node(script);
      expect(status).toBe('solved');
      expect(gap).toBeLessThanOrEqual(1e-5);
      expect(fitted.map(Math.sign)).toEqual(y.map(Math.sign));
    });
  }

  it('has every subpath, as ES module and as CommonJS', () => {
    const { exports } = JSON.parse(readFileSync(join(application, 'node_modules/nonconvex/package.json'), 'utf8'));
    const paths = Object.keys(exports).map((path) => path.replace('.', 'nonconvex'));
    const options = { cwd: application, env: bareEnvironment(), encoding: 'utf8' } as const;
    for (const path of paths.filter((path) => !path.endsWith('.json'))) {
      for (const lines of [
        `import('${path}').then((library) => console.log(Object.keys(library).length > 0));`,
        `console.log(Object.keys(require('${path}')).length > 0);`,
      ]) {
        expect(execFileSync(process.execPath, ['-e', lines], options), path).toBe('true\n');
      }
    }
  });

  it('solves: npx nonconvex', () => {
    writeFileSync(join(application, 'circle.nl'), nl(circle));
    const args = ['--offline', '--no-update-notifier', 'nonconvex', 'solve', 'circle.nl', '--json'];
    const options = { cwd: application, env: bareEnvironment(), encoding: 'utf8' } as const;
    const { status, objective } = JSON.parse(execFileSync(join(folder, 'bin/npx'), args, options));
    expect(status).toBe('solved');
    expect(objective).toBeCloseTo(-2, 8);
  });

  it('solves for AMPL: nonconvex in the PATH', () => {
    const env = { PATH: `${bareEnvironment().PATH}:${join(application, 'node_modules/.bin')}` };
    execFileSync('/bin/sh', ['-c', 'nonconvex circle -AMPL'], { cwd: application, env });
    const { code, x } = readSol(readFileSync(join(application, 'circle.sol'), 'utf8'));
    expect(code).toBe(0);
    expect(x).toEqual([expect.closeTo(-1, 8), expect.closeTo(-1, 8)]);
  });
});
