import './newtonDerivatives.test.js';
