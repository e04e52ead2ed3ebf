import './simplexReference.test.js';
