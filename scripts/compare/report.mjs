// The differences between two results, in words.
import { createHash } from 'node:crypto';

function sameBits(a, b) {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) return Object.is(a, b);
  const bytes = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);
  return a.constructor === b.constructor && bytes(a).equals(bytes(b));
}

/** A name with new words in place of old ones. What is renamed may be several words, as in certificate.delta. */
export const nowNamed = (name, renamed) =>
  Object.entries(renamed).reduce((text, [old, now]) => text.replaceAll(new RegExp(`\\b${old}\\b`, 'g'), now), name);

/** Members that two results do not share, with what to say of them. `renamed` has new names of words in names of members. */
export function differencesOf(before, after, renamed = {}) {
  const old = new Map([...before].map(([member, value]) => [nowNamed(member, renamed), value]));
  return [...new Set([...old.keys(), ...after.keys()])].flatMap((member) => {
    const [a, b] = [old.get(member), after.get(member)];
    return sameBits(a, b) ? [] : [{ member, before: plain(a), after: plain(b), ...measure(a, b) }];
  });
}

/** How far apart numbers are, relative to the largest of them: infinitely where one is none, or not finite. */
function measure(a, b) {
  const [p, q] = [a, b].map((each) => (typeof each === 'number' ? [each] : each));
  if (!ArrayBuffer.isView(p) && !Array.isArray(p)) return {};
  if (p.length !== q?.length || p.length === 0 || typeof q === 'string') return {};
  let [apart, size, place, count] = [-1, 0, 0, 0];
  for (let i = 0; i < p.length; ++i) {
    for (const each of [p[i], q[i]]) if (Number.isFinite(each)) size = Math.max(size, Math.abs(each));
    if (Object.is(p[i], q[i])) continue;
    ++count;
    const difference = Math.abs(p[i] - q[i]);
    const far = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    if (far > apart) [apart, place] = [far, i];
  }
  if (count === 0) return {};
  const relative = apart === 0 ? 0 : apart / (size || 1);
  return { relative, ...(typeof a !== 'number' && { count, place, at: [p[place], q[place]] }) };
}

/** A value for people and JSON: of an array its length and a hash of its bytes. */
export function plain(value) {
  if (ArrayBuffer.isView(value)) {
    const sha256 = createHash('sha256').update(value).digest('hex').slice(0, 16);
    return { length: value.length, sha256 };
  }
  return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? show(value) : value;
}

function show(value) {
  if (value === undefined) return 'absent';
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'object' ? `${value.sha256} (${value.length} numbers)` : String(value);
}

/** `coefficients: 4f0a (12 numbers) -> 81c2 (12 numbers), relative 1.1e-16, 1 of 12, most at [3]: 0.5 -> 0.5000000000000001`. */
export function describe({ member, before, after, relative, count, place, at }) {
  const where = at ? `, ${count} of ${before.length}, most at [${place}]: ${show(at[0])} -> ${show(at[1])}` : '';
  const size = relative === undefined ? '' : `, relative ${relative.toExponential(1)}`;
  return `${member}: ${show(before)} -> ${show(after)}${size}${where}`;
}

export const ofThreads = (count) => `${count} ${count === 1 ? 'thread' : 'threads'}`;

/** One line of a part: `solves` as compare.mjs has them. */
export function summary(part, threads, solves) {
  const counts = new Map();
  for (const { status = 'no status', failed } of solves) {
    const key = failed ? 'FAILED' : status;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const statuses = [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
  const different = solves.filter(({ differences }) => differences.length > 0);
  const members = different.reduce((sum, { differences }) => sum + differences.length, 0);
  const seconds = [0, 1].map((side) =>
    solves.reduce((sum, { answers }) => sum + (answers[side]?.wall ?? 0), 0).toFixed(1),
  );
  return (
    `${part}, ${ofThreads(threads)}: ${solves.length} cases (${statuses}), ` +
    `${members} differences${members > 0 ? ` in ${different.length} cases` : ''}; ${seconds[0]} s and ${seconds[1]} s`
  );
}

/** Lines of a part's times. */
export function timeSummary(part, threads, solves) {
  const timed = solves.filter(({ time }) => time);
  const ratio = ({ time: { before, after } }, kind) => after[kind] / before[kind];
  const titles = {
    seconds: 'seconds of the results',
    wall: 'wall time of the calls',
    processor: 'processor seconds of the calls',
  };
  return Object.entries(titles).flatMap(([kind, title]) => {
    const some = timed.filter(({ time }) => time.before[kind] > 0 && time.after[kind] > 0);
    if (some.length === 0) return [];
    const mean = Math.exp(some.reduce((sum, solve) => sum + Math.log(ratio(solve, kind)), 0) / some.length);
    const worst = some.sort((p, q) => ratio(q, kind) - ratio(p, kind)).slice(0, 5);
    const list = worst.map((solve) => {
      const [a, b] = [solve.time.before, solve.time.after].map((each) => (1e3 * each[kind]).toPrecision(3));
      return `    ${ratio(solve, kind).toFixed(3)}  ${solve.name}: ${a} ms -> ${b} ms`;
    });
    return [
      `${part}, ${ofThreads(threads)}, ${title}, after / before: ${mean.toFixed(3)} over ${some.length}; worst:`,
      ...list,
    ];
  });
}

/** A case for the JSON file. */
export function reported({ name, differences, time, answers: [answer] }) {
  const result = Object.fromEntries([...(answer?.members ?? [])].map(([member, value]) => [member, plain(value)]));
  return { name, result, differences, ...(time && { time }) };
}
