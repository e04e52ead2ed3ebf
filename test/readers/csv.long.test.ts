// A quote that is not closed runs to the end of a file: it is refused before it fills the memory, in time that grows with the file.
import { expect, it } from 'vitest';
import { readCsv } from '../../src/data/index.js';
import { temporaryFolder } from './files.js';

const { write } = temporaryFolder();

it('refuses a row without an end', async () => {
  const open = write('open.csv', `a,b\n"${'x,1\n'.repeat(1 << 23)}`);
  await expect(readCsv(open)).rejects.toThrow(/a row of more than 16777216 characters: is a quote not closed/);
});
