// `npm run new -- family NAME`, `verb FAMILY/NAME`, `recipe FAMILY/NAME` or `contrib NAME` writes what docs/developers/add-a-solver.md asks of
// it: the files of scripts/new under its name, which build and pass the contract tests. Replace the method by your own, then the rest.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { problems } from './new-problems.mjs';
import { files, main, output, root, runTool } from './shared.mjs';

const templates = 'scripts/new';
/** Names of other things in src/, src/generated or a JavaScript module. */
const reserved = ['default', 'families', 'index', 'limits', 'solver', 'verbs'];
/** The folders of templates of each shelf: a file of a later one stands for that of an earlier one. */
const shelves = { family: ['family'], verb: ['verb'], recipe: ['recipe'], contrib: ['verb', 'contrib'] };
const usage = 'npm run new -- family NAME | verb FAMILY/NAME | recipe FAMILY/NAME | contrib NAME';

const capitalized = (name) => name[0].toUpperCase() + name.slice(1);

/** The request of the command: the shelf, the family, and the name in it, which a family has not. */
function asked([shelf, what = '']) {
  if (!(shelf in shelves)) throw new Error(usage);
  const [family, name] = shelf === 'family' ? [what] : shelf === 'contrib' ? ['contrib', what] : what.split('/');
  for (const each of shelf === 'family' ? [family] : [family, name])
    if (!/^[a-z][a-zA-Z0-9]*$/.test(each ?? ''))
      throw new Error(`${usage}: '${what}' has no name for a ${shelf}: expected lower camel case, such as sparse`);
  const given = name ?? family;
  if (reserved.includes(given)) throw new Error(`'${given}' has another meaning: choose another name`);
  const families = readdirSync(join(root, 'native/solvers'));
  if (shelf !== 'family' && !families.includes(family))
    throw new Error(`${family} is no family: expected one of ${families.join(', ')}`);
  if (shelf !== 'contrib' && family === 'contrib')
    throw new Error('contrib has methods of one paper each: npm run new -- contrib NAME');
  return { shelf, family, name };
}

/** A recipe's problem: that of its family, or that of a family as `npm run new` has made it. */
function problemOf(family) {
  const made = { verb: `solve${capitalized(family)}`, problem: '{ Q: [[2, 1], [1, 3]], c: [-1, -2] }' };
  const { verb, names = [], others = {}, problem, settings } = problems[family] ?? made;
  const declares = (path) =>
    new RegExp(`^export async function ${verb}\\b`, 'm').test(readFileSync(join(root, path), 'utf8'));
  const [module] = files(`src/${family}`, declares);
  if (module === undefined)
    throw new Error(`scripts/new-problems.mjs: expected a problem of ${family}, and the name of a verb`);
  const imports = (path) =>
    Object.entries(others).map(([space, some]) => {
      const from = path.startsWith('test/') ? `../../src/${space}/index.js` : `nonconvex/${space}`;
      return `import { ${some.join(', ')} } from '${from}';\n`;
    });
  return (path, text) =>
    text
      .replaceAll('theVerb', verb)
      .replaceAll('theModule', basename(module, '.ts'))
      .replaceAll('import { newFunction', `import { ${[...names, 'newFunction'].join(', ')}`)
      .replaceAll('theProblem', problem)
      .replaceAll('theSettings, ', settings ? `${settings}, ` : '')
      .replaceAll(/\n+\/\/ more imports\n/g, `\n${imports(path).join('')}`);
}

/** Paths, by the repository's root, and texts of the files. */
function filesOf({ shelf, family, name = '' }) {
  const fill = shelf === 'recipe' ? problemOf(family) : (_, text) => text;
  const named = (text) =>
    text
      .replaceAll('newFamily', family)
      .replaceAll('NewFamily', capitalized(family))
      .replaceAll('newFunction', name)
      .replaceAll('NewFunction', name && capitalized(name));
  const made = shelves[shelf].flatMap((folder) =>
    files(`${templates}/${folder}`).map((path) => {
      const to = named(path.slice(`${templates}/${folder}/`.length));
      return [to, named(fill(to, readFileSync(join(root, path), 'utf8')))];
    }),
  );
  return new Map(made);
}

/** Throws where something has the name already. */
function check({ shelf, family, name }, made) {
  const folders = ['src', 'native/solvers', 'native', 'test', 'bench', 'examples'].map(
    (folder) => `${folder}/${family}`,
  );
  const places = [...(shelf === 'family' ? folders : [`src/generated/${name}.ts`]), ...made.keys()];
  const taken = places.find((path) => existsSync(join(root, path)));
  if (taken !== undefined) throw new Error(`${taken} exists: choose another name`);
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (shelf === 'family' && `./${family}` in exports)
    throw new Error(`nonconvex/${family} exists: choose another name`);
}

/** Lines break elsewhere under a longer name. */
function format(paths) {
  const cpp = paths.filter((path) => /\.[ch]pp$/.test(path));
  const ts = paths.filter((path) => /\.m?[jt]s$/.test(path));
  if (cpp.length > 0) output('clang-format', ['-i', ...cpp]);
  if (existsSync(join(root, 'node_modules'))) {
    runTool('@biomejs/biome', 'bin/biome', ['check', '--write', ...ts], { stdio: 'ignore' });
  }
}

/** Adds a row for the family to the README's first table. */
function addRow(name) {
  const readme = join(root, 'README.md');
  const row = `| **[${name}](docs/${name}.md)** \`solve${capitalized(name)}\` | steepest descent with exact steps | the minimum of a convex quadratic |`;
  const lines = readFileSync(readme, 'utf8').split('\n');
  const first = lines.findIndex((line) => line.startsWith('| --- '));
  const end = lines.findIndex((line, at) => at > first && !line.startsWith('|'));
  if (first < 0 || end < 0) throw new Error('README.md has no table of families');
  writeFileSync(readme, [...lines.slice(0, end), row, ...lines.slice(end)].join('\n'));
  console.log('README.md has a new row');
}

/** The next commands: two targets, so that no other test program is linked again. */
function nextSteps({ shelf, family, name }) {
  const native = `cmake --build build-cmake --target nonconvex test_solvers_${family}`;
  const test = `ctest --test-dir build-cmake -R solvers/${family}/${name ?? ''}`;
  const typescript = 'npm run types && node scripts/setup.mjs && npx vitest run test/contract test/house';
  return [
    ...(shelf === 'recipe' ? [] : [`${native} && ${test}`]),
    `${typescript} test/${family}${name ? `/${name}` : ''} test/examples`,
    'docs/developers/add-a-solver.md says what to replace first.',
  ];
}

main(() => {
  const what = asked(process.argv.slice(2));
  const made = filesOf(what);
  check(what, made);
  for (const [path, text] of made) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(`wrote ${path}`);
  }
  format([...made.keys()]);
  if (what.shelf === 'family') addRow(what.family);
  console.log(['', 'Next:', ...nextSteps(what).map((line) => `  ${line}`)].join('\n'));
});
