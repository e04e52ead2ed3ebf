import './problems.test.js';
