import { holdToysTo } from './addon.js';

await holdToysTo(() => import('../contract/certificates.test.js'));
