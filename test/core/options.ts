import { world } from '../../src/index.js';
import type { Taking } from '../contract/takesOptions.js';

export const taking: Taking = {
  'nonconvex/world': ['peerTimeout', (options) => world(options)],
};

/** Functions without options. */
export const others: string[] = [];
