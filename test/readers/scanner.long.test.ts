import './scanner.test.js';
