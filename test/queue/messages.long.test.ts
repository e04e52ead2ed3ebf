// The kinds that messages.test.ts leaves out.
import './messages.test.js';
