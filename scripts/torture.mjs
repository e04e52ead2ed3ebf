// `npm run torture`: attempts to break the package, some ten minutes (docs/reliability.md). Short forms of all of it are in `npm test`.
//   npm run torture             all of it
//   npm run torture -- NAME     one test of test/torture: arrays, faults, files, honesty, input, load, models, queue, service
//   npm run torture -- NAME 7   with another seed than 1
import { files, main, root, run, runTool } from './shared.mjs';

const names = files('test/torture', (path) => path.endsWith('.test.ts')).map((path) =>
  path.slice('test/torture/'.length, -'.test.ts'.length),
);
const [name = 'all', seed = '1'] = process.argv.slice(2);
if ((name !== 'all' && !names.includes(name)) || !/^\d+$/.test(seed) || Number(seed) === 0) {
  console.error(`npm run torture -- NAME SEED, where NAME is all or one of: ${names.join(' ')}; SEED a number from 1`);
  process.exit(2);
}
main(() => {
  run(process.execPath, ['scripts/setup.mjs']);
  process.env.NONCONVEX_TORTURE = seed;
  process.chdir(root);
  // One file after the other: they measure, and one of them fills all workers.
  for (const each of name === 'all' ? names : [name]) {
    runTool('vitest', 'vitest.mjs', ['run', `test/torture/${each}.test.ts`, '--disable-console-intercept']);
  }
});
