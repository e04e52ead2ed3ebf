// Files that are written whole or not at all.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { replaceFile } from '../../src/core/replaceFile.js';
import { loadModel, regressionModel, saveModel } from '../../src/exchange/index.js';

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const windows = process.platform === 'win32';

it('has the new content, the old permissions, and nothing beside it', async () => {
  const path = join(folder, 'a.json');
  writeFileSync(path, 'old');
  chmodSync(path, 0o640);
  if (!windows) symlinkSync(path, join(folder, 'link.json'));
  await replaceFile(windows ? path : join(folder, 'link.json'), 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  if (!windows) expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it.skipIf(windows)('writes to a device as it is', async () => {
  await replaceFile('/dev/null', 'gone');
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

it('names the file that cannot be written', async () => {
  const path = join(folder, 'none/a.json');
  await expect(replaceFile(path, 'a')).rejects.toMatchObject({
    code: 'ENOENT',
    message: expect.stringContaining(path),
  });
});

it('keeps a model to the last bit, and names a file that holds none', async () => {
  const path = join(folder, 'model.json');
  await saveModel(path, regressionModel({ coefficients: [0.1, Number.MIN_VALUE], intercept: -0 }));
  const model = await loadModel(path);
  expect(model).toMatchObject({ kind: 'regressionModel', coefficients: Float64Array.of(0.1, Number.MIN_VALUE) });
  await expect(saveModel(path, {})).rejects.toThrow(/model/);
  expect((await loadModel(path)).kind).toBe('regressionModel');
  await replaceFile(path, '{');
  await expect(loadModel(path)).rejects.toThrow(`${path}: `);
  await expect(saveModel(3 as never, {})).rejects.toThrow('path = 3: expected a string or a URL');
});

// A limit on the size of files ends a write in its midst, as a disk does that becomes full.
it.skipIf(windows)('leaves the file of before when there is no room for the new one', () => {
  const path = join(folder, 'kept.json');
  writeFileSync(path, 'old');
  const module = new URL('../../dist/cjs/core/replaceFile.js', import.meta.url).href;
  const program = `import module from ${JSON.stringify(module)};
    await module.replaceFile(${JSON.stringify(path)}, 'x'.repeat(100000)).catch((error) => console.log(error.code, error.message));`;
  const script = 'ulimit -f 8; exec "$0" --input-type=module -e "$1"';
  const { stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, program], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^EFBIG .*kept\.json could not be written .*; the file is what it was before\n$/);
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
