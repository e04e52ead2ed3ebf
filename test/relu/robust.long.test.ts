import './robust.test.js';
