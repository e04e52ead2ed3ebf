import './libsvm.test.js';
