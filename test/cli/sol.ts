// A reader of .sol files, strict about what AMPL, Pyomo and AmplNLWriter rely on; it knows nothing of the writer.

export interface Sol {
  message: string;
  options: number[];
  constraints: number;
  duals: number[];
  variables: number;
  x: number[];
  objective: number;
  /** solve_result_num */
  code: number;
  /** Numbers of the variables by the names of suffixes. */
  suffixes: Record<string, Record<number, number>>;
}

export function readSol(text: string): Sol {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('the last line does not end');
  const next = (): string => {
    const line = lines.shift();
    if (line === undefined) throw new Error('the file ends too early');
    return line;
  };
  const number = (pattern: RegExp): number => {
    const line = next();
    if (!pattern.test(line)) throw new Error(`unexpected line '${line}'`);
    return Number(line.replace('inf', 'Infinity'));
  };
  const integer = (): number => number(/^\d+$/);
  const real = (): number => number(/^-?(\d+(\.\d+)?(e[+-]?\d+)?|inf)$|^nan$/);
  const many = (count: number, read: () => number): number[] => Array.from({ length: count }, read);

  const message: string[] = [];
  for (let line = next(); line !== ''; line = next()) message.push(line);
  if (next() !== 'Options') throw new Error('no Options');
  let count = integer();
  const options = [integer(), integer()];
  const vbtol = options[1] === 3;
  if (vbtol) count -= 2;
  options.push(...many(count - 2, integer));
  const constraints = integer();
  const dualsGiven = integer();
  const variables = integer();
  const xGiven = integer();
  if (vbtol) real();
  const duals = many(dualsGiven, real);
  const x = many(xGiven, real);
  const [, objective, code] = /^objno (-?\d+) (\d+)$/.exec(next()) ?? [];
  const suffixes: Sol['suffixes'] = {};
  while (lines.length > 0) {
    const [, count, length] = /^suffix 4 ([1-9]\d*) (\d+) 0 0$/.exec(next()) ?? [];
    const name = next();
    if (Number(length) !== name.length + 1) throw new Error(`length ${length} of '${name}'`);
    const pairs = Array.from({ length: Number(count) }, () => /^(\d+) (\S+)$/.exec(next()) ?? []);
    suffixes[name] = Object.fromEntries(pairs.map(([, index, value]) => [Number(index), Number(value)]));
  }
  if (lines.length > 0) throw new Error(`more after the end: '${lines[0]}'`);
  return {
    message: message.join('\n'),
    options,
    constraints,
    duals,
    variables,
    x,
    objective: Number(objective),
    code: Number(code),
    suffixes,
  };
}
