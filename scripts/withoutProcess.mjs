// Stands for globals of Node in the package for browsers.
export const process = {
  arch: 'wasm32',
  platform: 'wasm',
  env: {},
  versions: {},
  emitWarning: (text, name) => console.warn(`${name}: ${text}`),
  // Node itself has it, Deno and Bun, too.
  getBuiltinModule: (name) => globalThis.process.getBuiltinModule(name),
};

/** Calls `f` in another turn of the event loop: messages to oneself come sooner than timers of browsers. */
export function setImmediate(f) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    f();
  };
  port2.postMessage(0);
}
