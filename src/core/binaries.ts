// References to the prebuilt binaries that bundlers and tracers of files can read. A checkout has none: where there are prebuilt binaries,
// scripts/references.mjs writes this module in dist/ with one entry for each.

/** A prebuilt binary for the platform at hand. */
export interface BinaryReference {
  /** The name of the file in its folder of prebuilds/, such as 'nonconvex.glibc.node'. */
  readonly file: string;
  /** The address of the file, by `new URL` with a literal; only of ES modules. Throws in a bundle that is no ES module, which has none. */
  readonly url?: () => URL;
  /** Result of `require` with a literal: the addon, or the path to which a bundler has copied it. */
  readonly load: () => unknown;
}

export const references: readonly BinaryReference[] = [];
