// All cases of largePrograms.test.ts.
import './largePrograms.test.js';
