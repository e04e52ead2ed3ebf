import './matrixMarket.test.js';
