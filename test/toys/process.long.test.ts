import { holdToysTo } from './addon.js';

await holdToysTo(() => import('../contract/process.test.js'));
