// Declarations for the library for progress bars, which has no types of its own.
declare module 'cli-progress' {
  export class SingleBar {
    constructor(
      options: { format: string; stream: NodeJS.WritableStream; hideCursor: boolean; clearOnComplete: boolean },
      preset: object,
    );
    start(total: number, value: number, payload: object): void;
    update(value: number, payload: object): void;
    stop(): void;
  }
  export const Presets: { shades_classic: object };
}
