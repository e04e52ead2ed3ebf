// The numeric constants of a file of C++, where they stand and the comments that they have.

export interface Constant {
  place: string;
  name: string;
  comment: string;
  inTuning: boolean;
}

const declaration =
  /^(\s*)(?:static |inline )*constexpr (?:double|float|int|long|unsigned|std::u?int\d+_t|std::size_t|auto) (\w+) ?(?:=|\{) ?-?[\d.]/;

const member = /^\s+(?:double|float|int|std::size_t) (\w+) = -?[\d.]/;

/**
 * The constants of a file of C++ that are given by a number, outside of functions, and the members of a Tuning that are, with the comment that each has. Constants of a Tuning on
 * consecutive lines share the comment above the first one.
 */
export function constantsOf(file: string, text: string): Constant[] {
  const lines = text.split('\n');
  const found: Constant[] = [];
  let tuning: string | undefined; // the indentation of the struct that is open
  lines.forEach((line, index) => {
    tuning ??= /^(\s*)struct (?:\w+(?:<\w+>)?::)*\w*Tuning \{/.exec(line)?.[1];
    if (tuning !== undefined && line.startsWith(`${tuning}};`)) tuning = undefined;
    const [, indent, name = tuning === undefined ? undefined : member.exec(line)?.[1]] = declaration.exec(line) ?? [];
    const inFunction = indent !== '' && tuning === undefined && !line.includes('static ');
    if (name === undefined || inFunction) return;
    const before = found.at(-1);
    const shared =
      tuning !== undefined && [declaration, member].some((each) => each.test(lines[index - 1] ?? ''))
        ? before?.comment
        : undefined;
    const comment = commentOf(lines, index) || (shared ?? '');
    found.push({ place: `${file}:${index + 1}: ${name}`, name, comment, inTuning: tuning !== undefined });
  });
  return found;
}

/** The comment behind a declaration, on lines of the declaration, or above it. */
function commentOf(lines: string[], index: number): string {
  let last = index;
  while (!/;/.test(lines[last] ?? ';')) ++last;
  const behind = /\/\/\/?<? ?(.*)/.exec(lines.slice(index, last + 1).join(' '))?.[1];
  if (behind) return behind;
  const above: string[] = [];
  for (let at = index - 1; /^\s*\/\//.test(lines[at] ?? ''); --at) {
    above.unshift((lines[at] as string).replace(/^\s*\/\/+ ?/, ''));
  }
  return above.join(' ');
}
