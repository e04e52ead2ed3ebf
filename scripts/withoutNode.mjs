// A substitute for node:util and node:url where there is no Node: build-ts.mjs puts it into dist/*/predict/index.js. Types are told by
// their tags, as the classes of a value may be another realm's.

const tagOfArray = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const tag = (value) => (ArrayBuffer.isView(value) ? tagOfArray.call(value) : undefined);
const tagged = (value, name) => Object.prototype.toString.call(value) === `[object ${name}]`;

export const types = {
  isTypedArray: (value) => tag(value) !== undefined,
  isFloat64Array: (value) => tag(value) === 'Float64Array',
  isFloat32Array: (value) => tag(value) === 'Float32Array',
  isUint8Array: (value) => tag(value) === 'Uint8Array',
  isInt32Array: (value) => tag(value) === 'Int32Array',
  isAnyArrayBuffer: (value) => tagged(value, 'ArrayBuffer') || tagged(value, 'SharedArrayBuffer'),
  isPromise: (value) => tagged(value, 'Promise'),
  isNativeError: (value) => tagged(value, 'Error'),
  // No JavaScript can tell.
  isProxy: () => false,
};

/** Paths are none of the subpath's business. */
export const fileURLToPath = String;
