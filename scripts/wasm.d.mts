import type { BuildOptions, BuildResult } from 'esbuild';
export const bundle: (path: string, more?: BuildOptions) => Promise<BuildResult>;
