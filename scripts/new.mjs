// `npm run new -- NAME` writes a new family of solvers: the files of scripts/new under its name, with a solver that is
// small but passes the contract tests, and a row in the README's table. Replace the solver by your own, then the rest.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { files, main, output, root, runTool } from './shared.mjs';

const templates = 'scripts/new';
/** Names of other things in src/, src/generated or a JavaScript module. */
const reserved = ['default', 'families', 'index', 'limits'];

/** Paths, by the repository's root, and texts of a family. */
function filesOf(name) {
  const named = (text) =>
    text.replaceAll('newFamily', name).replaceAll('NewFamily', name[0].toUpperCase() + name.slice(1));
  return files(templates).map((path) => [
    named(path.slice(templates.length + 1)),
    named(readFileSync(join(root, path), 'utf8')),
  ]);
}

/** Throws unless a family may have this name. */
function check(name, made) {
  if (name === undefined || !/^[a-z][a-zA-Z0-9]*$/.test(name)) {
    throw new Error(
      `npm run new -- NAME: '${name ?? ''}' is no name for a family: expected lower camel case, such as sparse`,
    );
  }
  if (reserved.includes(name))
    throw new Error(`npm run new -- ${name}: the name has another meaning: choose another name`);
  const folders = [`src/${name}`, `native/solvers/${name}`, `test/${name}`, `bench/${name}`, `examples/${name}`];
  const taken = [...folders, `native/${name}`, ...made.map(([path]) => path)].find((path) =>
    existsSync(join(root, path)),
  );
  if (taken !== undefined) throw new Error(`npm run new -- ${name}: ${taken} exists: choose another name`);
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (`./${name}` in exports) throw new Error(`npm run new -- ${name}: nonconvex/${name} exists: choose another name`);
}

/** Lines break elsewhere under a longer name. */
function format(paths) {
  const cpp = paths.filter((path) => /\.[ch]pp$/.test(path));
  const ts = paths.filter((path) => /\.m?[jt]s$/.test(path));
  output('clang-format', ['-i', ...cpp]);
  if (existsSync(join(root, 'node_modules'))) {
    runTool('@biomejs/biome', 'bin/biome', ['check', '--write', ...ts], { stdio: 'ignore' });
  }
}

/** The README with a row for the family at the end of its first table. */
function withRow(readme, name) {
  const verb = `solve${name[0].toUpperCase()}${name.slice(1)}`;
  const row = `| **[${name}](docs/${name}.md)** \`${verb}\` | steepest descent with exact steps | the minimum of a convex quadratic |`;
  const lines = readme.split('\n');
  const first = lines.findIndex((line) => line.startsWith('| --- '));
  const end = lines.findIndex((line, at) => at > first && !line.startsWith('|'));
  if (first < 0 || end < 0) throw new Error('README.md has no table of families');
  return [...lines.slice(0, end), row, ...lines.slice(end)].join('\n');
}

main(() => {
  const name = process.argv[2];
  const made = filesOf(name || '-');
  check(name, made);
  for (const [path, text] of made) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(`wrote ${path}`);
  }
  format(made.map(([path]) => path));
  const readme = join(root, 'README.md');
  writeFileSync(readme, withRow(readFileSync(readme, 'utf8'), name));
  console.log(`
README.md has a new row. Next:
  npm run build:native && npm run types && npm run build:ts
  npx vitest run test/contract test/${name} && ctest --test-dir build-cmake -R solvers/${name}
  docs/developers/add-a-solver.md says what to replace first.`);
});
