import './saddles.test.js';
