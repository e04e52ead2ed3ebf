// Makers of methods: functions that put a method's name and its settings into one object, which a solve takes as its `method`.
import { checkMembers } from './check.js';

/** A method with its settings, made by the function of that name. */
export type Method<Kind extends string, Settings> = Readonly<{ kind: Kind } & Settings>;

/** Makes functions that make methods whose settings are among `Settings`. */
export const makersOf =
  <Settings extends object>() =>
  <const Kind extends string, const Name extends keyof Settings & string>(
    kind: Kind,
    names: readonly Name[],
  ): ((settings?: Pick<Settings, Name>) => Method<Kind, Pick<Settings, Name>>) =>
  (settings = {} as Pick<Settings, Name>) =>
    Object.freeze({ kind, ...checkMembers('settings', settings, names, 'setting') });
