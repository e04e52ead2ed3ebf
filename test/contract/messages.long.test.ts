import './messages.test.js';
