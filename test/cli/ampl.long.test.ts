import './ampl.test.js';
