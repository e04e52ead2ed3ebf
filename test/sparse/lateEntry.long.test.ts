import './lateEntry.test.js';
