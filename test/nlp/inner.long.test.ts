import './inner.test.js';
