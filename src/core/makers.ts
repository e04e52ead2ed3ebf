// Makers of choices: functions that put a name and the settings that belong to it into one object, which a solve takes as its `method`,
// `penalty`, `family` or `loss`.
import { typeError } from './argumentError.js';
import { checkMembers, show } from './check.js';

/** A choice with its settings, made by the function of its name. */
export type Choice<Kind extends string, Settings> = Readonly<{ kind: Kind } & Settings>;

/** The name of a choice that has settings or has none; of another value itself. */
export type NameOf<Chosen> = Chosen extends { readonly kind: infer Kind } ? Kind : Chosen;

/** The settings that a maker takes. */
export type SettingsOf<Maker extends () => object> = Omit<ReturnType<Maker>, 'kind'>;

/** Makes functions that make choices whose settings are among `Settings`. */
export const makersOf =
  <Settings extends object>() =>
  <const Kind extends string, const Name extends keyof Settings & string>(
    kind: Kind,
    names: readonly Name[],
  ): ((settings?: Pick<Settings, Name>) => Choice<Kind, Pick<Settings, Name>>) =>
  (settings = {} as Pick<Settings, Name>) => {
    if (typeof settings !== 'object') {
      const given = show(settings);
      throw typeError(`${kind}(${given}): expected an object of settings: ${kind}({ ${names[0]}: ${given} })`);
    }
    return Object.freeze({ kind, ...checkMembers('settings', settings, names, 'setting') });
  };
