// The problems: small AMPL models, and the control of Poisson's equation as an expression model.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Model } from '../../src/index.js';
import { writeNl } from '../../src/nlp/index.js';
import { poisson } from '../../test/problems/nlp/control.js';
import { problems } from '../../test/problems/nlp.js';
import { root } from '../shared/native.js';

export interface Small {
  name: string;
  path: string;
}

/** Folder of the .nl files; undefined if there is none. */
export function nlFolder(): string | undefined {
  const folder = join(process.env.NONCONVEX_PROBLEMS ?? join(root, '..', 'shared', 'problems'), 'nl');
  return existsSync(folder) ? folder : undefined;
}

/** All models of a folder with n + m <= `most`. */
export function readSmall(folder: string, most = 50): Small[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.nl'))
    .sort()
    .map((file) => ({ name: basename(file, '.nl'), path: join(folder, file) }))
    .filter(({ path }) => {
      const [n = 0, m = 0] = (readFileSync(path, 'utf8').split('\n', 2)[1] ?? '').trim().split(/\s+/).map(Number);
      return n + m <= most;
    });
}

/** The tests' own problems with n + m <= `most` as .nl files in a folder. */
export async function writeSmall(folder: string, most = 50): Promise<Small[]> {
  const list: Small[] = [];
  for (const { name, build } of problems) {
    const model = build();
    if (model.n + model.m > most) continue;
    const path = join(folder, `${name.replace(/\W/g, '_')}.nl`);
    await writeNl(model, path);
    list.push({ name, path });
  }
  return list;
}

/** `control:side` of bench/native/newton_models.hpp as an expression model. */
export const controlModel = (side: number): Model => poisson(side, []).build();
