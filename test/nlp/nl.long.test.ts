import './nl.test.js';
