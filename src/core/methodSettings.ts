// Settings that belong to a method. Users give them with it, `method: adam({ beta2: 0.99 })`; the addon takes them beside the others.
import { defaultOfSetting, methodsOf, namesOfSetting } from './addon.js';
import { checkMembers, checkObject, checkOneOf, closest, renamed, show } from './check.js';
import { calledHere, checkOptions, namesOf, refuseList } from './settingNames.js';

type Declared = readonly { readonly name: string; readonly settings: readonly string[] }[];

/** Methods by name; `more` are settings of theirs that the addon does not know. */
function declaredOf(solver: string, more: Readonly<Record<string, readonly string[]>>): Declared {
  return methodsOf(solver).map(({ name, settings }) => ({ name, settings: [...settings, ...(more[name] ?? [])] }));
}

/**
 * Settings of a solver as users give them, checked by name, as the addon takes them: `method` is a name, and its settings stand beside the
 * others. `own` are names that the addon does not know, `ofMethods` such names of methods.
 * @throws TypeError or RangeError where a setting is not known or of another method.
 */
export function flatSettings<T extends object>(
  solver: string,
  settings: T,
  own: readonly string[] = [],
  ofMethods: Readonly<Record<string, readonly string[]>> = {},
): T & { method?: string } {
  refuseList(settings, 'settings');
  const declared = declaredOf(solver, ofMethods);
  refuseFlat(checkObject('settings', settings) as T & { method?: unknown }, declared, namesOf(solver, own));
  const { method } = checkOptions(solver, settings, own, 'settings') as T & { method?: unknown };
  if (typeof method !== 'object' || method === null || declared.length === 0)
    return settings as T & { method?: string };
  const { kind, ...given } = method as { kind?: unknown };
  if (typeof kind !== 'string') {
    const example = declared.find((each) => each.settings.length > 0)?.name;
    throw new TypeError(`method = ${show(method)}: expected a name or what a function such as ${example}() makes`);
  }
  const name = checkOneOf('method.kind', kind, namesOfSetting(solver, 'method'));
  for (const setting of Object.keys(given)) refuseOthers(setting, name, declared);
  return { ...settings, ...given, method: name };
}

/** Refuses settings of methods that stand beside the method, also where they are misspelt or another library's. */
function refuseFlat(settings: { method?: unknown }, declared: Declared, top: readonly string[]): void {
  const names = [...new Set(declared.flatMap((method) => method.settings))];
  for (const [given, value] of Object.entries(settings)) {
    if (top.includes(given) || names.length === 0) continue;
    const [name, said] = meant(given, names, top);
    if (name === undefined) continue;
    const owners = declared.filter((method) => method.settings.includes(name));
    const owner = owners.find((method) => method.name === settings.method) ?? (owners[0] as Declared[number]);
    const shown = ['number', 'boolean', 'string'].includes(typeof value) ? show(value) : '...';
    throw new TypeError(`${said}'${name}' belongs to a method: method: ${owner.name}({ ${name}: ${shown} })`);
  }
}

/** The setting of a method that is meant, and what a message says of its name before. */
function meant(given: string, names: readonly string[], top: readonly string[]): [name?: string, said?: string] {
  if (names.includes(given)) return [given, ''];
  const unknown = `unknown setting '${given}': `;
  const now = renamed(given, names);
  if (now !== undefined && renamed(given, top) === undefined) {
    return [names.find((name) => now.includes(`'${name}'`)), `${unknown}${now}; `];
  }
  if (calledHere(given, top) !== undefined) return [];
  const here = calledHere(given, names);
  if (here !== undefined) return [here, `${unknown}it is called '${here}' here; `];
  const near = closest(given, top) === undefined ? closest(given, names) : undefined;
  return [near, `${unknown}did you mean '${near}'? `];
}

/** Refuses a setting that the method does not read. `'auto'`, which takes one of several, may be given those of any. */
function refuseOthers(setting: string, method: string, declared: Declared): void {
  const owners = declared.filter(({ settings }) => settings.includes(setting)).map(({ name }) => name);
  if (owners.includes(method) || (method === 'auto' && owners.length > 0)) return;
  const { settings: its = [] } = declared.find(({ name }) => name === method) ?? {};
  checkMembers('method', { [setting]: undefined }, owners.length > 0 ? [setting] : its, 'setting');
  throw new RangeError(
    `method.${setting}: '${method}' does not read it; it belongs to ${owners.join(', ')}; ` +
      `'${method}' has ${its.length > 0 ? its.join(', ') : 'no settings of its own'}`,
  );
}

/** Settings in one list, as on a command line, as users give them: those of methods with the method, or the default one. */
export function withMethod(
  solver: string,
  settings: Readonly<Record<string, unknown>>,
  ofMethods: readonly string[] = [],
): Record<string, unknown> {
  const names = new Set([...methodsOf(solver).flatMap((method) => method.settings), ...ofMethods]);
  const given = Object.entries(settings);
  const its = given.filter(([name]) => names.has(name));
  const others = Object.fromEntries(given.filter(([name]) => !names.has(name)));
  if (its.length === 0) return others;
  const { method = defaultOfSetting(solver, 'method') } = others;
  const named = typeof method === 'object' && method !== null ? method : { kind: method };
  return { ...others, method: { ...named, ...Object.fromEntries(its) } };
}
