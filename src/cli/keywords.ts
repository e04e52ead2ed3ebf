// The keywords of the command line program: every setting of `minimize` and `minimizeGlobally`, from the addon's schema, and its own.
import { type Command, Option } from 'commander';
import { addon, type SettingSchema } from '../core/addon.js';
import { closest } from '../core/check.js';

/** A command line or an environment variable that says what cannot be done. */
export class UsageError extends Error {}

export interface Choices {
  /** Settings of `minimize`, or of `minimizeGlobally`. */
  settings: Record<string, number | boolean | string>;
  /** True if there is an iteration log. */
  outlev: number;
  wantsol: number;
  /** Which of the file's objectives counts, from 1; 0: none. */
  objno: number;
  /** True if integer variables are taken for any numbers between their bounds. */
  relaxIntegers?: boolean | undefined;
  /** True if the global minimum is looked for. */
  global?: boolean | undefined;
}

const own: (SettingSchema & { name: Exclude<keyof Choices, 'settings'> })[] = [
  {
    name: 'outlev',
    type: 'integer',
    lower: 0,
    doc: 'Iteration log: 0 none, 1 a line an iteration, with solve on a terminal a bar, 2 lines everywhere.',
  },
  {
    name: 'wantsol',
    type: 'integer',
    lower: 0,
    upper: 15,
    doc: 'Sum of 1: write the .sol file without -AMPL, too; 2: print variables; 4: print multipliers; 8: print no message.',
  },
  { name: 'objno', type: 'integer', lower: 0, doc: 'Which objective of the file counts, from 1; 0: none. Default 1.' },
  {
    name: 'relaxIntegers',
    type: 'boolean',
    doc: 'Take integer variables for any numbers between their bounds. Default no; yes where AMPL calls without global.',
  },
  {
    name: 'global',
    type: 'boolean',
    doc: 'Find the global minimum, with a proved bound, by minimizeGlobally in place of minimize. Default no.',
  },
];

/** Settings of `minimizeGlobally` that have another name or meaning than in the addon. */
const globalOwn: Readonly<Record<string, SettingSchema>> = {
  tolerance: {
    ...{ name: 'gap', type: 'number', lower: 0, upper: 1, default: 1e-4 },
    doc: 'The solve ends where |objective - bound| is at most this times |objective|.',
  },
  cutoff: {
    ...{ name: 'cutoff', type: 'number' },
    doc: 'Only points with a better objective than this number are looked for.',
  },
};

/** Settings of `minimizeGlobally`. */
function globalSettings(): SettingSchema[] {
  const declared = addon().schema().solvers.minimizeGlobally?.settings ?? [];
  return declared.map((each) => globalOwn[each.name] ?? each);
}

/** Settings of `minimize`. */
const localSettings = (): SettingSchema[] => addon().schema().solvers.nlp?.settings ?? [];

/** Names of keywords in other solvers. */
const synonyms = new Map(
  Object.entries({
    tol: 'tolerance',
    max_iter: 'maxIterations',
    maxit: 'maxIterations',
    timelimit: 'timeLimit',
    timelim: 'timeLimit',
    max_wall_time: 'timeLimit',
    max_cpu_time: 'timeLimit',
    print_level: 'outlev',
    mipgap: 'gap',
    epsr: 'gap',
    mipgapabs: 'absoluteGap',
    epsa: 'absoluteGap',
    nodelimit: 'maxNodes',
  }),
);

/** All keywords but the synonyms. */
export function keywords(): SettingSchema[] {
  const local = localSettings();
  const names = new Set(local.map(({ name }) => name));
  const more = globalSettings().filter(({ name }) => !names.has(name));
  return [...local, ...more.map((each) => ({ ...each, doc: `With global: ${each.doc}` })), ...own];
}

/** Throws where a setting is none of the verb that is asked for. */
export function checkSettings({ settings, global = false }: Choices): void {
  const known = (global ? globalSettings() : localSettings()).map(({ name }) => name);
  const other = Object.keys(settings).find((name) => !known.includes(name));
  if (other === undefined) return;
  if (!global)
    throw new UsageError(`${other}: expected global=1 beside it, as only the search for a global minimum has it`);
  const hint = other === 'tolerance' ? 'gap in its place' : `one of ${known.join(', ')}`;
  throw new UsageError(`${other}: expected ${hint}, with global=1`);
}

export function synonymsOf(name: string): string[] {
  return [...synonyms].filter(([, meant]) => meant === name).map(([synonym]) => synonym);
}

/** Takes `text` for a keyword, which may be a synonym, in any case. */
export function assign(choices: Choices, name: string, text: string): void {
  const meant = (synonyms.get(name.toLowerCase()) ?? name).toLowerCase();
  const keyword = keywords().find((candidate) => candidate.name.toLowerCase() === meant);
  if (!keyword) {
    const near = closest(name, [...keywords().map((each) => each.name), ...synonyms.keys()]);
    const hint = near === undefined ? '' : `: did you mean '${near}'?`;
    throw new UsageError(`unknown keyword '${name}'${hint}; nonconvex -= lists those there are`);
  }
  const value = parseValue(keyword, name, text);
  if (own.some((each) => each.name === keyword.name)) Object.assign(choices, { [keyword.name]: value });
  else choices.settings[keyword.name] = value;
}

/** 'key=value', 'key = value' or 'key value', any number of them; returns them as 'key=value'. */
export function assignAll(choices: Choices, text: string): string[] {
  const assignments: string[] = [];
  const next = /\s*([^\s=]+)(?:\s*=\s*|\s+)([^\s=]+)(?=\s|$)/y;
  const end = text.trimEnd().length;
  while (next.lastIndex < end) {
    const from = next.lastIndex;
    const [, name, value] = next.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new UsageError(`expected key=value, not '${text.slice(from).trim()}'`);
    }
    assign(choices, name, value);
    assignments.push(`${name}=${value}`);
  }
  return assignments;
}

/** The value of a setting that a text stands for; messages call the setting `name`. */
export function parseValue(keyword: SettingSchema, name: string, text: string): number | boolean | string {
  const { type } = keyword;
  const lower = text.toLowerCase();
  if (Array.isArray(type)) {
    const value = type.find((each) => each.toLowerCase() === lower);
    if (value !== undefined) return value;
    throw new UsageError(`${name} = '${text}': expected one of ${type.join(', ')}`);
  }
  if (type === 'boolean') {
    if (['true', 'yes', 'on', '1'].includes(lower)) return true;
    if (['false', 'no', 'off', '0'].includes(lower)) return false;
    throw new UsageError(`${name} = '${text}': expected yes or no`);
  }
  const value = /^\+?inf(inity)?$/.test(lower) ? Number.POSITIVE_INFINITY : Number(text);
  if (within(keyword, value)) return value;
  throw new UsageError(
    `${name} = ${text}: expected ${type === 'integer' ? 'an integer' : 'a number'}${range(keyword)}`,
  );
}

function within({ type, lower, upper, openLower, openUpper }: SettingSchema, value: number): boolean {
  const { POSITIVE_INFINITY, NEGATIVE_INFINITY } = Number;
  const above = openLower ? value > (lower ?? NEGATIVE_INFINITY) : value >= (lower ?? NEGATIVE_INFINITY);
  const below = openUpper ? value < (upper ?? POSITIVE_INFINITY) : value <= (upper ?? POSITIVE_INFINITY);
  return above && below && (type !== 'integer' || Number.isInteger(value));
}

/** ' in [0, 1)', ' > 0'. */
function range({ lower = Number.NEGATIVE_INFINITY, upper = Number.POSITIVE_INFINITY, ...open }: SettingSchema): string {
  const [above, below] = [Number.isFinite(lower), Number.isFinite(upper)];
  if (above && below) return ` in ${open.openLower ? '(' : '['}${lower}, ${upper}${open.openUpper ? ')' : ']'}`;
  if (above) return ` ${open.openLower ? '>' : '>='} ${lower}`;
  return below ? ` ${open.openUpper ? '<' : '<='} ${upper}` : '';
}

/** The answer to `-=`. */
export function keywordList(): string {
  const lines = keywords().map((keyword) => {
    const names = [keyword.name, ...synonymsOf(keyword.name)].join(', ');
    return `${names}\n    ${describe(keyword)}`;
  });
  return ['Keywords, as key=value:', '', ...lines].join('\n');
}

export function describe({ doc, type, default: initial, defaultText }: SettingSchema): string {
  const values = Array.isArray(type) && type.length > 1 ? ` One of ${type.join(', ')}.` : '';
  const usual = initial ?? defaultText;
  return `${doc.replaceAll('`', '')}${values}${usual === undefined ? '' : ` Default ${usual}.`}`;
}

/** The settings that options of a command give, by their names. */
export function parseSettings(
  known: readonly SettingSchema[],
  texts: Readonly<Record<string, string | true | undefined>>,
): Record<string, number | boolean | string> {
  const settings: Record<string, number | boolean | string> = {};
  for (const setting of known) {
    const text = texts[setting.name];
    if (text !== undefined) settings[setting.name] = parseValue(setting, setting.name, String(text));
  }
  return settings;
}

/** `--outlev` of the commands that fit models, whose default is 1. */
export const outlevSetting: SettingSchema = {
  name: 'outlev',
  type: 'integer',
  lower: 0,
  doc: 'Log: 0 none; 1 a bar on terminals, lines elsewhere; 2 lines everywhere. Default 1.',
};

/** Options of a command for settings. */
export function addSettings(command: Command, settings: readonly SettingSchema[]): void {
  for (const setting of settings) {
    const option = new Option(`--${setting.name} <value>`, describe(setting));
    // For completions alone: what is given is checked, in any case of its letters, by parseSettings.
    valuesOf.set(option, Array.isArray(setting.type) ? setting.type : setting.type === 'boolean' ? ['yes', 'no'] : []);
    command.addOption(option);
  }
}

/** The words that an option of a setting may have. */
export const valuesOf = new WeakMap<Option, readonly string[]>();
