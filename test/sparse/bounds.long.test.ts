import './bounds.test.js';
