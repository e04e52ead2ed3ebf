// The short form of the siege: 40 clients for some seconds.
import '../torture/service.test.js';
