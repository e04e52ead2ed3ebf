// node scripts/check-binary.mjs FILE [largest size in MB [newest glibc]]
// node scripts/check-binary.mjs FILE --code sm_80,sm_90,ptx_90
// Checks that an addon defines what it uses and exports only the two functions that Node looks up; with a size also that
// it runs on other machines: needs no more than the C library (glibc 2.34 or what is given, musl, or Windows' own) and its companions, and is no
// larger than that. One for CUDA must hold the code that is named: for a compute capability, or PTX for later ones.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { main, output } from './shared.mjs';

// musl is one file, which its loader finds by this name; Windows 10 has all of these.
const libraries = /^(lib(c|m|pthread|dl|rt|gcc_s)\.so\.\d+|ld-linux[\w-]*\.so\.\d+|libc\.so)$/;
const windowsLibraries = /^(api-ms-win-crt-[\w-]+|kernel32|ntdll|ucrtbase)\.dll$/i;
const exported = /^(napi_register_module_v1|node_api_module_get_api_version_v1)$/;

/** In megabytes, and for a binary that others get (with a largest size) what it adds to a package. */
function sizes(file, size, megabytes) {
  const packed = () => `, ${(gzipSync(readFileSync(file), { level: 9 }).length / 1e6).toFixed(1)} MB compressed`;
  return `${size.toFixed(1)} MB${megabytes === undefined ? '' : packed()}`;
}

function newer([major, minor], [thanMajor, thanMinor]) {
  return major > thanMajor || (major === thanMajor && minor > thanMinor);
}

/** The kinds of code for a GPU in a binary, such as 'sm_80', or 'ptx_90', which the driver translates. */
function deviceCode(file) {
  const bytes = readFileSync(file);
  const magic = Buffer.from([0x50, 0xed, 0x55, 0xba]); // of each collection that nvcc makes, a header before its parts
  const found = new Set();
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1)) {
    const begin = at + bytes.readUInt16LE(at + 6);
    const end = begin + Number(bytes.readBigUInt64LE(at + 8));
    for (let part = begin; part < Math.min(end, bytes.length - 64); ) {
      const kind = { 1: 'ptx', 2: 'sm' }[bytes.readUInt16LE(part)];
      if (kind) found.add(`${kind}_${bytes.readUInt32LE(part + 28)}`);
      part += bytes.readUInt32LE(part + 4) + Number(bytes.readBigUInt64LE(part + 8));
    }
  }
  return [...found].sort();
}

/** The symbols of musl, which have no versions; undefined where this machine has none for the processor of the file. */
function definedByMusl(file) {
  const processor = /Machine:.*AArch64/.test(output('readelf', ['-h', file])) ? 'aarch64' : 'x86_64';
  const library = `/usr/lib/${processor}-linux-musl/libc.so`; // where Debian's musl has it
  const symbols = existsSync(library) ? output('readelf', ['-W', '--dyn-syms', library]) : undefined;
  return symbols && new Set([...symbols.matchAll(/ (?:GLOBAL|WEAK)\s+\w+\s+\d+ (\S+)$/gm)].map((match) => match[1]));
}

/** The same of a library for Windows. */
function checkWindows(file, size, megabytes) {
  const headers = output('objdump', ['-p', file]);
  if (headers === undefined) throw new Error(`objdump cannot read ${file}`);
  const needed = [...headers.matchAll(/DLL Name: (\S+)/g)].map((match) => match[1]);
  const [, names = ''] = headers.split('[Ordinal/Name Pointer] Table');
  const defined = [...names.matchAll(/^\s*\[\s*\d+\].*?(\w+)$/gm)].map((match) => match[1]);
  const problems = [
    ...needed.filter((library) => !windowsLibraries.test(library)).map((library) => `needs ${library}`),
    // Zig's library for exceptions exports its own functions, which nobody looks up by name.
    ...defined
      .filter((name) => !exported.test(name) && !/^(_Unwind_|unw_|_GCC_)/.test(name))
      .map((name) => `exports ${name}`),
    ...(defined.includes('napi_register_module_v1') ? [] : ['does not export napi_register_module_v1']),
    ...(size > Number(megabytes) ? [`is larger than ${megabytes} MB`] : []),
  ];
  console.log(`${file}: ${sizes(file, size, megabytes)}, needs ${needed.join(' ')}`);
  if (problems.length > 0) throw new Error(problems.map((problem) => `${file} ${problem}`).join('\n'));
}

main(() => {
  const [file, ...rest] = process.argv.slice(2);
  const wanted = rest[0] === '--code' ? rest[1].split(',') : [];
  const megabytes = rest[0] === '--code' ? undefined : rest[0];
  const size = statSync(file).size / 1e6;
  if (readFileSync(file).toString('latin1', 0, 2) === 'MZ') return checkWindows(file, size, megabytes);
  const dynamic = output('readelf', ['-W', '-d', file]);
  const symbols = output('readelf', ['-W', '--dyn-syms', file]);
  if (dynamic === undefined || symbols === undefined) throw new Error(`readelf cannot read ${file}`);
  const newestGlibc = (megabytes && rest[1] ? rest[1] : '2.34').split('.').map(Number);
  const problems = [];
  const elsewhere = [];

  const needed = [...dynamic.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map((match) => match[1]);
  for (const library of needed) if (!libraries.test(library)) elsewhere.push(`needs ${library}`);
  if (/\((RPATH|RUNPATH|TEXTREL)\)/.test(dynamic)) elsewhere.push('has RPATH, RUNPATH or TEXTREL');

  let glibc = [2, 0];
  for (const [, name, major, minor] of symbols.matchAll(/ UND (\S+)@GLIBC_(\d+)\.(\d+)/g)) {
    const version = [Number(major), Number(minor)];
    if (newer(version, glibc)) glibc = version;
    if (newer(version, newestGlibc))
      elsewhere.push(`takes ${name} from glibc ${version.join('.')}; see cmake/glibc-compat.c`);
  }

  // Left undefined without a version are only what Node provides, and musl; all else would be missing in our own link. Where there is no
  // musl to ask, those of C++ are told.
  const musl = needed.includes('libc.so');
  const known = musl ? definedByMusl(file) : new Set();
  for (const [, name] of symbols.matchAll(/ GLOBAL\s+\w+\s+UND (\w+)$/gm)) {
    if (/^(napi|node_api)_/.test(name) || (known ? known.has(name) : !name.startsWith('_Z'))) continue;
    problems.push(`lacks a definition of ${name}`);
  }

  const defined = [...symbols.matchAll(/ (?:GLOBAL|WEAK|UNIQUE)\s+\w+\s+\d+ (\S+)$/gm)].map((match) => match[1]);
  for (const name of defined) if (!exported.test(name)) problems.push(`exports ${name}`);
  if (!defined.includes('napi_register_module_v1')) problems.push('does not export napi_register_module_v1');

  const cuda = wanted.length > 0 ? deviceCode(file) : [];
  for (const code of wanted) if (!cuda.includes(code)) problems.push(`has no code ${code}`);

  if (size > Number(megabytes)) elsewhere.push(`is larger than ${megabytes} MB`);
  const libc = musl ? 'musl' : `glibc ${glibc.join('.')}`;
  console.log(`${file}: ${sizes(file, size, megabytes)}, ${libc}, needs ${[...needed, ...cuda].join(' ')}`);
  if (megabytes !== undefined) problems.push(...elsewhere);
  if (problems.length > 0) throw new Error(problems.map((problem) => `${file} ${problem}`).join('\n'));
});
