import './summary.test.js';
