import './plantedConflicts.test.js';
