import './arrays.test.js';
