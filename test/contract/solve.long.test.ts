import './solve.test.js';
