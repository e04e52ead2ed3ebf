// `nonconvex doctor` where no binary can be loaded, in a process of its own.
import { afterAll, expect, it } from 'vitest';
import { ended, Folder } from './program.js';

const folder = new Folder();
afterAll(() => folder.remove());

it('says why a binary was not loaded, and ends with 1', async () => {
  folder.write('broken.node', 'not a binary');
  const { code, output } = await ended(folder.start(['doctor'], { NONCONVEX_BINARY: folder.file('broken.node') }));
  expect(code).toBe(1);
  expect(output).toMatch(/addon not loaded/);
  expect(output).toMatch(/broken\.node: .*(invalid ELF header|file too short|not a mach-o|slice is not valid)/i);
  expect(output).toMatch(/correct or unset the environment variable NONCONVEX_BINARY/);
  expect(output).toMatch(/does not solve on this machine/);
});
