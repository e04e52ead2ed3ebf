import './regression.test.js';
