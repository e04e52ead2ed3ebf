// Files with changes at random.
import type { Chance } from './torture.js';

const words = [
  '',
  '-1',
  '0',
  '1e999',
  'nan',
  'inf',
  '2147483647',
  '2147483648',
  '99999999999999999999',
  '1e-400',
  '\0',
  '%',
  ':',
  '#',
  '\n',
  '\n\n',
  ' ',
  '\ufeff',
  'x'.repeat(300),
];

/** A file with a few bytes, words or lines changed. */
export function mutated(sample: Uint8Array, chance: Chance): Buffer {
  let bytes = Buffer.from(sample);
  for (let k = chance.below(4); k >= 0; --k) {
    const at = chance.below(bytes.length + 1);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const flipped = Buffer.of((after[0] ?? 0) ^ (1 << chance.below(8)));
    switch (chance.below(7)) {
      case 0:
        bytes = Buffer.concat([before, flipped, after.subarray(1)]);
        break;
      case 1:
        bytes = Buffer.concat([before, after.subarray(1 + chance.below(4))]);
        break;
      case 2:
        bytes = Buffer.concat([before, Buffer.from(chance.of(words)), after]);
        break;
      case 3:
        bytes = before;
        break;
      case 4: {
        const numbers = [...bytes.toString('latin1').matchAll(/\d+/g)];
        const found = numbers.length > 0 ? chance.of(numbers) : undefined;
        if (!found) break;
        const end = found.index + found[0].length;
        bytes = Buffer.concat([bytes.subarray(0, found.index), Buffer.from(chance.of(words)), bytes.subarray(end)]);
        break;
      }
      case 5:
        bytes = Buffer.concat([before, bytes.subarray(chance.below(bytes.length), at), after]);
        break;
      default: {
        const lines = bytes.toString('latin1').split('\n');
        const [i, j] = [chance.below(lines.length), chance.below(lines.length)];
        [lines[i], lines[j]] = [lines[j] as string, lines[i] as string];
        bytes = Buffer.from(lines.join('\n'), 'latin1');
      }
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}
