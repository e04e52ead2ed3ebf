// `nonconvex doctor`: what the package found on this machine, and whether it solves there.
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Command } from 'commander';
import { version } from '../../package.json';
import { addon } from '../core/addon.js';
import { messageOf } from '../core/check.js';
import { type Device, devices } from '../core/device.js';
import { type BinaryTried, binariesTried, glibcVersion } from '../core/loader.js';
import { counted } from '../report/text.js';
import { print } from './print.js';
import { selfTest, type TestResult } from './selfTest.js';

export interface Diagnosis {
  /** True if the addon loads and passes the tests. */
  healthy: boolean;
  versions: { nonconvex: string; addon: string | null; node: string; napi: string; v8: string };
  platform: { name: string; glibc: string | null };
  processor: { model: string; count: number; vectors: string[] };
  /** The processors that the functions of the addon and of its BLAS are compiled for, of the versions that run here. */
  kernels: { own: string; blas: string | null } | null;
  threads: { number: number; from: string } | null;
  binaries: readonly BinaryTried[];
  /** Why no binary could be loaded. */
  problem?: string;
  devices: Device[];
  /** Variables of the environment that the package reads, those that are set. */
  variables: Record<string, string>;
  tests: TestResult[];
}

const variables = ['BINARY', 'CUDA_BINARY', 'THREADS', 'DEVICE'].map((name) => `NONCONVEX_${name}`);

/** Adds the command to the program; `ended` takes the exit status: 0 where the package solves here, 1 where it does not. */
export function addDoctor(program: Command, ended: (status: number) => void): void {
  program
    .command('doctor')
    .description('Say what the package finds on this machine, and whether it solves here.')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { json?: true }) => {
      const found = await diagnose();
      print(json ? JSON.stringify(found) : diagnosisText(found));
      ended(found.healthy ? 0 : 1);
    });
}

export async function diagnose(): Promise<Diagnosis> {
  let problem: string | undefined;
  let loaded: { version: string; threads: number; kernels: { own: string; blas?: string } } | undefined;
  try {
    loaded = { version: addon().version, threads: addon().threads(), kernels: addon().kernels() };
  } catch (error) {
    problem = messageOf(error);
  }
  const tests = loaded ? await selfTest() : [];
  return {
    healthy: loaded !== undefined && tests.every(({ passed }) => passed),
    versions: {
      nonconvex: version,
      addon: loaded?.version ?? null,
      node: process.versions.node,
      napi: process.versions.napi ?? 'none',
      v8: process.versions.v8,
    },
    platform: { name: `${process.platform}-${process.arch}`, glibc: glibcVersion() ?? null },
    processor: { model: cpus()[0]?.model.trim() ?? 'unknown', count: cpus().length, vectors: vectorExtensions() },
    kernels: loaded ? { own: loaded.kernels.own, blas: loaded.kernels.blas ?? null } : null,
    threads: loaded ? { number: loaded.threads, from: sourceOf(loaded.threads) } : null,
    binaries: binariesTried(),
    ...(problem !== undefined && { problem }),
    devices: await devices(),
    variables: Object.fromEntries(variables.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
    tests,
  };
}

/** A file of the system, empty where there is none. */
function systemFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The vector instructions that the processor has and the kernels are chosen by. */
function vectorExtensions(): string[] {
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(systemFile('/proc/cpuinfo'))?.[1]?.split(' ') ?? [];
  return ['avx', 'avx2', 'fma', 'avx512f', 'asimd', 'sve'].filter((name) => flags.includes(name));
}

/** Sources of the number of threads, in the order in which native/core/threads.cpp asks. */
function sourceOf(threads: number): string {
  if (process.env.NONCONVEX_THREADS) return 'NONCONVEX_THREADS';
  const allowed = allowedProcessors();
  if (allowed !== undefined && threads < allowed) return 'the quota of the control group';
  return threads < cpus().length ? 'the processors that the process may use' : 'the number of processors';
}

/** How many processors the process may run on; `undefined` where that is not known. */
function allowedProcessors(): number | undefined {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(systemFile('/proc/self/status'))?.[1];
  return list?.split(',').reduce((total, range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return total + last - first + 1;
  }, 0);
}

const libcText = (glibc: string | null): string =>
  glibc ? `, glibc ${glibc}` : process.platform === 'linux' ? ', musl or another C library' : '';

/** Linux alone tells which vectors its processor has. */
const vectorText = (vectors: string[]): string =>
  process.platform === 'linux' ? `, ${vectors.join(' ') || 'no vector extension that is known of'}` : '';

export function diagnosisText({ versions, platform, processor, kernels, threads, ...found }: Diagnosis): string {
  const { nonconvex, addon: native, node, napi, v8 } = versions;
  const device = ({ kind, name, usable, reason, computeCapability }: Device): string =>
    `  ${kind}: ${name}${computeCapability ? `, compute capability ${computeCapability}` : ''}${usable ? '' : `: ${reason?.split('\n')[0]}`}`;
  const lines = [
    `nonconvex ${nonconvex}, addon ${native ?? 'not loaded'}, Node.js ${node}, Node-API ${napi}, V8 ${v8}`,
    `platform: ${platform.name}${libcText(platform.glibc)}`,
    `processor: ${processor.model}, ${counted(processor.count, 'core')}${vectorText(processor.vectors)}`,
    ...(kernels ? [`kernels: own for ${kernels.own}, BLAS for ${kernels.blas ?? 'what is not known'}`] : []),
    ...(threads ? [`threads: ${threads.number}, by ${threads.from}`] : []),
    'binaries:',
    ...found.binaries.map(({ path, why }) => `  ${path}: ${why ?? 'loaded'}`),
    'devices:',
    ...found.devices.map(device),
    ...Object.entries(found.variables).map(([name, value]) => `${name}=${value}`),
    ...(found.tests.length > 0 ? ['tests:'] : []),
    ...found.tests.map(
      ({ name, passed, message, seconds }) =>
        `  ${passed ? 'passed' : 'FAILED'}: ${name}: ${message}, ${seconds.toFixed(3)} s`,
    ),
    ...(found.problem === undefined ? [] : ['', found.problem]),
    '',
    found.healthy ? 'The package solves on this machine.' : 'The package does not solve on this machine.',
  ];
  return lines.join('\n');
}
