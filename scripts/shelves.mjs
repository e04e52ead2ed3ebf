// Verbs and recipes of the families, found by their files (docs/developers/add-a-solver.md), and what is made of them:
//   src/FAMILY/verbs.ts    hands on their files
//   src/predict/verbs.ts   the kinds of their models, src/predict/verbs/NAME.ts
//   docs/FAMILY.md         lists their pages, docs/FAMILY/NAME.md, between two lines
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { files, root } from './shared.mjs';

/** The names of the verbs of a family, whose solvers have folders of their own, and of its recipes, in TypeScript alone. */
export function functionsOf(family) {
  const problem = new RegExp(`^native/solvers/${family}/(\\w+)/problem\\.hpp$`);
  const recipe = new RegExp(`^src/${family}/recipes/(\\w+)\\.ts$`);
  const named = (folder, pattern) => files(folder).flatMap((path) => pattern.exec(path)?.[1] ?? []);
  return { verbs: named(`native/solvers/${family}`, problem), recipes: named(`src/${family}/recipes`, recipe) };
}

/** The text of src/predict/verbs.ts. */
export function modelsModule() {
  const names = files('src/predict/verbs').map((path) => basename(path, '.ts'));
  return [
    '// Made by scripts/types.mjs: the models of src/predict/verbs. Do not edit.',
    ...names.map((name) => `export { ${name}Kind } from './verbs/${name}.js';`),
    '',
    '/** The functions whose results are such models. */',
    'export type VerbKind =',
    `${names.map((name) => `  | '${name}'`).join('\n')};`,
    '',
  ].join('\n');
}

/** The text of src/FAMILY/verbs.ts. */
export function verbsModule(family) {
  const { verbs, recipes } = functionsOf(family);
  const paths = [...verbs, ...recipes.map((name) => `recipes/${name}`)].sort();
  const exports = paths.length > 0 ? paths.map((path) => `export * from './${path}.js';`) : ['export {};'];
  return ['// Made by scripts/types.mjs: the verbs and recipes of this folder. Do not edit.', ...exports, ''].join(
    '\n',
  );
}

const [begin, end] = [
  '<!-- Made by npm run types from the pages of single functions. -->',
  '<!-- The end of what is made. -->',
];

/** The text of docs/FAMILY.md with a table of docs/FAMILY/NAME.md, each with its first paragraph; at the end if there was none. */
export function pageWithFunctions(family) {
  const text = readFileSync(join(root, `docs/${family}.md`), 'utf8');
  const rows = files(`docs/${family}`).map((path) => {
    const about = readFileSync(join(root, path), 'utf8').split('\n\n')[1] ?? '';
    return `| [\`${basename(path, '.md')}\`](${path.slice('docs/'.length)}) | ${about.trim().replaceAll('\n', ' ')} |`;
  });
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (rows.length === 0 && from < 0) return text;
  const [before, after] =
    from < 0
      ? [`${text}\n## Functions with pages of their own\n\n`, '\n']
      : [text.slice(0, from), text.slice(to + end.length)];
  return `${before}${[begin, '', '| function | what it does |', '| --- | --- |', ...rows, '', end].join('\n')}${after}`;
}
