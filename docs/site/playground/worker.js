// Runs code with the package nonconvex-wasm and tells the page what it prints and returns.
const begin = performance.now();
const nonconvex = await import('./index.js');

const AsyncFunction = (async () => {}).constructor;
const shown = (value) => (typeof value === 'string' ? value : JSON.stringify(value, (_, x) => (ArrayBuffer.isView(x) ? [...x] : x)));
const print = (...values) => postMessage({ print: values.map(shown).join(' ') });

self.onmessage = async ({ data }) => {
  const start = performance.now();
  try {
    const result = await new AsyncFunction('nonconvex', 'print', data)(nonconvex, print);
    const ended = `ended after ${((performance.now() - start) / 1000).toFixed(2)} s`;
    const report = result?.history ? nonconvex.report(result) : undefined;
    postMessage({ report, ended });
  } catch (error) {
    postMessage({ print: `${error?.name ?? 'Error'}: ${error?.message ?? error}`, ended: 'failed' });
  }
};
postMessage({ loaded: performance.now() - begin });
