// Made by scripts/types.mjs from what the native library declares. Do not edit.
export * as contrib from './contrib/index.js';
export * as deepLinear from './deepLinear/index.js';
export * as discrete from './discrete/index.js';
export * as fit from './fit/index.js';
export * as fractional from './fractional/index.js';
export * as nlp from './nlp/index.js';
export * as relu from './relu/index.js';
export * as smooth from './smooth/index.js';
export * as sparse from './sparse/index.js';
