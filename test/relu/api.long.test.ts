import './api.test.js';
