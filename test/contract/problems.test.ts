// Every member of every problem, from the schema alone: missing, of a wrong type, of a wrong size, not finite, out of bounds. Numbers of
// matrices are checked by the solver that reads them, the others by the table.
import { describe, expect, it, vi } from 'vitest';
import { addon, type InputSchema, type SolverSchema } from '../../src/core/addon.js';
import { solve, solverFixtures } from './fixtures.js';

const native = addon();
const { solvers } = native.schema();

type Members = Record<string, unknown>;
interface Matrix {
  data: Float64Array;
  rows: number;
  columns: number;
}
type Wrong = [what: string, value: unknown, where?: string];

/** The request of a fixture to the addon. */
async function requestOf(solver: string): Promise<{ problem: Members; settings: object }> {
  const sent = vi.spyOn(native, 'solve');
  await solve((solverFixtures[solver] as (typeof solverFixtures)[string]).small, { maxIterations: 1 });
  const call = sent.mock.calls.find(([name]) => name === solver);
  sent.mockRestore();
  const [, problem, settings] = call as unknown as [string, Members, object];
  return { problem: { ...problem }, settings };
}

/** A number within the bounds of a member. */
function numberWithin({ lower, upper, openLower, openUpper }: InputSchema): number {
  const fits = (value: number) =>
    (openLower ? value > lower : value >= lower) && (openUpper ? value < upper : value <= upper);
  return [1, 0, lower, upper].find(fits) as number;
}

/** Sizes by name, as the members of a request have them. */
type Sizes = Map<string, number>;
const sizeOf = (sizes: Sizes, name: string | undefined): number => {
  if (name === undefined) return 2;
  if (!sizes.has(name)) sizes.set(name, 2);
  return sizes.get(name) as number;
};

/** A value that a member may have beside the sizes that are known. */
function valueFor(member: InputSchema, sizes: Sizes): unknown {
  const { type, rows, columns, times, more } = member;
  if (Array.isArray(type)) return type[0];
  if (typeof type === 'object') {
    const made = Object.fromEntries(
      (type.fields ?? type.items ?? []).map((each) => [each.name, valueFor(each, sizes)]),
    );
    return type.items ? [made] : made;
  }
  if (type === 'boolean') return false;
  if (type.includes('Matrix')) {
    const [n, p] = [sizeOf(sizes, rows), sizeOf(sizes, columns) + more];
    return { data: new Float64Array(n * p).fill(numberWithin(member)), rows: n, columns: p };
  }
  if (type === 'Int32Array') {
    if (member.rising) return Int32Array.of(0, sizeOf(sizes, member.below));
    return new Int32Array(rows === undefined ? 1 : sizeOf(sizes, rows) + more);
  }
  if (type !== 'Float64Array') return numberWithin(member);
  const length = sizeOf(sizes, rows) * (times === undefined ? 1 : sizeOf(sizes, times)) + more;
  return Float64Array.from({ length }, (_, k) => numberWithin(member) + (member.falling ? length - k : 0));
}

/** Notes the sizes that a value gives, and says whether any was known before, so that another one is refused here. */
function noteSizes({ type, rows, columns, times, more }: InputSchema, value: unknown, sizes: Sizes): boolean[] {
  const note = (name: string | undefined, size: number): boolean => {
    if (name === undefined) return false;
    if (sizes.has(name)) return true;
    sizes.set(name, size);
    return false;
  };
  if (typeof type !== 'string') return [];
  if (type.includes('Matrix')) {
    const matrix = value as Matrix;
    return [note(rows, matrix.rows), note(columns, matrix.columns - more)];
  }
  if (type.endsWith('Array')) {
    const factor = times === undefined ? 1 : sizeOf(sizes, times);
    return [note(rows, ((value as Float64Array).length - more) / factor)];
  }
  if (rows !== undefined) note(rows, value as number);
  return [];
}

const changed = <Numbers extends Float64Array | Int32Array>(numbers: Numbers, at: number, value: number): Numbers => {
  const made = numbers.slice() as Numbers;
  made[at] = value;
  return made;
};

/** Numbers that a member must not have. */
function wrongNumbers({ lower, upper, openLower, openUpper }: InputSchema, integers: boolean): [string, number][] {
  return [
    ...(integers ? [] : ([['NaN', Number.NaN]] as [string, number][])),
    ...(openUpper && upper === Infinity && !integers ? ([['infinite', Infinity]] as [string, number][]) : []),
    ...(Number.isFinite(lower) ? ([['below', openLower ? lower : lower - 1]] as [string, number][]) : []),
    ...(Number.isFinite(upper) ? ([['above', openUpper ? upper : upper + 1]] as [string, number][]) : []),
  ];
}

/** Values that a member must not have; `known`: the sizes that other members have given. */
function wrongValues(member: InputSchema, value: unknown, sizes: Sizes, known: boolean[]): Wrong[] {
  const { type, optional, below, distinct, rising, falling } = member;
  const missing: Wrong[] = optional ? [] : [['missing', undefined]];
  if (Array.isArray(type)) return [...missing, ['a number', 1], ['another name', 'nonsense']];
  if (typeof type === 'object' || type === 'boolean') return [...missing, ['a text', 'text']];
  const typed: Wrong[] = [...missing, ['a text', 'text'], ['null', null]];
  if (type.includes('Matrix')) {
    const { rows, columns, data } = value as Matrix;
    const ones = (n: number, p: number): Matrix => ({ data: new Float64Array(n * p).fill(1), rows: n, columns: p });
    return [
      ...typed,
      ...(known[0] ? ([['one more row', ones(rows + 1, columns)]] as Wrong[]) : []),
      ...(known[1] ? ([['one more column', ones(rows, columns + 1)]] as Wrong[]) : []),
      ['fewer numbers', { data: data.slice(1), rows, columns }],
      ...wrongNumbers(member, false).map(
        ([what, each]): Wrong => [`${what} first`, { data: changed(data, 0, each), rows, columns }, '[0'],
      ),
    ];
  }
  if (!type.endsWith('Array')) {
    return [...typed, ...wrongNumbers(member, type === 'integer').map(([what, each]): Wrong => [what, each])];
  }
  const numbers = value as Float64Array;
  const longer = known[0]
    ? [['one more', (numbers.constructor as Float64ArrayConstructor).of(...numbers, 1)] as Wrong]
    : [];
  const entries = wrongNumbers(member, type === 'Int32Array').map(
    ([what, each]): Wrong => [`${what} first`, changed(numbers, 0, each), '[0]'],
  );
  const limit =
    below === undefined || rising ? [] : [['at its limit', changed(numbers, 0, sizeOf(sizes, below)), '[0]'] as Wrong];
  const twice = distinct ? [['twice', Int32Array.of(0, 0), '[1]'] as Wrong] : [];
  const { of } = numbers.constructor as Float64ArrayConstructor;
  const [first = 0] = numbers;
  const equal = rising || falling ? [['no step', of.call(numbers.constructor, first, first)] as Wrong] : [];
  return [...typed, ...longer, ...entries, ...limit, ...twice, ...equal];
}

/** Calls try(path, problem with one wrong value, ...) for everything that may be wrong in the members. */
function* mutations(
  members: readonly InputSchema[],
  values: Members,
  sizes: Sizes,
  path = '',
): Generator<{ at: string; what: string; made: Members }> {
  for (const member of members) {
    const at = `${path}${member.name}`;
    const given = values[member.name] !== undefined;
    const value = given ? values[member.name] : valueFor(member, new Map(sizes));
    const known = noteSizes(member, value, sizes);
    for (const [what, wrong, where = ''] of wrongValues(member, value, sizes, known)) {
      yield { at: `${at}${where}`, what, made: { ...values, [member.name]: wrong } };
    }
    const { fields, items } = typeof member.type === 'object' && !Array.isArray(member.type) ? member.type : {};
    const inner = (items ? (value as Members[])[0] : value) as Members;
    if (!(fields ?? items) || inner === undefined) continue;
    const within = `${at}${items ? '[0]' : ''}.`;
    for (const { made, ...rest } of mutations(fields ?? items ?? [], inner, sizes, within)) {
      yield { ...rest, made: { ...values, [member.name]: items ? [made] : made } };
    }
  }
}

describe.each(Object.keys(solverFixtures))('%s', (solver) => {
  const { problem: members } = solvers[solver] as SolverSchema;

  it('refuses members that are wrong, and names them', async () => {
    const { problem, settings } = await requestOf(solver);
    let number = 2 ** 40;
    for (const { at, what, made } of mutations(members, problem, new Map())) {
      const error = await Promise.resolve()
        .then(() => native.solve(solver, made, settings, undefined, false, ++number))
        .then(
          () => undefined,
          (reason: unknown) => reason as Error,
        );
      const message = error?.message ?? 'accepted';
      // Users give the members of `regression` themselves.
      const named = message.startsWith(at) || message.startsWith(at.replace(/^regression\./, ''));
      expect(named, `${at}, ${what}: ${message}`).toBe(true);
      expect(error instanceof TypeError || error instanceof RangeError, `${at}, ${what}: ${String(error)}`).toBe(true);
      expect(message).toMatch(/expected /);
    }
  });

  it('has a sentence for each', () => {
    for (const { doc } of members) expect(doc).toMatch(/^[A-Z].*\.$/s);
  });
});
