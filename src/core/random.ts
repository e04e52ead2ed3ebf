// Random numbers that are the same in every run.

/** The seed among the settings of a solve; 0 for what is none, which the solver refuses. */
export function seedOf({ seed }: { seed?: unknown }): number {
  return Number.isInteger(seed) ? (seed as number) : 0;
}

/** Uniform in (0, 1), from an integer seed: the generator mulberry32, by T. Ettinger. */
export function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}
