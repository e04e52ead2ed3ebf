import './inequalities.test.js';
