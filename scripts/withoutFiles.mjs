// Substitutes for modules of Node where there are none, beside withoutNode.mjs: scripts/wasm.mjs puts it into the package for browsers.
import { setImmediate as nextTurn } from './withoutProcess.mjs';

export { fileURLToPath, types } from './withoutNode.mjs';

const refuse = (what) => async () => {
  throw new Error(`${what} needs Node.js and the package nonconvex; give data in arrays instead of files`);
};

export const [open, readFile] = [refuse('reading files'), refuse('reading files')];
export const [writeFile, stat, realpath, rename, rm] = Array.from({ length: 5 }, () => refuse('writing files'));
export const pipeline = refuse('reading files');
export const [createGunzip, createInflateRaw, inflateRawSync] = Array.from({ length: 3 }, () =>
  refuse('reading files'),
);
export const getHeapStatistics = () => ({ heap_size_limit: Number.POSITIVE_INFINITY, used_heap_size: 0 });
export const crc32 = undefined;
export const randomUUID = () => crypto.randomUUID();
export const dirname = String;
export const join = (...parts) => parts.join('/');

export const setImmediate = () => new Promise(nextTurn);

export const AsyncResource = { bind: (f) => f };

export const channel = () => ({ hasSubscribers: false, publish() {} });
// One process and one thread, which says nothing when it ends.
export const [cpus, availableParallelism] = [() => [], () => 1];
export const isMainThread = true;
export const inspect = String;
export const writeSync = () => 0;
export const [totalmem, freemem] = [() => 0, () => Number.POSITIVE_INFINITY];
