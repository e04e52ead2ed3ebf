// AMPL's models.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { nlpSolve } from './shared/solve.mjs';

export function cases({ problems }) {
  const folder = join(problems, 'nl');
  if (!existsSync(folder)) return [{ name: "AMPL's models", needs: folder }];
  const files = readdirSync(folder).filter((file) => file.endsWith('.nl'));
  return files.sort().map((file) => nlpSolve(basename(file, '.nl'), ({ nlp }) => nlp.readNl(join(folder, file))));
}
