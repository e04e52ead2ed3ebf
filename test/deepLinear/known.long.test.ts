import './known.test.js';
