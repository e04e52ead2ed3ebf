// `npm run prebuild [-- --platform NAME ...] [--openblas FILE]`: the binaries that the published package carries, by prebuildify:
// prebuilds/PLATFORM-ARCH/nonconvex[.glibc|.musl].node. Platforms that are named (scripts/platforms.mjs) are built by Zig, for the oldest system
// that is promised; without a name it is this one, by its own compiler. They contain the trimmed OpenBLAS of scripts/openblas.sh, or that
// library; those for macOS use Accelerate.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import prebuildify from 'prebuildify';
import { binaryOf, hostPlatform, partsOf, platforms } from './platforms.mjs';
import { writeReferences } from './references.mjs';
import { root, run } from './shared.mjs';

const { values } = parseArgs({
  options: { platform: { type: 'string', multiple: true }, openblas: { type: 'string' } },
});
if (values.openblas) process.env.NONCONVEX_OPENBLAS = values.openblas;
for (const name of values.platform ?? [hostPlatform()]) {
  const { platform, arch, libc } = partsOf(name);
  const cross = values.platform !== undefined && platforms[name].triple !== undefined;
  if (cross) process.env.NONCONVEX_CROSS = 'yes';
  // prebuildify takes what lies in build/Release of its folder, which must be nobody else's.
  const cwd = join(root, 'build-platforms', cross ? name : 'own');
  mkdirSync(cwd, { recursive: true });
  await promisify(prebuildify)({
    name: 'nonconvex',
    nodeGyp: join(root, 'scripts/prebuild-cmake.mjs'),
    cwd,
    out: root,
    napi: true,
    targets: [process.versions.node], // a name, no more: Node-API is the same in all
    platform,
    arch,
    libc,
    tagLibc: libc !== undefined,
    strip: !cross, // Zig's linker has done it
  });
  const limits = [values.openblas ? '40' : '8', cross ? '2.28' : '2.34'];
  if (platform !== 'darwin') run(process.execPath, ['scripts/check-binary.mjs', binaryOf(name), ...limits]);
}
writeReferences();
