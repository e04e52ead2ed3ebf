import './farStarts.test.js';
