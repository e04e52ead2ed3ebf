// `nonconvex certify model.json data.csv --radius 0.1`: proves that a network keeps its predictions, or finds what changes them.
import type { Command } from 'commander';
import { csvFormatRows } from 'd3-dsv';
import { addon, type SettingSchema } from '../core/addon.js';
import { toDense } from '../core/algebra.js';
import { visible } from '../core/check.js';
import { replaceFile } from '../core/replaceFile.js';
import type { Label, Targets } from '../core/targets.js';
import { type CertifyNetworkResult, type CertifyNetworkSettings, certifyNetwork } from '../discrete/certifyNetwork.js';
import type { NetworkMembers } from '../predict/network.js';
import { figure } from '../report/text.js';
import { inputsOf, maxColumnsSetting, readData } from './dataFile.js';
import { addSettings, outlevSetting, parseSettings, UsageError } from './keywords.js';
import { type RowModel, readModelFile } from './modelFile.js';
import { checkOutputs } from './outputs.js';
import { print } from './print.js';
import { follow } from './progress.js';

type Texts = Record<string, string | true | undefined>;

const own: SettingSchema[] = [
  { name: 'norm', type: ['inf', 'two'], doc: 'The norm of a change: its largest entry, or its length. Default inf.' },
  { name: 'radius', type: 'number', lower: 0, doc: 'The most that is added to a row, in the units of the columns.' },
  { name: 'within', type: 'number', lower: 0, doc: 'The largest error that is accepted, where outputs are numbers.' },
  { name: 'least', type: 'number', doc: 'The smallest value that an input may have. Default any.' },
  { name: 'most', type: 'number', doc: 'The largest value that an input may have. Default any.' },
];

const settingsOf = (): SettingSchema[] => {
  const known = addon().schema().solvers.certifyNetwork?.settings ?? [];
  return [...own, ...known.filter(({ name }) => name !== 'proof'), outlevSetting, maxColumnsSetting];
};

/** Adds the command to the program; `ended` takes the exit status: 0 when each row is proved or attacked, 1 when some are unknown. */
export function addCertify(program: Command, signal: AbortSignal, ended: (status: number) => void): void {
  const command = program
    .command('certify')
    .description(
      'Prove that a network keeps its predictions when each row moves by a radius, or find what changes them.',
    )
    .argument('<model>', 'a file of a network that train wrote, or the JSON of one')
    .argument('<file>', 'data in the forms that train reads; columns of a .csv file are found by their names')
    .option('--target <name>', 'the right classes, or numbers; default: the column that the network was trained on')
    .option('--output <file>', 'write a .csv file with the verdict, the margin and its bound for each row')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  nonconvex certify model.json data.csv --norm inf --radius 0.05')
    .action(async (model: string, file: string, texts: Texts) => ended(await runCertify(model, file, texts, signal)));
  addSettings(command, settingsOf());
}

async function runCertify(modelPath: string, path: string, texts: Texts, signal: AbortSignal): Promise<number> {
  const { output, json } = texts as Record<string, string>;
  const { outlev = 1, maxColumns, ...given } = parseSettings(settingsOf(), texts) as Record<string, number>;
  if (given.radius === undefined) throw new UsageError('--radius: expected the most that is added to a row');
  const { model, columns: count, names, levels, target: trained } = await readModelFile(modelPath);
  if (model.kind !== 'reluNetwork') throw new UsageError(`${modelPath}: a model of kind '${model.kind}' is no network`);
  const target = (texts.target as string | undefined) ?? trained;
  await checkOutputs({ '--output': output }, [modelPath, ...inputsOf(path, { target })]);
  const missing = model.means !== undefined;
  const data = await readData(path, { target, missing, columns: { count, names, levels }, maxColumns, signal });
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, norm = 'inf', ...others } = given;
  const limited = given.least !== undefined || given.most !== undefined;
  const settings = { norm, ...(limited && { range: [least, most] }), ...others } as unknown as CertifyNetworkSettings;
  const log = json || outlev === 0 ? undefined : follow('certifyNetwork', { ...settings }, outlev);
  const problem = { network: model as unknown as NetworkMembers, x: toDense(data.x), y: targetsOf(model, data.y) };
  const result = await certifyNetwork(problem, { ...settings, signal, onProgress: log?.report });
  log?.end(result.history);
  if (output !== undefined) await replaceFile(output, `${tableOf(result)}\n`);
  print(json ? JSON.stringify(jsonOf(result)) : textOf(result));
  if (!json && output !== undefined) print(`\nThe rows are in ${output}.`);
  return result.unknown === 0 ? 0 : 1;
}

/** The responses as the network has them: texts of a file are classes of any type. */
function targetsOf({ classes }: RowModel, y: readonly Label[]): Targets {
  if (!classes) return Float64Array.from(y, Number);
  const known = new Map(classes.map((label) => [String(label), label]));
  return y.map((label) => known.get(String(label)) ?? label) as unknown as Targets;
}

const tableOf = ({ rows }: CertifyNetworkResult): string =>
  csvFormatRows([
    ['verdict', 'margin', 'bound', 'against'],
    ...rows.map(({ verdict, margin, bound, against = '' }) => [verdict, margin, bound, against].map(String)),
  ]);

function jsonOf({ status, message, certified, attacked, unknown, rows, seconds }: CertifyNetworkResult): object {
  const short = rows.map(({ verdict, margin, bound, against }) => ({ verdict, margin, bound, against }));
  return { status, message, certified, attacked, unknown, rows: short, seconds };
}

function textOf({ message, certified, attacked, unknown, rows }: CertifyNetworkResult): string {
  const share = (count: number): string =>
    `${count} of ${rows.length} rows, ${figure((100 * count) / rows.length, 4)} %`;
  const facts = [
    ['robust', share(certified)],
    ['attacked', share(attacked)],
    ['unknown', share(unknown)],
  ].map(([name = '', value]) => `${name.padEnd(10)}${value}`);
  return [visible(message), ...facts].join('\n');
}
