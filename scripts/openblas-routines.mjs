// node scripts/openblas-routines.mjs SOURCE RESULT.a PREFIX COMPILER MAKE-ARGUMENT ...: builds, of the source of OpenBLAS for several processors,
// what the routines of native/linalg/blas.hpp call, and nothing else. PREFIX is that of the binary tools, such as aarch64-linux-gnu-, or empty.
//
// OpenBLAS lists all kernels for a processor in a table, from which routines take theirs, so that a linker would keep every kernel.
// scripts/openblas.sh has each object say which places of the tables it reads (symbols taken_PLACE). Here these are followed from the routines
// on. An object is named after the symbol that it defines. The kernels at all other places are replaced by one function that ends the process,
// which nobody calls.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { main } from './shared.mjs';

/** The routines that blas.hpp declares, in both precisions, and what cmake/openblas/memory.cpp and native/binding/kernels.cpp call. */
function roots() {
  const declarations = readFileSync('native/linalg/blas.hpp', 'utf8');
  const names = [...declarations.matchAll(/\bp##(\w+_)\(const/g)].map((match) => match[1]);
  if (names.length === 0) throw new Error('native/linalg/blas.hpp declares no routine that could be found');
  return [...names.flatMap((name) => [`d${name}`, `s${name}`]), 'gotoblas_dynamic_init', 'gotoblas_corename'];
}

/** The functions that cmake/openblas/memory.cpp has instead of those of OpenBLAS. */
const replaced = ['gotoblas', 'blas_memory_alloc', 'blas_memory_free', 'xerbla_'];

main(() => {
  const [source, result, prefix, compiler, ...settings] = process.argv.slice(2);
  // The variables that the Makefile of the top exports to those of the folders, as it depends on the processor.
  const exported = execFileSync('make', ['--silent', '--eval=environment:; @env', 'environment', ...settings], {
    cwd: source,
    encoding: 'utf8',
  });
  const variables = [...exported.matchAll(/^(?!MAKE|MFLAGS)(\w+)=(.*)$/gm)].map((match) => [match[1], match[2]]);
  const env = { ...process.env, ...Object.fromEntries(variables), LC_ALL: 'C' };
  const inherit = { cwd: source, env, stdio: ['ignore', 'inherit', 'inherit'] };
  const reading = { cwd: source, env, stdio: ['ignore', 'pipe', 'ignore'], encoding: 'latin1', maxBuffer: 2 ** 30 };
  const tool = (name, ...args) => execFileSync(`${prefix}${name}`, args, reading);
  const make = (folder, core, ...targets) =>
    execFileSync(
      'make',
      ['-C', folder, ...targets, ...settings, ...(core ? ['GOTOBLAS_MAKEFILE=', `TARGET_CORE=${core}`] : [])],
      inherit,
    );

  // The objects to build: { folder, core } by the name of an object.
  make('driver/others', undefined, 'libs');
  make('kernel', undefined, 'commonlibs');
  const folders = [
    'interface',
    'driver/level2',
    'driver/level3',
    ...readdirSync(join(source, 'lapack')).map((name) => `lapack/${name}`),
  ];
  const known = new Map();
  for (const folder of folders.filter((name) => !name.includes('.') && !name.endsWith('Makefile'))) {
    const rules = execFileSync('make', ['-pn', '-C', folder, 'libs', ...settings], reading);
    for (const [, object] of rules.matchAll(/^(\w+)\.(?:o|obj): /gm)) {
      if (!known.has(object)) known.set(object, { folder });
    }
  }
  const suffix = existsSync(join(source, 'driver/others/dynamic.obj')) ? 'obj' : 'o';

  const definedIn = new Map(); // symbol -> path of its object
  const calls = new Map(); // path of an object -> symbols
  const takes = new Map(); // path of an object -> places of the tables
  const read = (objects) => {
    const lines = tool('nm', '-A', '-P', ...objects)
      .trim()
      .split('\n');
    for (const line of lines) {
      const [, object, symbol, kind] = line.match(/^(.+): (\S+) (\w)/);
      if (!calls.has(object)) calls.set(object, []);
      if (!takes.has(object)) takes.set(object, []);
      if (symbol.startsWith('taken_')) takes.get(object).push(Number(symbol.replace('taken_', '')));
      else if (kind === 'U') calls.get(object).push(symbol);
      else if (/[A-Z]/.test(kind) && !definedIn.has(symbol) && !replaced.includes(symbol))
        definedIn.set(symbol, object);
    }
  };
  const others = readdirSync(join(source, 'driver/others')).filter((name) => name.endsWith(`.${suffix}`));
  read(others.filter((name) => name !== `memory.${suffix}`).map((name) => `driver/others/${name}`));

  /** Where the object is to be built that defines a symbol; undefined for one of the C library. */
  const ruleOf = (symbol) => {
    const object = known.has(symbol) ? symbol : symbol.replace(/_$/, '');
    if (known.has(object)) return { ...known.get(object), object };
    const core = symbol.match(/^[a-z]\w*_([A-Z][A-Z0-9]+)$/)?.[1];
    return core && { folder: 'kernel', core, object: symbol.startsWith('gotoblas_') ? `setparam_${core}` : symbol };
  };

  /** The kernels of a table: { place, symbol }, places in bytes from where it begins. */
  const kernelsOf = (table) => {
    const object = definedIn.get(table);
    const entry = tool('objdump', '-t', object)
      .split('\n')
      .find((line) => line.endsWith(` ${table}`));
    const begin = Number.parseInt(entry.match(/(?:0x)?[0-9a-f]{16}/)[0], 16);
    return [...tool('objdump', '-r', object).matchAll(/^([0-9a-f]{16}) \S*64\s+(\w+)$/gm)].map((match) => ({
      place: Number.parseInt(match[1], 16) - begin,
      symbol: match[2],
    }));
  };

  const reached = new Set(); // objects
  const places = new Set();
  const tables = new Map(); // symbol of a table -> its kernels
  const fromTables = new Set(); // kernels that were found there first
  let ahead = roots();
  while (ahead.length > 0) {
    // Build what is missing, a folder and a processor at a time.
    const missing = new Map();
    for (const symbol of new Set(ahead)) {
      const rule = definedIn.has(symbol) || replaced.includes(symbol) ? undefined : ruleOf(symbol);
      if (!rule) continue;
      const key = `${rule.folder} ${rule.core ?? ''}`;
      missing.set(key, [...(missing.get(key) ?? []), `${rule.object}.${suffix}`]);
    }
    for (const [key, objects] of missing) {
      const [folder, core] = key.split(' ');
      make(folder, core, ...objects);
      read(objects.map((object) => `${folder}/${object}`));
    }
    const fresh = [...new Set(ahead)].flatMap((symbol) => {
      const object = definedIn.get(symbol);
      if (object === undefined || reached.has(object)) return [];
      reached.add(object);
      if (/^gotoblas_[A-Z0-9_]+$/.test(symbol)) tables.set(symbol, kernelsOf(symbol));
      return [{ symbol, object }];
    });
    ahead = fresh.flatMap(({ symbol, object }) => {
      const listed = new Set(tables.get(symbol)?.map((kernel) => kernel.symbol));
      return calls.get(object).filter((called) => !listed.has(called));
    });
    for (const { object } of fresh) for (const place of takes.get(object)) places.add(place);
    for (const { place, symbol } of [...tables.values()].flat()) {
      if (!places.has(place) || reached.has(definedIn.get(symbol))) continue;
      fromTables.add(symbol);
      ahead.push(symbol);
    }
    ahead = ahead.filter((symbol) =>
      definedIn.has(symbol) ? !reached.has(definedIn.get(symbol)) : !replaced.includes(symbol) && ruleOf(symbol),
    );
  }
  if (tables.size === 0 || places.size === 0)
    throw new Error('there are no tables of kernels, or no object says what it takes from them');

  const listed = [...tables.values()].flat().map((kernel) => kernel.symbol);
  const leftOut = [...new Set(listed)].filter((symbol) => !reached.has(definedIn.get(symbol)));
  const lines = leftOut.map((symbol) => `void ${symbol}(void) __attribute__((alias("openblas_left_out")));`);
  writeFileSync(
    join(source, 'left_out.c'),
    ['void openblas_left_out(void) { __builtin_trap(); }', ...lines, ''].join('\n'),
  );
  execFileSync(compiler, ['-c', '-O2', '-fPIC', 'left_out.c', '-o', 'left_out.o'], inherit);

  // Unwind tables serve exceptions alone, those of cmake/openblas/memory.cpp, which no kernel calls.
  const kernels = new Set(
    [...fromTables]
      .map((symbol) => definedIn.get(symbol))
      .filter((object) => !calls.get(object).includes('blas_memory_alloc')),
  );
  const chosen = join(source, 'chosen');
  rmSync(chosen, { recursive: true, force: true });
  mkdirSync(chosen);
  const members = [...reached].map((object) => {
    const member = join('chosen', basename(object));
    if (existsSync(join(source, member))) throw new Error(`two objects are named ${basename(object)}`);
    const unneeded = kernels.has(object) ? ['--remove-section=.eh_frame'] : [];
    tool('objcopy', '--wildcard', '--strip-symbol=taken_*', ...unneeded, object, member);
    return member;
  });
  rmSync(result, { force: true });
  tool('ar', 'rcs', resolve(result), ...members, 'left_out.o');
  const generations = [...tables.keys()].map((table) => table.replace('gotoblas_', '')).join(', ');
  console.log(
    `kernels for ${generations}: ${listed.length - leftOut.length} of ${listed.length}; ${reached.size} objects`,
  );
});
