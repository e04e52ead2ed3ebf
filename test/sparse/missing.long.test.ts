// All cases of missing.test.ts.
import './missing.test.js';
