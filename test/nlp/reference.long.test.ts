import './reference.test.js';
