// The .nl files of ../shared/problems/nl with Ipopt's results, where they are there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NlFile } from './nl.js';

const folder = new URL('../../../shared/problems/', import.meta.url);

export const available = existsSync(folder);
if (!available) console.warn('skipped: AMPL models with known optima, as ../shared/problems is not there');

export interface Reference {
  n: number;
  m: number;
  objective: number;
  exit: string;
}

export const names = available ? readdirSync(new URL('nl', folder)).map((file) => file.replace(/\.nl$/, '')) : [];

export const pathOf = (name: string) => fileURLToPath(new URL(`nl/${name}.nl`, folder));

export const nlFile = (path: string) => new NlFile(readFileSync(path, 'utf8'));

export const references = (): Record<string, Reference> =>
  JSON.parse(readFileSync(new URL('ipopt-reference.json', folder), 'utf8')) as Record<string, Reference>;
