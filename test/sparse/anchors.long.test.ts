import './anchors.test.js';
