import './conflict.test.js';
