// Settings that belong to a choice. Users give them with it, `method: adam({ beta2: 0.99 })` or `penalty: mcp({ gamma: 3 })`; the addon
// takes them beside the others.
import { type ChoiceSchema, choicesOf, defaultOfSetting, namesOfSetting } from './addon.js';
import { rangeError, typeError } from './argumentError.js';
import { checkMembers, checkObject, checkOneOf, closest, refuseList, renamed, show } from './check.js';
import type { NameOf } from './makers.js';
import { calledHere, checkSettings, ownNames } from './settingNames.js';

type Declared = readonly ChoiceSchema[];

/** Settings of choices that the addon does not know, by the name of the choice. */
type More = Readonly<Record<string, readonly string[]>>;

const none: More = {};

/** The choices of a solver, and `more` settings of theirs. */
function declaredOf(solver: string, more: More): Declared {
  if (more === none) return choicesOf(solver);
  return choicesOf(solver).map((each) => ({ ...each, settings: [...each.settings, ...(more[each.name] ?? [])] }));
}

/** Settings with the names of their choices, whose settings stand beside them. */
export type Flat<T> = { [Key in keyof T]: NameOf<T[Key]> };

/**
 * Settings of a solver as users give them, checked by name, as the addon takes them: a choice is a name, and its settings stand beside the
 * others. `own` are names that the addon does not know, `ofChoices` such names of choices.
 * @throws TypeError or RangeError where a setting is not known or of another choice.
 */
export function flatSettings<T extends object>(
  solver: string,
  settings: T,
  own: readonly string[] = [],
  ofChoices: More = none,
): T & { method?: string } {
  return flatOf(solver, settings, ownNames(solver, own), ofChoices) as T & { method?: string };
}

/** Does as {@link flatSettings} for settings whose names are `known`. */
export function flatOf<T extends object>(
  solver: string,
  settings: T,
  known: readonly string[],
  ofChoices: More = none,
): Record<string, unknown> {
  refuseList(settings, 'settings');
  const declared = declaredOf(solver, ofChoices);
  refuseFlat(solver, checkObject('settings', settings) as Record<string, unknown>, declared, known);
  const flat = checkSettings(settings, known) as Record<string, unknown>;
  const chosen = new Set<string>();
  for (const { setting } of declared) if (isMade(flat[setting])) chosen.add(setting);
  return Object.assign({}, flat, ...[...chosen].map((setting) => ofChoice(solver, setting, flat[setting], declared)));
}

/** Returns true if a value is no name but an object, as makers give it. */
const isMade = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A choice with its settings as the addon takes them. */
function ofChoice(solver: string, setting: string, made: unknown, declared: Declared): Record<string, unknown> {
  const { kind, ...given } = made as { kind?: unknown };
  const choices = declared.filter((each) => each.setting === setting);
  if (typeof kind !== 'string') {
    const example = choices.find(({ settings }) => settings.length > 0)?.name;
    throw typeError(`${setting} = ${show(made)}: expected a name or what a function such as ${example}() makes`);
  }
  const name = checkOneOf(`${setting}.kind`, kind, namesOfSetting(solver, setting));
  for (const each of Object.keys(given)) refuseOthers(setting, each, name, choices);
  return { ...given, [setting]: name };
}

/** Refuses settings of choices that stand beside them, also where they are misspelt or another library's. */
function refuseFlat(
  solver: string,
  settings: Readonly<Record<string, unknown>>,
  declared: Declared,
  top: readonly string[],
): void {
  for (const [given, value] of Object.entries(settings)) {
    if (top.includes(given)) continue;
    const names = [...new Set(declared.flatMap((choice) => choice.settings))];
    if (names.length === 0) return;
    const [name, said] = meant(given, names, top);
    if (name === undefined) continue;
    const owners = declared.filter((choice) => choice.settings.includes(name));
    const byDefault = ({ setting, name }: ChoiceSchema) => name === defaultOfSetting(solver, setting);
    const isChosen = ({ setting, name }: ChoiceSchema) => name === settings[setting];
    const owner = owners.find(isChosen) ?? owners.find(byDefault) ?? (owners[0] as ChoiceSchema);
    const shown = ['number', 'boolean', 'string'].includes(typeof value) ? show(value) : '...';
    const { setting } = owner;
    throw typeError(`${said}'${name}' belongs to a ${setting}: ${setting}: ${owner.name}({ ${name}: ${shown} })`);
  }
}

/** The setting of a choice that is meant, and what a message says of its name before. */
function meant(given: string, names: readonly string[], top: readonly string[]): [name?: string, said?: string] {
  if (names.includes(given)) return [given, ''];
  const unknown = `unknown setting '${given}': `;
  const now = renamed(given, names);
  if (now !== undefined && renamed(given, top) === undefined) {
    return [names.find((name) => now.includes(`'${name}'`)), `${unknown}${now}; `];
  }
  if (renamed(given, top) !== undefined || calledHere(given, top) !== undefined) return [];
  const here = calledHere(given, names);
  if (here !== undefined) return [here, `${unknown}it is called '${here}' here; `];
  const near = closest(given, top) === undefined ? closest(given, names) : undefined;
  return [near, `${unknown}did you mean '${near}'? `];
}

/** Refuses a setting that the choice does not read. `'auto'`, which takes one of several, may be given those of any. */
function refuseOthers(setting: string, given: string, name: string, choices: Declared): void {
  const owners = choices.filter(({ settings }) => settings.includes(given)).map((each) => each.name);
  if (owners.includes(name) || (name === 'auto' && owners.length > 0)) return;
  const { settings: its = [] } = choices.find((each) => each.name === name) ?? {};
  checkMembers(setting, { [given]: undefined }, owners.length > 0 ? [given] : its, 'setting');
  throw rangeError(
    `${setting}.${given}: '${name}' does not read it; it belongs to ${owners.join(', ')}; ` +
      `'${name}' has ${its.length > 0 ? its.join(', ') : 'no settings of its own'}`,
  );
}

/** Settings in one list, as on a command line, as users give them: those of choices with the choice, or the default one. */
export function withChoices(
  solver: string,
  settings: Readonly<Record<string, unknown>>,
  ofChoices: More = none,
): Record<string, unknown> {
  const declared = declaredOf(solver, ofChoices);
  const grouped: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(settings)) {
    const owners = declared.filter((choice) => choice.settings.includes(name));
    if (owners.length === 0) {
      if (!(name in grouped)) others[name] = value;
      continue;
    }
    const { setting } = owners[0] as ChoiceSchema;
    const usual = settings[setting] ?? defaultOfSetting(solver, setting);
    const made = grouped[setting] ?? (isMade(usual) ? usual : { kind: usual });
    grouped[setting] = { ...(made as object), [name]: value };
  }
  return { ...others, ...grouped };
}
