// Takes the place of core/loader.ts in the package nonconvex-wasm: the addon is WebAssembly, there when this module has been evaluated.
import { SolverError, withOwnErrors } from '../core/error.js';
import type { Addon, BinaryTried } from '../core/loader.js';
import { addon as loaded } from './addon.js';

const addon = withOwnErrors(loaded);

export const loadAddon = (): Addon => addon;

export function loadCudaAddon(): Addon {
  throw new SolverError('DEVICE_UNAVAILABLE', 'the solvers of nonconvex-wasm run on the CPU alone');
}

export const binariesTried = (): readonly BinaryTried[] => [{ path: 'nonconvex.wasm' }];

export const mpiShim = (): string | undefined => undefined;

export const glibcVersion = (): string | undefined => undefined;
