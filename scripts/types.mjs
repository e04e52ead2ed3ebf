// From the schema that the addon exports: src/generated/settings.ts and docs/generated/<solver>-options.md.
//   node scripts/types.mjs [--check]
// --check writes nothing and fails if a file is not what it would be.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { main, root } from './shared.mjs';

const require = createRequire(import.meta.url);

function loadSchema() {
  const built = ['build-cmake/Release/nonconvex.node', 'build/Release/nonconvex.node'].map((path) => join(root, path));
  const path = process.env.NONCONVEX_BINARY ?? built.find((candidate) => existsSync(candidate));
  if (!path) throw new Error('The addon is not built yet: npm run build:native');
  return require(path).schema();
}

const capitalized = (name) => name[0].toUpperCase() + name.slice(1);
const quoted = (text) => `'${text}'`;

function typeOf({ type }) {
  if (Array.isArray(type)) return type.map(quoted).join(' | ');
  return type === 'integer' ? 'number' : type;
}

/** "an integer in [0, 10]", "a finite number > 0". */
function rangeOf({ type, lower, upper, openLower, openUpper }) {
  if (lower === undefined) return undefined;
  const finite = openUpper && upper === Infinity ? 'finite ' : '';
  const noun = type === 'integer' ? 'an integer' : `a ${finite}number`;
  if (lower > -Infinity && upper < Infinity) {
    return `${noun} in ${openLower ? '(' : '['}${lower}, ${upper}${openUpper ? ')' : ']'}`;
  }
  if (lower > -Infinity) return `${noun} ${openLower ? '>' : '>='} ${lower}`;
  return upper < Infinity ? `${noun} ${openUpper ? '<' : '<='} ${upper}` : noun;
}

function defaultOf(setting) {
  if (setting.default === undefined) return setting.defaultText ?? 'chosen by the solver';
  return typeof setting.default === 'string' ? quoted(setting.default) : String(setting.default);
}

function typeScript(schema) {
  const parts = ['// Made by scripts/types.mjs from the settings of the native library. Do not edit.'];
  for (const [solver, settings] of Object.entries(schema)) {
    parts.push(`export interface ${capitalized(solver)}Options {`);
    for (const setting of settings) {
      const range = rangeOf(setting);
      parts.push(
        '  /**',
        ...wrapped(setting.doc).map((line) => `   * ${line}`),
        ...(range ? [`   *`, `   * Expected: ${range}.`] : []),
        `   * @defaultValue ${defaultOf(setting)}`,
        '   */',
        `  ${setting.name}?: ${typeOf(setting)} | undefined;`,
      );
    }
    parts.push('}', '', `export const ${solver}Defaults = {`);
    for (const setting of settings) {
      if (setting.default !== undefined) parts.push(`  ${setting.name}: ${defaultOf(setting)},`);
    }
    parts.push(`} as const satisfies ${capitalized(solver)}Options;`, '');
  }
  return parts.join('\n');
}

function wrapped(text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (lines.at(-1) && lines.at(-1).length + word.length > 112) lines.push('');
    lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines;
}

function table(settings) {
  const row = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    `<!-- Made by scripts/types.mjs from the settings of the native library. Do not edit. -->`,
    row(['Setting', 'Type', 'Default', 'Meaning']),
    row(['---', '---', '---', '---']),
    ...settings.map((setting) => {
      const range = rangeOf(setting)?.replace(/^an? /, '');
      const type =
        range ??
        typeOf(setting)
          .split(' | ')
          .map((each) => `\`${each}\``)
          .join(', ');
      return row([`\`${setting.name}\``, type, `${defaultOf(setting)}`, setting.doc]);
    }),
    '',
  ].join('\n');
}

main(() => {
  const schema = loadSchema();
  const made = { 'src/generated/settings.ts': typeScript(schema) };
  for (const [solver, settings] of Object.entries(schema)) {
    made[`docs/generated/${solver}-options.md`] = table(settings);
  }
  const check = process.argv.includes('--check');
  for (const [name, text] of Object.entries(made)) {
    const path = join(root, name);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    if (check) throw new Error(`${name} is out of date: npm run types`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${name}`);
  }
});
