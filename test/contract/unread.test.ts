// Solves that are aborted while their data are copied: what each solver answers then, without a look at the data.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Addon, addon, answersUnread } from '../../src/core/addon.js';
import { unpack } from '../../src/core/packed.js';
import { type Problem, solve, solverFixtures } from './fixtures.js';

type Call = Parameters<Addon['solve']>;

/** The arguments of the addon for a problem. */
async function callOf(problem: Problem): Promise<Call> {
  const calls: Call[] = [];
  const native = addon();
  const real = native.solve;
  vi.spyOn(native, 'solve').mockImplementation((...call) => {
    calls.push(call);
    return real(...call);
  });
  await solve(problem);
  vi.restoreAllMocks();
  return calls[0] as Call;
}

/** A problem with a copy that was left instead of each array of its data. */
function unread(value: object, data: RegExp, path = ''): object {
  const entries = Object.entries(value).map(([name, member]): [string, unknown] => {
    const place = path === '' ? name : `${path}.${name}`;
    if (typeof member !== 'object' || member === null) return [name, member];
    if (Array.isArray(member))
      return [name, member.map((each) => (typeof each === 'object' ? unread(each, data, place) : each))];
    if (!ArrayBuffer.isView(member)) return [name, name === 'program' ? member : unread(member, data, place)];
    if (!data.test(place)) return [name, member];
    const copy = addon().beginCopy({ name: place, array: member });
    addon().leaveCopy({ copy });
    return [name, copy];
  });
  return Object.fromEntries(entries);
}

afterEach(() => vi.restoreAllMocks());

const solvers = Object.entries(solverFixtures).filter(([name, { small }]) => !small.direct && answersUnread(name));

/** Members of problems that grow large. */
const data = /^(x|A|matrices)\b/;

it('solvers with matrices of data have an answer without them', async () => {
  const missing: string[] = [];
  for (const [name, { small }] of Object.entries(solverFixtures)) {
    if (small.direct || answersUnread(name)) continue;
    const [, problem] = await callOf(small);
    if (Object.keys(problem).some((member) => data.test(member))) missing.push(name);
  }
  // Their constructors look at the rows, which are some thousands at most: an abort is answered once these are copied.
  expect(missing.sort()).toEqual(['adversarialBayes', 'certifyNetwork']);
});

describe.each(solvers)('%s', (name, { small }) => {
  it('is aborted, before anything was done', async () => {
    const [, problem, settings] = await callOf(small);
    const left = unread(problem, data);
    const given = 'program' in left ? { ...left, unread: true } : left;
    const { status, iterations } = unpack(await addon().solve(name, given, settings, undefined, true, 0), addon());
    expect({ status, iterations }).toEqual({ status: 'aborted', iterations: 0 });
  });
});
