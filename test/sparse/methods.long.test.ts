import './methods.test.js';
