// From the schema that the addon exports: src/generated/<solver>.ts, docs/generated/<solver>-problem.md,
// <solver>-settings.md and <solver>-result.md; where settings belong to choices, such as a method or a penalty, src/generated/<solver>Choices.ts, which makes them, and
// docs/generated/<solver>-choices.md; likewise limits.ts and limits.md of what every solver's settings begin with, solve.ts, result.md and
// status.md of what every report and result has. Each family, which is one solver or several, is a
// subpath: one line in src/families.ts and one entry among the exports of package.json, and has what shelves.mjs finds in its folder.
// src/generated/kinds.ts is what kinds.mjs finds in all of them.
//   node scripts/types.mjs [--check]
// --check writes nothing and fails if a file is not what it would be.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { declaredSettings } from './declaredSettings.mjs';
import { kindsModule } from './kinds.mjs';
import { files, main, root } from './shared.mjs';
import { modelsModule, pageWithFunctions, verbsModule } from './shelves.mjs';

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

const notice = 'Made by scripts/types.mjs from what the native library declares. Do not edit.';

/** A doc comment before a member, as deep as `indent`. */
function commented(indent, text, more = []) {
  const lines = [...wrapped(text), ...(more.length > 0 ? ['', ...more] : [])];
  if (lines.length === 1) return [`${indent}/** ${lines[0]} */`];
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`];
}

/** Native settings for experts say so instead of a sentence. */
const forExperts = 'for experts';

function settingLines(setting) {
  const range = rangeOf(setting);
  const when = setting.when && setting.when !== forExperts ? [`Change it when ${setting.when}`] : [];
  const more = [...when, ...(range ? [`Expected: ${range}.`] : []), `@defaultValue ${defaultOf(setting)}`];
  return [...commented('  ', setting.doc, more), `  ${setting.name}?: ${typeOf(setting)} | undefined;`];
}

const defaultLines = (settings) =>
  settings
    .filter((setting) => setting.default !== undefined)
    .map((setting) => `  ${setting.name}: ${defaultOf(setting)},`);

/** The settings that a solver does not have as they are in the limits: its own, and limits with other defaults. */
function ownSettings(limits, settings) {
  const common = (setting) => limits.find(({ name }) => name === setting.name);
  return settings.filter((setting) => common(setting)?.default !== setting.default || !common(setting));
}

function resultLines(members, indent = '  ') {
  return members.flatMap(({ name, doc, type, optional }) => [
    ...commented(indent, doc),
    `${indent}${name}${optional ? '?' : ''}: ${resultType(type, indent)};`,
  ]);
}

function resultType(type, indent) {
  if (Array.isArray(type)) return type.map(quoted).join(' | ');
  if (typeof type === 'string') return type;
  const body = resultLines(type.fields ?? type.items, `${indent}  `);
  return ['{', ...body, `${indent}}${type.items ? '[]' : ''}`].join('\n');
}

/** A type of a member of a problem; what may be left out may be undefined, too. */
function inputType(type, indent) {
  if (Array.isArray(type)) return type.map(quoted).join(' | ');
  if (typeof type === 'string') return type === 'integer' ? 'number' : type;
  const body = inputLines(type.fields ?? type.items, `${indent}  `);
  return ['{', ...body, `${indent}}${type.items ? '[]' : ''}`].join('\n');
}

function inputLines(members, indent = '  ') {
  return members.flatMap(({ name, doc, type, optional }) => {
    const written = inputType(type, indent);
    return [
      ...commented(indent, doc),
      `${indent}${name}${optional ? '?' : ''}: ${written}${optional ? ' | undefined' : ''};`,
    ];
  });
}

/** "n x p", "n K numbers >= 0", "an integer >= 1". */
function shapeOf({ type, rows, columns, times, below, more, distinct, rising, ...bounds }) {
  const plus = more > 0 ? ` + ${more}` : '';
  if (typeof type === 'string' && type.includes('Matrix')) return `${rows ?? '.'} x ${columns ?? '.'}${plus}`;
  const length = rows ? `${rows}${times ? ` ${times}` : ''}${plus} ` : '';
  if (type === 'Int32Array') {
    const range =
      below && !rising ? ` in [0, ${below})` : bounds.upper < Infinity ? ` in [0, ${bounds.upper}]` : ' >= 0';
    return `${length}${distinct ? 'different ' : ''}integers${rising ? ` from 0 to ${below}, rising` : range}`;
  }
  const range = rangeOf({ ...bounds, type });
  if (type === 'Float64Array') return `${length}${range.replace(/^an? /, '').replace('number', 'numbers')}`;
  return ['number', 'integer'].includes(type)
    ? range
    : inputType(type, '').startsWith('{')
      ? 'object'
      : code(inputType(type, ''));
}

/** One row a member of a problem, those of objects under their path. */
function inputRows(members, path = '') {
  return members.flatMap((member) => {
    const { name, doc, type } = member;
    const inner = type.fields ?? type.items;
    const at = `${path}${name}${type.items ? '[]' : ''}`;
    const what = type.items ? 'array' : shapeOf(member);
    return [row([`\`${at}\``, what, member.optional ? '' : 'yes', doc]), ...inputRows(inner ?? [], `${at}.`)];
  });
}

function limitsTypes(limits) {
  return [
    `// ${notice}`,
    '',
    '/** The limits that every solver takes. */',
    'export interface Limits {',
    ...limits.flatMap(settingLines),
    '}',
    '',
    'export const limitDefaults = {',
    ...defaultLines(limits),
    '} as const satisfies Limits;',
    '',
  ].join('\n');
}

/** Members of reports and results of every solver. */
function solveTypes({ statuses, kinds, certificate, progress, result }) {
  return [
    `// ${notice}`,
    '',
    '/**',
    ' * How a solve ended. `solved` is the only success; every other status comes with the best iterate so far.',
    ' *',
    ...statuses.map(({ name, doc }) => ` * - \`${name}\`: ${doc}`),
    ' */',
    'export type Status =',
    `${statuses.map(({ name }) => `  | ${quoted(name)}`).join('\n')};`,
    '',
    '/**',
    ' * How much is known of an answer, the least first.',
    ' *',
    ...kinds.flatMap(({ name, doc }) => wrapped(`- \`${name}\`: ${doc}`).map((line) => ` * ${line}`)),
    ' */',
    'export type CertificateKind =',
    `${kinds.map(({ name }) => `  | ${quoted(name)}`).join('\n')};`,
    '',
    '/** The certificate of an answer, in the same words for all solvers. Members that do not apply are absent. */',
    'export interface Certificate {',
    ...resultLines(
      certificate.map((member) => (member.name === 'kind' ? { ...member, type: 'CertificateKind' } : member)),
    ),
    '}',
    '',
    '/** One report of a running solve. Members that the solver does not know are absent; a solver may have more of its own. */',
    'export interface Progress {',
    ...resultLines(progress),
    '}',
    '',
    '/** Members of every result, wherever it was computed. Members that the solver does not know are absent. */',
    'export interface Outcome<Report extends Progress = Progress> {',
    ...resultLines(result.map((member) => (member.name === 'status' ? { ...member, type: 'Status' } : member))),
    '}',
    '',
  ].join('\n');
}

/** Members of a result: those of the solution, and what the last report had beside. */
const resultMembers = ({ result, progress }) => [
  ...progress.filter(({ name }) => !result.some((member) => member.name === name)),
  ...result,
];

const certifies = (result) => JSON.stringify(result).includes('"Certificate');

/** The settings of a solver that belong to choices, and the others. */
function byOwner({ settings, choices = [] }) {
  const ofChoices = ({ name }) => choices.some((choice) => choice.settings.includes(name));
  return { top: settings.filter((setting) => !ofChoices(setting)), ofChoices: settings.filter(ofChoices) };
}

/** The settings whose choices have settings, such as `method`. */
const chosenSettings = ({ settings, choices = [] }) =>
  settings.filter(({ name }) => choices.some(({ setting }) => setting === name));

/** src/generated/<solver>Choices.ts: a function for each choice that has settings of its own. */
function choiceTypes(solver, schema) {
  const name = capitalized(solver);
  return [
    `// ${notice}`,
    '',
    "import { makersOf } from '../core/makers.js';",
    '',
    `/** The settings that belong to choices of \`${solver}\`. */`,
    `export interface ${name}ChoiceSettings {`,
    ...byOwner(schema).ofChoices.flatMap(settingLines),
    '}',
    '',
    `const choice = makersOf<${name}ChoiceSettings>();`,
    ...chosenSettings(schema).flatMap((setting) => makersOfSetting(solver, schema, setting)),
    '',
  ].join('\n');
}

/** The makers of the choices of a setting that have settings, and its type. */
function makersOfSetting(solver, { choices }, { name: setting, type: names }) {
  const made = choices.filter((each) => each.setting === setting && each.settings.length > 0);
  return [
    ...made.flatMap(({ name, settings }) => [
      '',
      `/** The ${setting} \`${name}\` of \`${solver}\` with its settings. */`,
      ...listed(`export const ${name} = choice('${name}', [`, settings, ']);'),
    ]),
    '',
    `/** The name of a ${setting}, or one with its settings. */`,
    `export type ${capitalized(solver)}${capitalized(setting)} =`,
    ...names.map((each) => `  | ${quoted(each)}`),
    `${made.map(({ name }) => `  | ReturnType<typeof ${name}>`).join('\n')};`,
  ];
}

/** "`family` and `penalty`". */
const listOf = (settings) => settings.map(({ name }) => `\`${name}\``).join(' and ');

/** A list of names on one line where it is short enough, else one a line. */
function listed(before, names, after) {
  const line = `${before}${names.map(quoted).join(', ')}${after}`;
  return line.length <= 120 ? [line] : [before, ...names.map((each) => `  ${quoted(each)},`), after];
}

function solverTypes(solver, limits, schema) {
  const name = capitalized(solver);
  const { progress, problem } = schema;
  const result = resultMembers(schema);
  const typeOfChoice = ({ name: setting }) => `${name}${capitalized(setting)}`;
  const chosen = chosenSettings(schema);
  const own = ownSettings(limits, byOwner(schema).top).map((setting) =>
    chosen.includes(setting) ? { ...setting, type: typeOfChoice(setting) } : setting,
  );
  return [
    `// ${notice}`,
    ...matrixImports(JSON.stringify([result, problem])),
    "import { type Limits, limitDefaults } from './limits.js';",
    ...(chosen.length > 0
      ? [`import type { ${chosen.map(typeOfChoice).sort().join(', ')} } from './${solver}Choices.js';`]
      : []),
    `import type { ${certifies(result) ? 'Certificate, ' : ''}Progress } from './solve.js';`,
    '',
    '/** The data that the addon takes beside settings, as far as a table says it. */',
    `export interface ${name}Problem {`,
    ...inputLines(problem),
    '}',
    '',
    `export interface ${name}Options extends Limits {`,
    ...own.flatMap(settingLines),
    '}',
    '',
    `export const ${solver}Defaults = {`,
    '  ...limitDefaults,',
    ...defaultLines(own),
    `} as const satisfies ${name}Options;`,
    '',
    '/** Members of a report of the solver beside those of all reports. */',
    ...(progress.length === 0
      ? [`export type ${name}Progress = Progress;`]
      : [`export interface ${name}Progress extends Progress {`, ...resultLines(progress), '}']),
    '',
    '/** Members of a result of the solver beside those of all results. */',
    `export interface ${name}Solution {`,
    ...resultLines(result),
    '}',
    '',
  ].join('\n');
}

/**
 * The types of the problem and the solution of solve() by the name of a solver. A problem that has members beside those of its table may
 * have any.
 */
function problemTypes(solvers) {
  const names = Object.keys(solvers);
  const imports = names.map(
    (solver) => `import type { ${capitalized(solver)}Problem, ${capitalized(solver)}Solution } from './${solver}.js';`,
  );
  const members = (kind) => names.map((solver) => `  ${solver}: ${capitalized(solver)}${kind};`);
  return [
    `// ${notice}`,
    ...imports,
    '',
    '/** What the addon takes beside settings, by solver. */',
    'export interface Problems {',
    ...members('Problem'),
    '}',
    '',
    '/** What a result has beside what all results have, by solver. */',
    'export interface Solutions {',
    ...members('Solution'),
    '}',
    '',
  ].join('\n');
}

/** The import of the types of matrices that a schema has. */
function matrixImports(schema) {
  const names = ['Matrix', 'SparseMatrix'].filter((each) => new RegExp(`[" ]${each}[" ]`).test(schema));
  return names.length > 0 ? [`import type { ${names.join(', ')} } from '../core/matrix.js';`] : [];
}

function wrapped(text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (lines.at(-1) && lines.at(-1).length + word.length > 112) lines.push('');
    lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines;
}

const row = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const heading = (...cells) => [`<!-- ${notice} -->`, row(cells), row(cells.map(() => '---'))];
const code = (type) =>
  type
    .split(' | ')
    .map((each) => `\`${each}\``)
    .join(', ');

/**
 * A row for each setting of the native library, where TypeScript neither declares it anew nor leaves it out, and for those that it declares;
 * those for experts come last.
 */
function settingsTable(settings, { rows: declared = [], omitted = [] } = {}) {
  const rangeText = (setting) => rangeOf(setting)?.replace(/^an? /, '') ?? code(typeOf(setting));
  const known = [...omitted, ...declared.map(({ name }) => name)];
  const native = settings
    .filter(({ name }) => !known.includes(name))
    .map((setting) => ({ ...setting, text: rangeText(setting), usual: `${defaultOf(setting)}` }));
  const others = declared.map(({ types, ...setting }) => {
    const texts = types.map((type) => {
      const same = settings.find((setting) => type.endsWith(`Options['${setting.name}']`));
      return same ? rangeText(same) : `\`${type}\``;
    });
    return { ...setting, text: texts.join(', '), usual: setting.default };
  });
  const isForExperts = ({ when }) => when === forExperts;
  const all = [...native, ...others];
  const rows = [...all.filter((each) => !isForExperts(each)), ...all.filter(isForExperts)].map(
    ({ name, text, usual, doc, when }) => row([`\`${name}\``, text, usual, doc, when ?? '']),
  );
  return [...heading('Setting', 'Type', 'Default', 'Meaning', 'Change it when'), ...rows];
}

/** Returns true if a name is that of one choice, which `'auto'`, for one of several, is not. */
const isOne = (name) => name !== 'auto';

/** A table of the settings of choices, and for each setting that has choices one of what each of them reads. */
function choiceTables(solver, schema) {
  const declared = [...new Set(schema.choices.map(({ name }) => name))].flatMap((name) =>
    declaredSettings(schema.family ?? solver, `SettingsOf<typeof declared.${name}>`).rows.map((each) => ({
      ...each,
      of: name,
    })),
  );
  const tables = chosenSettings(schema).flatMap(({ name: setting, type: names }) => [
    '',
    `## ${setting}`,
    '',
    ...heading(`\`${setting}\``, 'Settings that it reads').slice(1),
    ...names.filter(isOne).map((name) => {
      const native = schema.choices.find((each) => each.setting === setting && each.name === name)?.settings ?? [];
      const its = [...native, ...declared.filter(({ of }) => of === name).map((each) => each.name)];
      return row([`\`${name}\``, its.map((each) => `\`${each}\``).join(', ') || 'none of its own']);
    }),
  ]);
  return [...settingsTable(byOwner(schema).ofChoices, { rows: declared }), ...tables, ''];
}

/** One row a member, those of objects under their path. */
function resultRows(members, path = '') {
  return members.flatMap(({ name, doc, type, optional }) => {
    const inner = type.fields ?? type.items;
    const at = `${path}${name}${type.items ? '[]' : ''}`;
    const what = inner ? (type.items ? 'array' : 'object') : code(resultType(type, ''));
    const sentence = optional ? `${doc} Absent where it is not known.` : doc;
    return [row([`\`${at}\``, what, sentence]), ...resultRows(inner ?? [], `${at}.`)];
  });
}

/** The certificates of each verb. */
function verbsTable({ solvers }) {
  const familyOf = ([name, { family = name }]) => family;
  const byFamily = Object.entries(solvers).sort((a, b) => familyOf(a).localeCompare(familyOf(b)));
  const rows = byFamily.map(([name, { family = name, claims }]) => {
    const { verbs, over, gapScale, remark } = claims;
    const points = over.map((each) => `\`${each.name}\`: ${each.meaning}`).join('; ');
    return row([
      `[${verbs.map((verb) => `\`${verb}\``).join(', ')}](${family}.md)`,
      claims.kinds.map((kind) => `\`${kind}\``).join(', '),
      points || 'all admissible points',
      gapScale || 'no bound',
      remark,
    ]);
  });
  return [...heading('Verb', 'Kinds beside `none`', 'Over', '`gapScale`', 'Remark'), ...rows];
}

/** A page of the docs with its table, which is what stands behind the notice and before a comment that ends it. */
function pageWithTable(name, table) {
  const end = '<!-- end of the table -->';
  const text = readFileSync(join(root, name), 'utf8');
  const [before, rest] = text.split(`<!-- ${notice} -->`);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${name}: expected the comments around its table`);
  return [`${before}${table.join('\n')}`, `${end}${after}`].join('\n');
}

/** Kinds and members of certificates. */
const certificateTables = ({ kinds, certificate }) => [
  ...heading('Kind', 'Meaning'),
  ...kinds.map(({ name, doc }) => row([`\`${name}\``, doc])),
  '',
  ...heading('Member', 'Type', 'Meaning').slice(1),
  ...resultRows(certificate),
  '',
];

/** The namespaces that src/index.ts passes on. */
function familyNamespaces(families) {
  return [`// ${notice}`, ...families.map((family) => `export * as ${family} from './${family}/index.js';`), ''].join(
    '\n',
  );
}

/** package.json with the subpaths of these families among its exports. */
function withSubpaths(families) {
  const made = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const index = (family, format) => ({
    types: `./dist/${format}/${family}/index.d.ts`,
    default: `./dist/${format}/${family}/index.js`,
  });
  const { './package.json': last, ...others } = made.exports;
  for (const family of families)
    others[`./${family}`] = { import: index(family, 'esm'), require: index(family, 'cjs') };
  made.exports = { ...others, './package.json': last };
  return `${JSON.stringify(made, null, 2)}\n`;
}

main(() => {
  const schema = loadSchema();
  const { limits, solvers, statuses, result } = schema;
  const families = [...new Set(Object.entries(solvers).map(([name, { family = name }]) => family))].sort();
  const made = {
    'src/generated/limits.ts': limitsTypes(limits),
    'docs/generated/limits.md': [...settingsTable(limits), ''].join('\n'),
    'src/generated/solve.ts': solveTypes(schema),
    'src/generated/problems.ts': problemTypes(solvers),
    'docs/generated/result.md': [
      ...heading('Member', 'Type', 'Meaning'),
      ...resultRows(result),
      '',
      'And `device`, that it ran on, and `certificate`: [what is known of the answer](../certificates.md). What each status says: [a table](status.md).',
      '',
    ].join('\n'),
    'docs/certificates.md': pageWithTable('docs/certificates.md', verbsTable(schema)),
    'docs/generated/certificate.md': certificateTables(schema).join('\n'),
    'docs/generated/status.md': [
      ...heading('Status', 'Meaning'),
      ...statuses.map(({ name, doc }) => row([`\`${name}\``, doc])),
      '',
    ].join('\n'),
    'src/families.ts': familyNamespaces(families),
    'src/predict/verbs.ts': modelsModule(),
    'package.json': withSubpaths(families),
  };
  for (const family of families) {
    made[`src/${family}/verbs.ts`] = verbsModule(family);
    made[`docs/${family}.md`] = pageWithFunctions(family);
  }
  for (const [solver, its] of Object.entries(solvers)) {
    made[`src/generated/${solver}.ts`] = solverTypes(solver, limits, its);
    const declared = declaredSettings(its.family ?? solver, `${capitalized(solver)}Options`);
    const table = settingsTable(ownSettings(limits, byOwner(its).top), declared);
    const others = its.choices ? ` and the [settings of its ${listOf(chosenSettings(its))}](${solver}-choices.md)` : '';
    const more = `Beside these, the [limits](limits.md) that every solver takes${others}.`;
    made[`docs/generated/${solver}-settings.md`] = [...table, '', more, ''].join('\n');
    if (its.choices) {
      made[`src/generated/${solver}Choices.ts`] = choiceTypes(solver, its);
      made[`docs/generated/${solver}-choices.md`] = choiceTables(solver, its).join('\n');
    }
    const lacking = its.readsMore ? ['', 'Functions, and matrices that belong to them, are in no table.'] : [];
    const inputs = [...heading('Member', 'Expected', 'Needed', 'Meaning'), ...inputRows(its.problem), ...lacking];
    made[`docs/generated/${solver}-problem.md`] = [...inputs, ''].join('\n');
    const members = [...heading('Member', 'Type', 'Meaning'), ...resultRows(resultMembers(its))];
    const common = 'Beside these, the [members](result.md) that every result has.';
    made[`docs/generated/${solver}-result.md`] = [...members, '', common, ''].join('\n');
  }
  const check = process.argv.includes('--check');
  const kinds = 'src/generated/kinds.ts';
  const stale = ['src/generated', 'docs/generated']
    .flatMap((folder) => files(folder))
    .filter((name) => !(name in made) && name !== kinds);
  if (check && stale.length > 0) throw new Error(`${stale.join(', ')}: of a solver that is no more: npm run types`);
  for (const name of stale) rmSync(join(root, name));
  const write = (name, text) => {
    const path = join(root, name);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
    if (check) throw new Error(`${name} is out of date: npm run types`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${name}`);
  };
  for (const [name, text] of Object.entries(made)) write(name, text);
  // Of the families as they are with what was written.
  write(kinds, kindsModule(notice));
});
