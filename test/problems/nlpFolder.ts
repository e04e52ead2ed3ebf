// The .nl files of ../shared/problems/nlp, in archives, with Ipopt's results, where they are there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const folder = new URL('../../../shared/problems/nlp/', import.meta.url);

export const available = existsSync(folder);
if (!available) console.warn('skipped: AMPL models with inequalities, as ../shared/problems/nlp is not there');

export interface NlpReference {
  n: number;
  m: number;
  kind: string;
  equalities: number;
  inequalities: number;
  ranges: number;
  bounded: number;
  binary: boolean;
  status: string;
  objective: number;
  iterations: number;
}

/** The known facts of each model, by its name. */
export const references = (): Record<string, NlpReference> =>
  available
    ? (JSON.parse(readFileSync(new URL('ipopt-reference.json', folder), 'utf8')) as Record<string, NlpReference>)
    : {};

/** The bytes of each model, by its name. */
export function models(): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  if (!available) return found;
  for (const archive of readdirSync(folder).filter((name) => name.endsWith('.tar.gz'))) {
    for (const [name, bytes] of filesOf(gunzipSync(readFileSync(new URL(archive, folder))))) {
      if (name.endsWith('.nl')) found.set(name.replace(/^.*\/|\.nl$/g, ''), bytes);
    }
  }
  return found;
}

/** The files of a tar archive: blocks of 512 bytes, a header with name and size before each file's own. */
function* filesOf(tar: Uint8Array): Iterable<[string, Uint8Array]> {
  const block = 512;
  const text = (from: number, length: number) =>
    new TextDecoder().decode(tar.subarray(from, from + length)).replace(/\0.*$/s, '');
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    yield [text(at, 100), tar.subarray(at + block, at + block + size)];
    at += block + Math.ceil(size / block) * block;
  }
}
