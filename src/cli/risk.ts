// `nonconvex risk data.csv --target y`: finds a score card with the least loss, with a proof.
import { basename } from 'node:path';
import type { Command } from 'commander';
import { addon, type SettingSchema } from '../core/addon.js';
import { toDense } from '../core/algebra.js';
import { certificateText } from '../core/certificateText.js';
import { visible } from '../core/check.js';
import { replaceFile } from '../core/replaceFile.js';
import {
  type RiskScoreFeature,
  type RiskScoreResult,
  type RiskScoreSettings,
  riskScore,
} from '../discrete/riskScore.js';
import { cardText } from '../report/riskScore.js';
import { figure } from '../report/text.js';
import { categoriesOption, headline, inputsOf, maxColumnsSetting, readData } from './dataFile.js';
import { addSettings, outlevSetting, parseSettings, UsageError } from './keywords.js';
import { modelText } from './modelFile.js';
import { checkOutputs } from './outputs.js';
import { print } from './print.js';
import { follow } from './progress.js';
import { reportOption, writeReport } from './reportFile.js';

type Texts = Record<string, string | true | undefined>;

const own: SettingSchema[] = [
  {
    name: 'scale',
    type: ['free', 'one'],
    doc: 'The log-odds of a point: a number that is chosen, or 1. Default free.',
  },
  { name: 'minPoints', type: 'integer', lower: -1e6, upper: 0, doc: 'The least points of a feature. Default -5.' },
  { name: 'maxPoints', type: 'integer', lower: 0, upper: 1e6, doc: 'The most points of a feature. Default 5.' },
  {
    name: 'binarize',
    type: 'boolean',
    doc: 'Cut columns with more than two values at their quartiles. Default no.',
  },
];

const settingsOf = (): SettingSchema[] => {
  const known = addon().schema().solvers.riskScore?.settings ?? [];
  const others = known.filter(({ name }) => !['scaling', 'poolSize', 'poolWithin'].includes(name));
  return [...own, ...others, outlevSetting, maxColumnsSetting];
};

/** Adds the command to the program; `ended` takes the exit status: 0 when the card is proved to be the best, 1 when it is not. */
export function addRisk(program: Command, signal: AbortSignal, ended: (status: number) => void): void {
  const command = program
    .command('risk')
    .description('Find the score card of few features and integer points that has the least log loss, with a proof.')
    .argument('<file>', 'data in the forms that train reads')
    .option('--target <name>', 'the column of the two classes, the second of which in order is the event')
    .option('--exclude <names>', 'columns that are left out, parted by commas')
    .option('--required <names>', 'features that the card must have')
    .option('--positive <names>', 'features with points of 0 or more')
    .option('--negative <names>', 'features with points of 0 or less')
    .addOption(categoriesOption())
    .option('--output <file>', 'write the card to a file, which predict reads')
    .addOption(reportOption())
    .option('--json', 'print one JSON object instead of a log and a card')
    .addHelpText('after', '\nExample:\n  nonconvex risk data.csv --target y --maxSize 5 --report card.html')
    .action(async (file: string, texts: Texts) => ended(await runRisk(file, texts, signal)));
  addSettings(command, settingsOf());
}

async function runRisk(file: string, texts: Texts, signal: AbortSignal): Promise<number> {
  const { target, exclude, categories, output, report, json } = texts as Record<string, string>;
  const { outlev = 1, maxColumns, ...given } = parseSettings(settingsOf(), texts) as Record<string, number>;
  await checkOutputs({ '--output': output, '--report': report }, inputsOf(file, { target }));
  const data = await readData(file, {
    ...{ target, exclude, maxColumns, signal, missing: false },
    categories: categories as 'oneHot' | undefined,
  });
  if (!json) print(`${headline(file, data)}\n`);
  const settings = settingsFor(given, featuresOf(texts, data.names));
  const log = json || outlev === 0 ? undefined : follow('riskScore', settings, outlev);
  const problem = { x: toDense(data.x), y: data.y, names: data.names };
  const result = await riskScore(problem, { ...settings, signal, onProgress: log?.report });
  log?.end(result.history);
  if (output !== undefined) await replaceFile(output, modelText(data, result));
  await writeReport(report, result, { title: `${basename(file)}: ${data.target}`, settings });
  print(json ? JSON.stringify(jsonOf(result)) : textOf(result));
  if (!json && output !== undefined) print(`\nThe card is in ${output}.`);
  if (!json && report !== undefined) print(`\nThe report is in ${report}.`);
  return result.status === 'solved' ? 0 : 1;
}

function settingsFor(
  { scale, minPoints, maxPoints, binarize, ...others }: Record<string, unknown>,
  features: Record<string, RiskScoreFeature>,
): RiskScoreSettings {
  const limits = { min: minPoints as number | undefined, max: maxPoints as number | undefined };
  return {
    ...others,
    ...{ features, binarize: binarize === true },
    ...(scale === 'one' && { scale: 1 as const }),
    ...((limits.min !== undefined || limits.max !== undefined) && { points: limits }),
  };
}

/** Conditions on features, by their names. */
function featuresOf(texts: Texts, names: readonly string[]): Record<string, RiskScoreFeature> {
  const features: Record<string, RiskScoreFeature> = {};
  const conditions: Record<string, RiskScoreFeature> = {
    required: { required: true },
    positive: { sign: 1 },
    negative: { sign: -1 },
  };
  for (const [option, condition] of Object.entries(conditions)) {
    const list = typeof texts[option] === 'string' ? texts[option].split(',').map((name) => name.trim()) : [];
    for (const name of list) {
      if (!names.includes(name)) throw new UsageError(`--${option} ${visible(name)}: there is no such column`);
      features[name] = { ...features[name], ...condition };
    }
  }
  return features;
}

function jsonOf(result: RiskScoreResult): object {
  const { status, message, objective, certificate, card, intercept, scale, scaleAtBound, table } = result;
  const { auc, calibrationError, nodes, supports, seconds, leftOut } = result;
  return {
    ...{ status, message, objective, certificate, card, intercept, scale, scaleAtBound, table },
    ...{ auc, calibrationError, leftOut, nodes, supports, seconds },
  };
}

function textOf(result: RiskScoreResult): string {
  const { message, objective, certificate, auc, calibrationError, intercept, scale } = result;
  const facts = [
    ['loss', figure(objective, 8)],
    ['certificate', certificateText(certificate)],
    ['intercept', figure(intercept, 8)],
    ['scale', figure(scale, 8)],
    ['area under the curve', figure(auc, 4)],
    ['calibration error', figure(calibrationError, 4)],
  ].map(([name = '', value]) => `${name.padEnd(22)}${value}`);
  return [visible(message), ...facts, '', visible(cardText(result), '\n')].join('\n');
}
