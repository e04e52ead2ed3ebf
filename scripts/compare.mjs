// Solves the same cases with the libraries of two builds and compares what a user gets, bit for bit:
//   node scripts/compare.mjs BEFORE AFTER [options]          compares
//   node scripts/compare.mjs CHECKOUT --record FILE [options] writes a record of what CHECKOUT answers
// BEFORE and AFTER are built checkouts, or records.
//     --only NAMES      groups or parts of them, such as relu,sparse/paths; default: all
//     --threads COUNTS  threads of the libraries, such as 1,2: the comparison is made for each; default: 1
//     --time ROUNDS     times every case of two checkouts as well, so many times in turn; processor seconds are of all threads
//     --renamed NAMES   words in names of members and cases that are others in AFTER: df=degreesOfFreedom,gaps=gap
//     --json FILE       writes results, differences and times
//     --list            prints the parts
// Exit status 1 says that something differs, could not be solved or is no longer there. Seconds and messages are not compared.
//
// The cases are those of the checkout of this program, scripts/compare/problems and test/*/honesty.ts, for both sides. Where
// names of settings or functions change, the old program writes a record, with which the new one compares.
// Files of problems and data are looked for beside the checkout of this program, in ../shared/problems and ../shared/data, or where
// NONCONVEX_PROBLEMS and NONCONVEX_DATA say; what is not there is skipped with a line.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { builtFiles } from './compare/library.mjs';
import { chosenParts, parts } from './compare/parts.mjs';
import { Recorded, readRecord, writeRecord } from './compare/record.mjs';
import { describe, differencesOf, nowNamed, plain, reported, summary, timeSummary } from './compare/report.mjs';
import { Checkout } from './compare/run.mjs';
import { timePart } from './compare/time.mjs';
import { main, root } from './shared.mjs';

const shared = join(root, '..', 'shared');
const folders = {
  problems: process.env.NONCONVEX_PROBLEMS ?? join(shared, 'problems'),
  data: process.env.NONCONVEX_DATA ?? join(shared, 'data'),
};

/** A side: its build and machine, and `open(threads)`, which gives something with `list`, `solve`, `time` and `end`. */
function sideOf(path) {
  const place = resolve(path);
  if (!statSync(place, { throwIfNoEntry: false })) throw new Error(`${path}: expected a checkout or a record`);
  if (statSync(place).isFile()) {
    const record = readRecord(place);
    return { ...record, path, recorded: true, open: (threads) => new Recorded(record, threads) };
  }
  const build = Object.values(builtFiles(place)).map((file) => plain(readFileSync(file)).sha256);
  const open = (threads) => new Checkout({ checkout: place, ...folders }, threads);
  return { build, node: process.version, cpu: cpus()[0]?.model, path, open };
}

const say = (title, { path, build: [addon, index] }) =>
  console.log(`${title}: ${path}, addon ${addon}, index.js ${index}`);

/** One case on both sides, with what differs. */
function compared(part, name, answers, renamed) {
  const [a, b] = answers;
  const failed = a.error !== undefined || b.error !== undefined;
  const differences = failed
    ? [{ member: 'failed', before: a.error ?? 'solved', after: b.error ?? 'solved' }]
    : differencesOf(a.members, b.members, renamed);
  for (const difference of differences) console.log(`  ${part}: ${name}: ${describe(difference)}`);
  return { name, differences, failed, status: b.members?.get('status'), answers };
}

/** Solves each case of a part on both sides at a time, and prints what differs. */
async function comparePart(part, sides, renamed) {
  const [before, after] = await Promise.all(sides.map((side) => side.list(part)));
  for (const line of new Set([...before.skipped, ...after.skipped])) console.log(`skipped: ${part}: ${line}`);
  if (before.error !== undefined || after.error !== undefined)
    return [compared(part, 'the list of cases', [before, after], renamed)];
  const now = new Set(after.names);
  const nameNow = (name) => (now.has(name) ? name : nowNamed(name, renamed));
  const old = new Set(before.names.map(nameNow));
  const solves = [];
  for (const name of before.names.filter((each) => now.has(nameNow(each)))) {
    const answers = await Promise.all([sides[0].solve(part, name), sides[1].solve(part, nameNow(name))]);
    solves.push(compared(part, nameNow(name), answers, renamed));
  }
  for (const name of before.names.filter((each) => !now.has(nameNow(each)))) {
    solves.push(compared(part, name, [await sides[0].solve(part, name), { error: 'there is no such case' }], renamed));
  }
  const added = after.names.filter((name) => !old.has(name));
  if (added.length > 0) console.log(`${part}: ${added.length} cases that BEFORE does not have, such as ${added[0]}`);
  return solves;
}

/** Parts of a record that this program no longer has. */
const gone = ({ parts: recorded }, known) =>
  [...new Set(recorded.map(({ part }) => part))].filter((part) => !known.includes(part));

async function compareAll([before, after], { all, only, threads, time, renamed, json }) {
  say('before', before);
  say('after', after);
  if (before.build.join() === after.build.join()) console.log('both are the same build');
  if (before.cpu !== after.cpu) console.log(`BEFORE was recorded on ${before.cpu}, this is ${after.cpu}`);
  const lost = all && before.recorded ? gone(before, only) : [];
  for (const part of lost) console.log(`${part}: BEFORE has these cases, which there are no longer`);
  const report = { before: before.build, after: after.build, node: process.version, cpu: after.cpu, groups: [] };
  let different = lost.length;
  for (const count of threads) {
    const sides = [before, after].map((side) => side.open(count));
    try {
      for (const part of only) {
        const solves = await comparePart(part, sides, renamed);
        console.log(summary(part, count, solves));
        if (time > 0) {
          await timePart(part, sides, solves, time);
          for (const line of timeSummary(part, count, solves)) console.log(line);
        }
        different += solves.filter(({ differences }) => differences.length > 0).length;
        report.groups.push({ group: part, threads: count, solves: solves.map(reported) });
      }
    } finally {
      for (const side of sides) side.end();
    }
  }
  if (json) writeFileSync(json, `${JSON.stringify({ ...report, rounds: time })}\n`);
  if (different > 0) process.exitCode = 1;
}

async function recordAll({ build, node, cpu, open }, { only, threads, record }) {
  const all = [];
  for (const count of threads) {
    const side = open(count);
    try {
      for (const part of only) {
        const { names, skipped, error } = await side.list(part);
        if (error !== undefined) throw new Error(`${part}: ${error}`);
        for (const line of skipped) console.log(`skipped: ${part}: ${line}`);
        const cases = [];
        for (const name of names) cases.push({ name, ...(await side.solve(part, name)) });
        all.push({ part, threads: count, cases });
      }
    } finally {
      side.end();
    }
  }
  writeRecord(record, { build, node, cpu, parts: all });
  const cases = all.flatMap((each) => each.cases);
  const failed = cases.filter(({ error }) => error !== undefined).length;
  console.log(`${record}: ${cases.length} cases${failed > 0 ? `, of which ${failed} failed` : ''}`);
}

/** The command line, checked. */
function given() {
  const text = { type: 'string' };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: text,
      threads: text,
      time: text,
      renamed: text,
      json: text,
      record: text,
      list: { type: 'boolean' },
    },
  });
  const threads = (values.threads ?? '1').split(',').map(Number);
  const time = Number(values.time ?? 0);
  const renamed = (values.renamed ?? '').split(',').filter((pair) => pair !== '');
  if (!threads.every((count) => Number.isInteger(count) && count > 0)) throw new Error(`--threads ${values.threads}`);
  if (!(Number.isInteger(time) && time >= 0)) throw new Error(`--time ${values.time}: expected a number of rounds`);
  if (!renamed.every((pair) => /^[\w.]+=[\w.]+$/.test(pair)))
    throw new Error(`--renamed ${values.renamed}: expected a=b,c=d`);
  return {
    settings: {
      ...{ ...values, all: values.only === undefined, only: chosenParts(values.only), threads, time },
      renamed: Object.fromEntries(renamed.map((pair) => pair.split('='))),
    },
    paths: positionals,
  };
}

main(async () => {
  const { settings, paths } = given();
  if (settings.list) {
    for (const [part, file] of parts()) console.log(`${part}  ${file}`);
    return;
  }
  const wanted = settings.record === undefined ? 2 : 1;
  if (paths.length !== wanted)
    throw new Error(
      'expected two builds, node scripts/compare.mjs BEFORE AFTER, or one and a file, CHECKOUT --record FILE',
    );
  const sides = paths.map(sideOf);
  const recorded = sides.find((side) => side.recorded);
  if (recorded && (settings.time > 0 || settings.record !== undefined))
    throw new Error(`${recorded.path}: expected a checkout with --time or --record, got a record`);
  await (settings.record === undefined ? compareAll(sides, settings) : recordAll(sides[0], settings));
});
