import './path.test.js';
