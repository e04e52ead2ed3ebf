import './optimality.test.js';
