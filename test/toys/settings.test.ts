import { holdToysTo } from './addon.js';

await holdToysTo(() => import('../contract/settings.test.js'));
