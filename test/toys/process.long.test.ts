import { it } from 'vitest';
import { all } from '../long.js';
import { holdToysTo } from './addon.js';

if (all) await holdToysTo(() => import('../contract/process.test.js'));
else it.skip('toys keep every promise to the process: in `npm run test:all`');
