// `node scripts/references.mjs [PACKAGE]`: writes dist/*/core/binaries.js with a literal path for each file of prebuilds/, which bundlers
// (esbuild, webpack, Rollup, Vite) copy and tracers (@vercel/nft) find. Run by the builds of TypeScript and of prebuilt binaries.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { main, root } from './shared.mjs';

/** An entry, which is dropped where a bundler has the platform as a constant. Tracers read `new URL` in a function with a body only. */
function entry([folder, file], format) {
  const [platform, arch] = folder.split('-');
  const literal = `'../../../prebuilds/${folder}/${file}'`;
  const url = `    url() {\n      return new URL(${literal}, import.meta.url);\n    },\n`;
  return `  process.platform === '${platform}' && process.arch === '${arch}' && {
    file: '${file}',
${format === 'esm' ? url : ''}    load: () => require(${literal}),
  },
`;
}

/** The names of folder and file of each prebuilt binary of a package. */
function prebuilt(folder) {
  const prebuilds = join(folder, 'prebuilds');
  const platforms = existsSync(prebuilds) ? readdirSync(prebuilds).filter((name) => /^\w+-\w+$/.test(name)) : [];
  return platforms.flatMap((platform) =>
    readdirSync(join(prebuilds, platform))
      .filter((file) => file.endsWith('.node'))
      .map((file) => [platform, file]),
  );
}

/** Writes the module of both builds of a package, where they are there. */
export function writeReferences(folder = root) {
  const binaries = prebuilt(folder).sort();
  for (const format of ['esm', 'cjs']) {
    const module = join(folder, 'dist', format, 'core/binaries.js');
    if (!existsSync(dirname(module))) continue;
    const list = `[\n${binaries.map((binary) => entry(binary, format)).join('')}].filter(Boolean)`;
    writeFileSync(module, `${format === 'esm' ? 'export const references' : 'exports.references'} = ${list};\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(() => writeReferences(process.argv[2]));
