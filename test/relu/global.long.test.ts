import './global.test.js';
