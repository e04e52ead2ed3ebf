// src/core/loader.ts: which binary is loaded, and what is said when none can be.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { libcFound } from '../../src/core/loader.js';

const repository = join(import.meta.dirname, '../..');
const binary = ['build-cmake', 'build']
  .map((name) => join(repository, name, 'Release/nonconvex.node'))
  .find(existsSync);
const platform = `${process.platform}-${process.arch}`;
let root: string;

/** A package folder with nothing but the loader in its dist/, as both module kinds; each test has a copy, `root`. */
const packed = mkdtempSync(join(tmpdir(), 'nonconvex-loader-'));

beforeAll(async () => {
  writeFileSync(join(packed, 'package.json'), '{ "name": "nonconvex", "type": "module" }');
  for (const format of ['esm', 'cjs'] as const) {
    await build({
      entryPoints: [join(repository, 'src/core/loader.ts')],
      outfile: join(packed, 'dist', format === 'esm' ? 'loader.js' : 'loader.cjs'),
      bundle: true,
      platform: 'node',
      format,
      define: format === 'cjs' ? { 'import.meta.url': 'undefined' } : {},
    });
  }
});

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nonconvex-loader-'));
  cpSync(packed, root, { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));
afterAll(() => rmSync(packed, { recursive: true, force: true }));

/** Runs `code` with `loadAddon` and `loadCudaAddon` in scope; what it prints, or the error. */
function load(
  code = 'console.log(typeof loadAddon())',
  named?: string,
  cuda?: string,
): { out: string; name?: string; code?: string; message?: string } {
  const script = `
    import { loadAddon, loadCudaAddon } from ${JSON.stringify(join(root, 'dist/loader.js'))};
    import { createRequire } from 'node:module';
    const require = createRequire(${JSON.stringify(join(root, 'dist/'))});
    try { ${code} } catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message, name: error.name })); }`;
  const env = { ...process.env, NONCONVEX_BINARY: named, NONCONVEX_CUDA_BINARY: cuda };
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  expect(result.stderr).toBe('');
  const out = result.stdout.trim();
  return out.startsWith('{') ? { out, ...JSON.parse(out) } : { out };
}

/** Puts a file into the package; a build stands in a checkout, beside CMakeLists.txt. */
function place(path: string, from?: string): void {
  if (path.startsWith('build')) writeFileSync(join(root, 'CMakeLists.txt'), '');
  mkdirSync(join(root, path, '..'), { recursive: true });
  if (from) copyFileSync(from, join(root, path));
  else writeFileSync(join(root, path), 'not a binary');
}

describe('loadAddon', () => {
  it.runIf(binary)('takes the file that NONCONVEX_BINARY names, relative or absolute', () => {
    place('elsewhere/mine.node', binary);
    expect(load(undefined, join(root, 'elsewhere/mine.node')).out).toBe('object');
    expect(load(undefined, 'elsewhere/mine.node').out).toBe('object');
  });

  it('runs no file that NONCONVEX_BINARY names but a binary', () => {
    writeFileSync(join(root, 'mine.cjs'), "console.log('it ran')");
    const refused = load(undefined, 'mine.cjs');
    expect(refused.code).toBe('ADDON_NOT_FOUND');
    expect(refused.message).toContain(`${join(root, 'mine.cjs')}: the name of a binary ends in .node`);
  });

  it.runIf(binary)('takes the local build before a prebuilt binary', () => {
    place('build-cmake/Release/nonconvex.node', binary);
    place(`prebuilds/${platform}/nonconvex.node`);
    expect(load().out).toBe('object');
  });

  it('looks for builds in a checkout alone', () => {
    const builds = ['build-cmake', 'build'].map(
      (name) => `${join(root, name, 'Release/nonconvex.node')}: no such file`,
    );
    for (const line of builds) expect(load().message).not.toContain(line);
    writeFileSync(join(root, 'CMakeLists.txt'), '');
    for (const line of builds) expect(load().message).toContain(line);
  });

  it.runIf(binary)('takes a prebuilt binary for the C library at hand', () => {
    const glibc = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header
      .glibcVersionRuntime;
    const [own, other] = glibc ? ['glibc', 'musl'] : ['musl', 'glibc'];
    place(`prebuilds/${platform}/nonconvex.${other}.node`);
    place(`prebuilds/${platform}/nonconvex.${own}.node`, binary);
    expect(load().out).toBe('object');
  });

  it.skipIf(process.platform !== 'linux')('knows the C library by the program, or by a report', () => {
    const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
    const own = header.glibcVersionRuntime ? 'glibc' : 'musl';
    const program = join(root, 'program');
    const known = (bytes: string): string => {
      writeFileSync(program, bytes);
      return libcFound(program);
    };
    expect(known('\x7fELF\0/lib/ld-musl-aarch64.so.1\0')).toBe('musl');
    expect(known('\x7fELF\0/lib64/ld-linux-x86-64.so.2\0')).toBe('glibc');
    expect([known('a script'), libcFound(join(root, 'none')), libcFound()]).toEqual([own, own, own]);
  });

  it.runIf(binary)('loads one addon for the ES module and the CommonJS copy', () => {
    place('build/Release/nonconvex.node', binary);
    const loads = "loadAddon(); require('./loader.cjs').loadAddon();";
    const count = "Object.keys(require.cache).filter((file) => file.endsWith('.node')).length";
    expect(load(`${loads} console.log(${count})`).out).toBe('1');
  });

  it.runIf(binary)('refuses a NONCONVEX_THREADS that is no number of threads', () => {
    place('build/Release/nonconvex.node', binary);
    const values = ['-1', '0', '99999999999', '1.5', 'two'];
    const attempts = `
      const errors = ${JSON.stringify(values)}.map((value) => {
        process.env.NONCONVEX_THREADS = value;
        try { loadAddon(); } catch ({ name, message }) { return { name, message }; }
      });
      console.log(JSON.stringify(errors));`;
    expect(JSON.parse(load(attempts).out)).toEqual(
      values.map((value) => ({
        name: 'RangeError',
        message: `NONCONVEX_THREADS = '${value}': expected an integer in [1, 1024]`,
      })),
    );
  });

  it.runIf(binary)('loads from a line of a command', () => {
    place('build/Release/nonconvex.node', binary);
    for (const take of ["import('./dist/loader.js')", "Promise.resolve(require('./dist/loader.cjs'))"]) {
      const line = `${take}.then(({ loadAddon }) => console.log(typeof loadAddon()))`;
      const { NONCONVEX_BINARY: _, ...env } = process.env;
      const { stdout, stderr } = spawnSync(process.execPath, ['-e', line], { cwd: root, env, encoding: 'utf8' });
      expect({ stdout, stderr }).toEqual({ stdout: 'object\n', stderr: '' });
    }
  });

  it.runIf(binary)('loads in worker threads, again and again', () => {
    place('build/Release/nonconvex.node', binary);
    const worker = `
      const { Worker } = await import('node:worker_threads');
      const source = "import(" + JSON.stringify(${JSON.stringify(join(root, 'dist/loader.js'))}) + ").then((m) => m.loadAddon())";
      for (let k = 0; k < 3; ++k) {
        const codes = await Promise.all([0, 1].map(() => new Promise((done) => new Worker(source, { eval: true }).on('exit', done))));
        if (codes.some((code) => code !== 0)) throw new Error(codes.join());
      }
      console.log('done');`;
    expect(load(worker).out).toBe('done');
  });

  it('says what was tried, why it failed and what mends it', () => {
    place(`prebuilds/${platform}/nonconvex.node`);
    const { code, message, name } = load();
    expect(name).toBe('SolverError');
    expect(code).toBe('ADDON_NOT_FOUND');
    expect(message).toMatch(
      /prebuilds\/.*nonconvex\.node: .*(invalid ELF header|file too short|not a mach-o|slice is not valid)/i,
    );
    expect(message).toContain(`Platform: ${platform}, Node.js ${process.version}`);
    if (process.platform === 'linux')
      expect(message).toMatch(/glibc (\d+\.\d+|none) found \(prebuilt binaries need 2\.28 or later\)/);
    expect(message).toMatch(/To mend it: .*npm install/);
  });

  it('says that a platform has no prebuilt binary', () => {
    expect(load().message).toContain(`no prebuilt binary for ${platform}`);
  });

  it('names npm run build in a checkout', () => {
    writeFileSync(join(root, 'CMakeLists.txt'), '');
    expect(load().message).toContain('To mend it: npm run build');
  });

  it('tells a bundle from a package, and names what mends it in each bundler', () => {
    writeFileSync(join(root, 'package.json'), '{ "name": "application", "type": "module" }');
    const { message } = load();
    expect(message).toContain(`${join(root, 'dist/prebuilds', platform, 'nonconvex.node')}: no such file`);
    expect(message).toContain('nonconvex was bundled');
    for (const option of [
      '--loader:.node=copy',
      'asset/resource',
      'external: [',
      'ssr.external',
      'serverExternalPackages',
    ])
      expect(message).toContain(option);
    expect(message).not.toMatch(/no prebuilt binary|npm install/);
  });

  it.runIf(binary)('finds prebuilds/ beside a bundle', () => {
    writeFileSync(join(root, 'package.json'), '{ "name": "application", "type": "module" }');
    place(`dist/prebuilds/${platform}/nonconvex.node`, binary);
    expect(load().out).toBe('object');
  });

  it.skipIf(process.platform !== 'linux')('has names that node-gyp-build finds, too', () => {
    for (const libc of ['glibc', 'musl']) place(`prebuilds/${platform}/nonconvex.${libc}.node`);
    const { resolve } = createRequire(import.meta.url)('node-gyp-build') as { resolve: (folder: string) => string };
    const file = resolve(root);
    expect(file).toMatch(/nonconvex\.(glibc|musl)\.node$/);
    expect(load().message).toContain(`${file}: `);
  });

  it('does not pass over a binary that was asked for by name', () => {
    if (binary) place('build/Release/nonconvex.node', binary);
    const missing = load(undefined, join(root, 'missing.node'));
    expect(missing.code).toBe('ADDON_NOT_FOUND');
    expect(missing.message).toContain(`${join(root, 'missing.node')}: no such file`);
    expect(missing.message).toContain('unset the environment variable NONCONVEX_BINARY');
  });
});

describe('loadCudaAddon', () => {
  const attempt = 'console.log(typeof loadCudaAddon())';

  it('says that there is none', () => {
    expect(load(attempt)).toMatchObject({
      name: 'SolverError',
      code: 'DEVICE_UNAVAILABLE',
      message: expect.stringMatching(/^there is no CUDA addon, nonconvex-cuda\.node: .*npm run build:cuda$/),
    });
  });

  it('says what is wrong with the one that there is', () => {
    place(`prebuilds/${platform}/nonconvex-cuda.node`);
    const { message } = load(attempt);
    expect(message).toContain(`could not be loaded: ${join(root, `prebuilds/${platform}/nonconvex-cuda.node`)}: `);
    expect(message).not.toContain('build-cmake');
  });

  it('does not pass over one that was asked for by name', () => {
    const missing = join(root, 'missing.node');
    expect(load(attempt, undefined, missing).message).toBe(
      `the CUDA addon could not be loaded: ${missing}: no such file`,
    );
  });

  // Any addon will do where only finding it is in question.
  it.runIf(binary)('finds one beside the addon of the CPU, which is not taken for it', () => {
    place(`prebuilds/${platform}/nonconvex.node`, binary);
    expect(load(attempt).code).toBe('DEVICE_UNAVAILABLE');
    place(`prebuilds/${platform}/nonconvex-cuda.node`, binary);
    expect(load('console.log(typeof loadCudaAddon(), typeof loadAddon())').out).toBe('object object');
  });

  it.runIf(binary)('finds the one of the package nonconvex-cuda', () => {
    const { name } = JSON.parse(readFileSync(join(import.meta.dirname, '../../packages/cuda/package.json'), 'utf8'));
    const installed = `node_modules/${name}`;
    place(`${installed}/prebuilds/${platform}/nonconvex-cuda.node`, binary);
    expect(load(attempt).code).toBe('DEVICE_UNAVAILABLE');
    writeFileSync(join(root, installed, 'package.json'), JSON.stringify({ name }));
    expect(load(attempt).out).toBe('object');
  });
});
