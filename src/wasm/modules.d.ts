// Emscripten's module, which scripts/wasm.mjs builds.
declare module 'nonconvex-wasm-module' {
  interface EmscriptenModule {
    emnapiInit(options: { context: object }): Record<string, unknown>;
  }
  const make: (options: { wasmBinary: ArrayBuffer | Uint8Array }) => Promise<EmscriptenModule>;
  export default make;
}
