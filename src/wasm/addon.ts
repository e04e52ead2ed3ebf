// The addon as WebAssembly: nonconvex.wasm beside the bundle of this file, loaded by Emscripten's module, with the Node-API of emnapi.
import { createContext } from '@emnapi/runtime';
import makeModule from 'nonconvex-wasm-module';

/** The file of WebAssembly, which bundlers that know this form copy. */
const place = new URL('nonconvex.wasm', import.meta.url);

async function bytes(): Promise<ArrayBuffer | Uint8Array> {
  // Not by import(), of which bundlers for browsers would make a module that is not there.
  if (place.protocol === 'file:') return process.getBuiltinModule('node:fs/promises').readFile(place);
  const response = await fetch(place);
  if (!response.ok) throw new Error(`${place} could not be loaded: ${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}

const module = await makeModule({ wasmBinary: await bytes() });

/** Exports of native/binding/addon.cpp. */
export const addon: Record<string, unknown> = module.emnapiInit({ context: createContext() });
