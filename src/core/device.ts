// Where solves can run: what there is, and which is chosen.
import { cpus, totalmem } from 'node:os';
import { addon, type CudaDevice, cudaAddon } from './addon.js';
import { checkOneOf, messageOf, show } from './check.js';
import { SolverError } from './error.js';

const names = ['auto', 'cpu', 'cuda'] as const;

export type DeviceName = (typeof names)[number];

/** A device that solves can run on, or one that is there and why it cannot be used. */
export interface Device {
  kind: 'cpu' | 'cuda';
  name: string;
  /** Bytes of memory; 0 where it is not known. */
  memory: number;
  /** Bytes that are free now, of a CUDA device. */
  freeMemory?: number;
  /** Compute capability of a CUDA device, such as `'9.0'`. */
  computeCapability?: string;
  usable: boolean;
  /** Why it is not usable. */
  reason?: string;
}

/**
 * The CPU, then the CUDA devices in the driver's order; solves on a GPU take the first that is usable. Where no CUDA
 * device can be seen, one that is not usable says why. Never rejects. The first call starts the GPU driver, which may take
 * a second.
 *
 * ```ts
 * for (const { kind, name, usable, reason } of await devices()) console.log(kind, name, usable ? 'usable' : reason);
 * ```
 */
export async function devices(): Promise<Device[]> {
  return [cpu(), ...(await cudaDevices())];
}

function cpu(): Device {
  const limit = process.constrainedMemory?.() || Number.POSITIVE_INFINITY; // limit of the cgroup
  const device = {
    kind: 'cpu',
    name: cpus()[0]?.model.trim() || process.arch,
    memory: Math.min(totalmem(), limit),
  } as const;
  try {
    addon();
    return { ...device, usable: true };
  } catch (error) {
    return { ...device, usable: false, reason: messageOf(error) };
  }
}

async function cudaDevices(): Promise<Device[]> {
  const none = (reason: string): Device[] => [{ kind: 'cuda', name: 'none', memory: 0, usable: false, reason }];
  try {
    const found = (await cudaAddon().devices().promise) as CudaDevice[];
    return found.map((device) => ({ kind: 'cuda', ...device }));
  } catch (error) {
    return none(messageOf(error));
  }
}

/**
 * Places where problems can be solved: on the CPU only, with what they are called, or also on a GPU. `flops` is about how many
 * multiplications a solve takes; 0 where only a call that names the GPU is to get it.
 */
export type DeviceSupport = { cpuOnly: string } | { flops: number };

export interface Choice {
  device: 'cpu' | 'cuda';
  /** Who asked for it, for the message if it cannot be had. Absent: it was not asked for, and the CPU will do as well. */
  asked?: string;
}

/**
 * Least number of multiplications for which 'auto' tries a GPU. Below, a solve on the CPU takes some seconds at most, of which
 * starting a GPU and launching kernels would take a good part.
 */
const worthwhile = 1e10;

/**
 * The device for a solve. The call decides if it names one; then NONCONVEX_DEVICE, where a GPU can gain by the problem.
 * @throws SolverError `DEVICE_UNAVAILABLE` for `'cuda'` in a call of a solver that has no choice.
 */
export function chooseDevice(device: DeviceName, support: DeviceSupport): Choice {
  const byVariable = deviceVariable();
  if ('cpuOnly' in support) {
    if (device !== 'cuda') return { device: 'cpu' };
    throw new SolverError(
      'DEVICE_UNAVAILABLE',
      `device = 'cuda': ${support.cpuOnly} are solved on the CPU only; use 'auto' or 'cpu'`,
    );
  }
  if (device !== 'auto') return { device, asked: `device = '${device}'` };
  if (support.flops === 0) return { device: 'cpu' };
  if (byVariable !== 'auto') return { device: byVariable, asked: `NONCONVEX_DEVICE = '${byVariable}'` };
  return { device: support.flops >= worthwhile ? 'cuda' : 'cpu' };
}

/** An argument that must name a device. */
export function checkDevice(name: string, value: unknown): DeviceName {
  return checkOneOf(name, value, names);
}

function deviceVariable(): DeviceName {
  const value = process.env.NONCONVEX_DEVICE || 'auto';
  const device = names.find((name) => name === value);
  if (device) return device;
  // Not an error of an argument: whoever has called is not to blame.
  throw new RangeError(`NONCONVEX_DEVICE = ${show(value)}: expected one of ${names.map(show).join(', ')}`);
}
