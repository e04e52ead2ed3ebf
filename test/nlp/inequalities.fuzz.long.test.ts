import './inequalities.fuzz.test.js';
