import './process.test.js';
