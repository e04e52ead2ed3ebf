import './weights.test.js';
