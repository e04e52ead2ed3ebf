// The ranks of an MPI job: processes of one program, each with rows of its own, that solve together.
import { writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { inspect } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { addon } from './addon.js';
import { rangeError, typeError } from './argumentError.js';
import { checkMembers, checkNumber, checkObject, show } from './check.js';
import { SolverError } from './error.js';
import { mpiShim } from './loader.js';

/** The ranks of a job, which {@link world} gives. */
export interface Ranks {
  /** The number of this process, from 0. */
  readonly rank: number;
  /** How many processes there are. */
  readonly size: number;
  /** Bytes of the messages of this process so far. */
  readonly bytes: number;
}

export interface WorldOptions {
  /** Seconds that a rank waits for the others within a solve before it ends the job. Default 600. */
  peerTimeout?: number | undefined;
}

type Library = 'openmpi' | 'mpich';

/** Variables that a launcher sets for the processes that it has started. */
interface Launched {
  library: Library;
  size: number;
  variable: string;
}

/** Variables that launchers set, and whose they are. */
const launchers: readonly [variable: string, library: Library][] = [
  ['OMPI_COMM_WORLD_SIZE', 'openmpi'],
  ['PMI_SIZE', 'mpich'],
  // srun, which says nothing of the library: --mpi=pmix is Open MPI's, --mpi=pmi2 MPICH's, which has set PMI_SIZE.
  ['SLURM_STEP_NUM_TASKS', 'openmpi'],
];

class World implements Ranks {
  readonly rank: number;
  readonly size: number;
  readonly #handle: object;

  constructor({ rank, size, handle }: { rank: number; size: number; handle: object }) {
    this.rank = rank;
    this.size = size;
    this.#handle = handle;
  }

  get bytes(): number {
    return addon().bytesOfRanks({ ranks: this.#handle });
  }

  static handleOf(ranks: unknown): object | undefined {
    return typeof ranks === 'object' && ranks !== null && #handle in ranks ? ranks.#handle : undefined;
  }
}

let opened: World | undefined;

/**
 * The ranks of the job that this process is one of: with `mpirun -n 64 node fit.mjs`, `srun` or another launcher of MPI one of many, without a
 * launcher rank 0 of 1, for which nothing of MPI is loaded. Data that say `ranks` are one rank's rows of those of all, and a solve of them is
 * one of all ranks, which all of them call in the same order.
 *
 * ```js
 * const ranks = await world();
 * const { x, y } = await readLibsvm('train.libsvm', { columns: 123, part: ranks });
 * const result = await minimize(nlp.logisticRegression({ x, y, ridge: 0.1, ranks }));
 * if (ranks.rank === 0) console.log(result.message);
 * ```
 *
 * A process that ends with another exit status than 0 ends all ranks; one that ends with 0 waits for the others, and ends them where they solve on.
 * @throws SolverError `LIBRARY_NOT_FOUND` where there is no shim for the launcher's library (`npm run build:mpi`), `PEER_FAILED` where the
 * library has started fewer ranks than the launcher says, `UNSUPPORTED` in a worker thread or for processors that compute different last digits
 */
export async function world(options: WorldOptions = {}): Promise<Ranks> {
  const { peerTimeout = 600 } = checkMembers('options', checkObject('options', options), ['peerTimeout'], 'option');
  checkNumber('peerTimeout', peerTimeout, { lower: 0, open: true });
  opened ??= open(peerTimeout);
  return opened;
}

function open(peerTimeout: number): World {
  const launched = launchedBy(process.env);
  if (!launched) return new World(addon().openWorld({}));
  if (!isMainThread)
    throw new SolverError('UNSUPPORTED', 'world() is for the main thread: MPI knows a process, not its threads');
  const { own, blas = '' } = addon().kernels();
  const path = mpiShim(launched.library);
  if (path === undefined) {
    throw new SolverError(
      'LIBRARY_NOT_FOUND',
      `${launched.variable} = ${launched.size}: there is no shim for ${launched.library}; npm run build:mpi makes one, NONCONVEX_MPI names one`,
    );
  }
  shareProcessors();
  const made = addon().openWorld({ path, peerTimeout, kernels: `${own} ${blas}` });
  // An uncaught exception is printed by Node after the listeners of 'exit', when this process is no more.
  let uncaught: unknown;
  process.on('uncaughtExceptionMonitor', (error) => {
    uncaught = error;
  });
  process.on('exit', (code) => {
    if (uncaught !== undefined) writeSync(2, `${inspect(uncaught)}\n`);
    addon().leaveWorld({ code });
  });
  if (made.size !== launched.size) {
    throw new SolverError(
      'PEER_FAILED',
      `${launched.variable} = ${launched.size}, but ${path} finds ${made.size} of them: it is for another library than the launcher, whose every process would take its own rows for all`,
    );
  }
  return new World(made);
}

function launchedBy(environment: NodeJS.ProcessEnv): Launched | undefined {
  for (const [variable, library] of launchers) {
    const size = Number(environment[variable]);
    if (Number.isInteger(size) && size > 0) return { library, size, variable };
  }
  return undefined;
}

/** Lets ranks of one machine that are bound to no processors take a share of them each. */
function shareProcessors(): void {
  const local = Number(process.env.OMPI_COMM_WORLD_LOCAL_SIZE ?? process.env.MPI_LOCALNRANKS);
  if (process.env.NONCONVEX_THREADS !== undefined || !(local > 1)) return;
  process.env.NONCONVEX_THREADS = String(Math.max(1, Math.floor(availableParallelism() / local)));
}

/**
 * Handle of the ranks of an argument; undefined where there are none.
 * @throws TypeError
 */
export function checkRanks(name: string, ranks: unknown): object | undefined {
  if (ranks === undefined) return undefined;
  const handle = World.handleOf(ranks);
  if (handle) return handle;
  throw typeError(`${name} = ${show(ranks)}: expected what await world() gives`);
}

/** A part of what is read: number `rank` of `size` parts. */
export interface Part {
  readonly rank: number;
  readonly size: number;
}

/** @throws TypeError or RangeError */
export function checkPart(name: string, part: Part | undefined): Part | undefined {
  if (part === undefined) return undefined;
  const { rank, size } = checkObject(name, part);
  if (Number.isInteger(rank) && Number.isInteger(size) && rank >= 0 && rank < size) return part;
  throw rangeError(`${name} = { rank: ${rank}, size: ${size} }: expected integers with 0 <= rank < size`);
}
