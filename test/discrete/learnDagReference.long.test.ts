import './learnDagReference.test.js';
