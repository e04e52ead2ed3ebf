// Smallest margins of networks on digits: beside references, beside HiGHS' mixed-integer programs in the largest norm, and by the semidefinite
// relaxation in the Euclidean one. Processor time of one thread, a margin of ours and one of HiGHS' in turn.
//
//   npm run bench -- discrete/certifyNetwork        into bench/discrete/certifyNetwork.md and bench/discrete/certifyNetwork.results.json
//   npm run bench -- discrete/certifyNetwork 5      the first 5 rows of each list alone; nothing is written
//
// Without scipy our own runs alone.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type CertifiedRow, type CertifyNetworkSettings, certifyNetwork } from '../../src/discrete/index.js';
import { root } from '../shared/native.js';
import { Python } from '../shared/python.js';
import { describe, environment, mean, short, table, writeResults, writeSection } from '../shared/report.js';

const folder = join(process.env.NONCONVEX_SHARED ?? join(root, '..', 'shared'), 'problems', 'discrete', 'certify');
const rounds = 3;
const semidefinite = 20;
/** Radii in the Euclidean norm where there is no reference. */
const radii: Record<string, number> = { plain: 0.4, robust: 0.6 };

interface Reference {
  row: number;
  other: number;
  norm: 'inf' | 'two';
  radius: number;
  lower: number;
  upper: number;
}

interface Network {
  W1: number[][];
  b1: number[];
  W2: number[][];
  b2: number[];
}

interface Margin {
  x: number[];
  y: number;
  /** The known ends of the margin, of some rows. */
  reference?: Reference | undefined;
}

interface List {
  name: string;
  norm: 'inf' | 'two';
  network: Network;
  radius: number;
  margins: Margin[];
}

function read(most: number): List[] {
  const digits = JSON.parse(gunzipSync(readFileSync(join(folder, 'digits.json.gz'))).toString());
  const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'));
  const lists = Object.entries(reference).filter(([, list]) => Array.isArray(list)) as [string, Reference[]][];
  return lists.flatMap(([key, list]) =>
    (['inf', 'two'] as const).map((norm) => {
      const name = key.split(' ')[1] as string;
      const known = list.filter((each) => each.norm === norm);
      const margins = (digits.x as number[][]).slice(0, most).map((x, row) => {
        return { x, y: digits.y[row] as number, reference: known.find((each) => each.row === row) };
      });
      const radius = known[0]?.radius ?? (radii[name] as number);
      return { name, norm, network: digits.networks[name], radius, margins };
    }),
  );
}

const turned = (rows: number[][]) => (rows[0] as number[]).map((_, j) => rows.map((row) => row[j] as number));

/** Processor seconds of a margin of ours. */
async function ours(
  { network, norm, radius }: List,
  { x, y }: Margin,
  settings: Partial<CertifyNetworkSettings> = {},
): Promise<{ seconds: number; row: CertifiedRow }> {
  const layers = [
    { weights: turned(network.W1), biases: network.b1 },
    { weights: turned(network.W2), biases: network.b2 },
  ];
  const before = process.cpuUsage();
  const { rows } = await certifyNetwork(
    { network: { layers }, x: [x], y: [y] },
    { norm, radius, classes: 'runnerUp', goal: 'margin', threads: 1, ...settings },
  );
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, row: rows[0] as CertifiedRow };
}

interface Timed {
  ours: number;
  sign: number;
  peer: number;
  nodes: number;
  margin: number;
  off: number;
  peerOff: number;
  certified: boolean;
  attacked: boolean;
}

async function timedMargin(list: List, margin: Margin, highs: Python | undefined): Promise<Timed> {
  const made: Timed = {
    ...{ ours: Number.POSITIVE_INFINITY, sign: Number.POSITIVE_INFINITY, peer: Number.POSITIVE_INFINITY },
    ...{ nodes: 0, margin: 0, off: 0, peerOff: 0, certified: false, attacked: false },
  };
  const { lower = Number.NEGATIVE_INFINITY, upper = Number.POSITIVE_INFINITY } = margin.reference ?? {};
  const outside = (least: number) => Math.max(0, lower - least, least - upper);
  for (let round = 0; round < rounds; ++round) {
    const { seconds, row } = await ours(list, margin);
    made.ours = Math.min(made.ours, seconds);
    Object.assign(made, { nodes: row.nodes, margin: row.margin, certified: row.bound > 0, attacked: row.margin < 0 });
    made.off = Math.max(outside(row.margin), outside(row.bound));
    made.sign = Math.min(made.sign, (await ours(list, margin, { goal: 'sign' })).seconds);
    if (!highs || list.norm !== 'inf') continue;
    const [right, other] = [list.network.W2[margin.y] as number[], list.network.W2[row.against as number] as number[]];
    const c = (list.network.b2[margin.y] as number) - (list.network.b2[row.against as number] as number);
    const v = right.map((each, k) => each - (other[k] as number));
    const found = (await highs.ask({ x: margin.x, v, c, radius: list.radius })) as unknown as Record<string, number>;
    made.peer = Math.min(made.peer, found.seconds as number);
    // Both have a gap: what is not between the ends of the other is wrong.
    made.peerOff = Math.max(0, (found.bound as number) - row.margin, row.bound - (found.margin as number));
  }
  return made;
}

if (!existsSync(join(folder, 'reference.json'))) {
  console.log('skipped: the networks of ../shared/problems/discrete/certify are not there');
} else {
  await main(Number(process.argv[2] ?? Number.POSITIVE_INFINITY));
}

async function main(most: number): Promise<void> {
  const highs = await Python.start('bench/discrete/certify_peers.py');
  const milliseconds = (values: readonly number[]) => short(1000 * mean(values));
  const rows: string[][] = [];
  const relaxed: string[][] = [];
  const results: object[] = [];
  for (const list of read(most)) {
    if (list.margins.length === 0) continue;
    await highs?.ask({ W: list.network.W1, b: list.network.b1 });
    const radius = String(list.radius);
    // Code is compiled before it is timed.
    await timedMargin(list, list.margins[0] as Margin, highs);
    const all: Timed[] = [];
    for (const margin of list.margins) all.push(await timedMargin(list, margin, highs));
    const of = (member: 'ours' | 'sign' | 'peer' | 'nodes' | 'off' | 'peerOff') => all.map((each) => each[member]);
    const count = (member: 'certified' | 'attacked') => String(all.filter((each) => each[member]).length);
    const withPeer = highs && list.norm === 'inf';
    rows.push([
      ...[list.name, list.norm, radius, String(all.length), count('certified'), count('attacked')],
      ...[Math.max(...of('off')).toExponential(0), short(mean(of('nodes'))), String(Math.max(...of('nodes')))],
      ...[milliseconds(of('sign')), milliseconds(of('ours')), short(1000 * Math.max(...of('ours')))],
      ...(withPeer
        ? [milliseconds(of('peer')), short(1000 * Math.max(...of('peer'))), Math.max(...of('peerOff')).toExponential(0)]
        : ['', '', '']),
    ]);
    results.push({ network: list.name, norm: list.norm, radius: Number(radius), margins: all });
    console.log(rows.at(-1)?.join('  '));
    if (list.norm !== 'two') continue;
    const gaps: number[] = [];
    const times: number[] = [];
    for (const [k, margin] of list.margins.slice(0, semidefinite).entries()) {
      const { seconds, row } = await ours(list, margin, { method: 'lowRankSdp' });
      gaps.push((all[k] as Timed).margin - row.bound);
      times.push(seconds);
    }
    const above = gaps.filter((gap) => gap < 0).length;
    relaxed.push([
      list.name,
      radius,
      String(gaps.length),
      short(mean(gaps)),
      short(Math.max(...gaps)),
      String(above),
      milliseconds(times),
    ]);
    results.push({ network: list.name, method: 'lowRankSdp', gaps, seconds: times });
    console.log(relaxed.at(-1)?.join('  '));
  }
  highs?.end();
  const head = ['network', 'norm', 'radius', 'margins', 'robust', 'attacked', 'off the reference', 'nodes', 'most'];
  const whole = table([...head, 'sign, ms', 'margin, ms', 'most', 'HiGHS, ms', 'most', 'off HiGHS'], rows, 2);
  const bounds = table(['network', 'radius', 'margins', 'mean gap', 'largest', 'above the margin', 'ms'], relaxed);
  console.log(`\n${whole}\n\n${bounds}`);
  if (Number.isFinite(most)) return;
  writeResults('discrete/certifyNetwork', { environment: environment(), results });
  writeSection(
    'bench/discrete/certifyNetwork.md',
    'margins',
    `${describe(environment())}; HiGHS of scipy ${highs?.greeting.version ?? 'absent'}

Networks 64-40-10 on digits of 8 x 8 pixels, one trained plainly, one against attacks; the margin of the right class against the runner-up. Mean
processor milliseconds a margin, the least of ${rounds} rounds, each of one thread; HiGHS' mixed-integer program ends at its relative gap of 1e-4, ours at
an absolute one of 1e-5; \`off HiGHS\` is the most by which the ends of one exclude those of the other. References are there for 20 rows of each list but the last. \`sign\` is the time until the sign of the margin is known.

${whole}

The bound of \`method: 'lowRankSdp'\` on the first ${semidefinite} margins:

${bounds}`,
  );
}
