// Given problems with known global minima, minimised globally up to a number of boxes, so that no clock decides.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export async function cases({ problems }) {
  const folder = join(problems, 'global');
  if (!existsSync(folder)) return [];
  const { linesOf, modelOf } = await import(pathToFileURL(join(folder, 'read.mjs')).href);
  return linesOf('continuous.jsonl').map((line) => ({
    name: `global ${line.name}`,
    prepare: ({ model: ops }) => modelOf(line, { Model: ops.Model, ops }).model,
    run: ({ nlp }, model) => nlp.minimizeGlobally(model, { gap: 1e-6, maxNodes: 1000 }),
  }));
}
