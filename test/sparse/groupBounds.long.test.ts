import './groupBounds.test.js';
