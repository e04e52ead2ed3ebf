// `nonconvex dag data.csv`: finds the directed graph with the least score.
import { basename } from 'node:path';
import type { Command } from 'commander';
import { addon, type SettingSchema } from '../core/addon.js';
import { toDense } from '../core/algebra.js';
import { certificateText } from '../core/certificateText.js';
import { visible } from '../core/check.js';
import { replaceFile } from '../core/replaceFile.js';
import { type LearnDagResult, type LearnDagSettings, learnDag } from '../discrete/learnDag.js';
import { toDot, toMermaid } from '../report/dag.js';
import { counted, figure } from '../report/text.js';
import { maxColumnsSetting, readData } from './dataFile.js';
import { addSettings, outlevSetting, parseSettings, UsageError } from './keywords.js';
import { checkOutputs } from './outputs.js';
import { print } from './print.js';
import { follow } from './progress.js';
import { reportOption, writeReport } from './reportFile.js';

type Texts = Record<string, string | true | undefined>;

const settingsOf = (): SettingSchema[] => [
  ...(addon().schema().solvers.learnDag?.settings ?? []),
  outlevSetting,
  maxColumnsSetting,
];

/** Adds the command to the program; `ended` takes the exit status: 0 when the graph is proved to be the best, 1 when it is not. */
export function addDag(program: Command, signal: AbortSignal, ended: (status: number) => void): void {
  const command = program
    .command('dag')
    .description('Find the directed graph without cycles that has the least score of the columns of a table.')
    .argument('<file>', 'a table of numbers, as .csv with names of columns')
    .option('--exclude <names>', 'columns that are left out, parted by commas')
    .option('--required <edges>', 'edges that the graph must have, such as "age>dose,dose>risk"')
    .option('--forbidden <edges>', 'edges that the graph must not have')
    .option('--tiers <names>', 'columns in tiers, the first causes first: names parted by commas, tiers by semicolons')
    .option('--dot <file>', 'write the graph in the language of Graphviz')
    .option('--mermaid <file>', 'write the graph in the language of Mermaid')
    .addOption(reportOption())
    .option('--json', 'print one JSON object instead of a log and edges')
    .addHelpText('after', '\nExample:\n  nonconvex dag data.csv --forbidden "risk>age" --report graph.html')
    .action(async (file: string, texts: Texts) => ended(await runDag(file, texts, signal)));
  addSettings(command, settingsOf());
}

async function runDag(file: string, texts: Texts, signal: AbortSignal): Promise<number> {
  const { exclude, dot, mermaid, report, json } = texts as Record<string, string>;
  const { outlev = 1, maxColumns, ...given } = parseSettings(settingsOf(), texts) as Record<string, number>;
  await checkOutputs({ '--dot': dot, '--mermaid': mermaid, '--report': report }, [file]);
  const data = await readData(file, { exclude, maxColumns, signal, missing: false, withoutTarget: true });
  const { names } = data;
  const x = toDense(data.x);
  if (!json) print(`${visible(basename(file))}: ${counted(x.rows, 'row')}, ${counted(x.columns, 'column')}\n`);
  const conditions = {
    ...edgesOf('required', texts, names),
    ...edgesOf('forbidden', texts, names),
    ...tiersOf(texts, names),
  };
  const settings = { ...given, ...conditions } as LearnDagSettings;
  const log = json || outlev === 0 ? undefined : follow('learnDag', settings, outlev);
  const result = await learnDag({ x, names }, { ...settings, signal, onProgress: log?.report });
  log?.end(result.history);
  if (dot !== undefined) await replaceFile(dot, `${toDot(result)}\n`);
  if (mermaid !== undefined) await replaceFile(mermaid, `${toMermaid(result)}\n`);
  await writeReport(report, result, { title: basename(file), settings });
  print(json ? JSON.stringify(jsonOf(result)) : textOf(result));
  if (!json && report !== undefined) print(`\nThe report is in ${report}.`);
  return result.certificate.kind === 'global' ? 0 : 1;
}

function columnOf(option: string, name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  throw new UsageError(`--${option} ${visible(name)}: there is no such column`);
}

/** Edges that an option names. */
function edgesOf(option: 'required' | 'forbidden', texts: Texts, names: readonly string[]): LearnDagSettings {
  const given = texts[option];
  if (typeof given !== 'string') return {};
  const edges = given.split(',').map((edge) => {
    const ends = edge.split('>').map((name) => name.trim());
    if (ends.length !== 2) throw new UsageError(`--${option} ${visible(edge)}: expected an edge such as a>b`);
    return ends.map((name) => columnOf(option, name, names)) as [string, string];
  });
  return { [option]: edges };
}

/** The number of the tier of each column. */
function tiersOf({ tiers }: Texts, names: readonly string[]): LearnDagSettings {
  if (typeof tiers !== 'string') return {};
  const lists = tiers.split(';').map((tier) => tier.split(',').map((name) => columnOf('tiers', name.trim(), names)));
  const numbers = names.map((name) => lists.findIndex((tier) => tier.includes(name)));
  const missing = numbers.indexOf(-1);
  if (missing >= 0)
    throw new UsageError(`--tiers: expected all columns, ${visible(names[missing] as string)} is missing`);
  return { tiers: numbers };
}

function jsonOf(result: LearnDagResult): object {
  const { status, message, score, certificate, method, penalty, variance, edges, pattern, order, names } = result;
  const { varsortability, seconds } = result;
  return {
    ...{ status, message, score, certificate, method, penalty, variance, edges, pattern },
    ...{ order: order.map((j) => names[j]), varsortability, seconds },
  };
}

function textOf({ message, score, certificate, edges, pattern, varsortability }: LearnDagResult): string {
  const facts = [
    ['score', figure(score, 8)],
    ['certificate', certificateText(certificate)],
    ['varsortability', figure(varsortability, 3)],
  ].map(([name = '', value]) => `${name.padEnd(22)}${value}`);
  const directed = new Set(pattern.filter((edge) => edge.directed).map(({ from, to }) => JSON.stringify([from, to])));
  const head = ['from', 'to', 'weight', 'gain', 'direction is told'];
  const rows = edges.map(({ from, to, weight, gain }) => [
    ...[from, to, figure(weight, 5), figure(gain, 5)],
    directed.has(JSON.stringify([from, to])) ? 'yes' : 'no',
  ]);
  const widths = head.map((title, c) => Math.max(title.length, ...rows.map((row) => (row[c] as string).length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, c) => (c < 2 ? cell.padEnd(widths[c] as number) : cell.padStart(widths[c] as number))).join('  ');
  return [visible(message), ...facts, '', ...[head, ...rows].map((row) => visible(line(row)))].join('\n');
}
