import './familyBounds.test.js';
