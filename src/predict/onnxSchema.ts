// The protobuf messages of ONNX, by the official schema. The build makes one file of this and the library; it is loaded on first use.
import * as library from 'onnx-proto';
import type { ModelProto } from './onnxGraph.js';

interface Message {
  create(of: unknown): never;
  encode(message: never): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

// Node gives CommonJS as the default; what bundles gives its names.
const { onnx } = ('onnx' in library ? library : (library as { default: unknown }).default) as unknown as {
  onnx: { ModelProto: Message };
};

export function encode(model: ModelProto): Uint8Array {
  // In Node it is a Buffer, which lies in memory that others share.
  return Uint8Array.from(onnx.ModelProto.encode(onnx.ModelProto.create(model)).finish());
}

/** @throws Error for bytes that are no message. */
export function decode(bytes: Uint8Array): ModelProto {
  // The library knows bytes by their class, which those of another realm do not have.
  return onnx.ModelProto.decode(Uint8Array.from(bytes)) as ModelProto;
}
