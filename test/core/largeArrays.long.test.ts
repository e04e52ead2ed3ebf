// All cases of largeArrays.test.ts.
import './largeArrays.test.js';
