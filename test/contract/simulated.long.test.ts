import './simulated.test.js';
