import './several.test.js';
