import './columns.test.js';
