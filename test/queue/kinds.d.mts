import type { Kind } from '../../src/queue/index.js';

export const kinds: Record<string, Kind>;
