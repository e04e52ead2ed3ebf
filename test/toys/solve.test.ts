import { holdToysTo } from './addon.js';

await holdToysTo(() => import('../contract/solve.test.js'));
