// Solves cases with the library of one checkout, in a process of its own: what that does not survive ends no comparison.
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadLibrary, loadModule } from './library.mjs';
import { casesOf } from './parts.mjs';

/** Members of results that say how long something took, the same in words. */
const uncompared = ['seconds', 'time', 'message'];

/** A checkout whose process solves cases; the process is started anew if it has died. */
export class Checkout {
  #given;
  #threads;
  #process;
  #settle;

  /** `given` is { checkout, problems, data }, which are folders. */
  constructor(given, threads) {
    this.#given = given;
    this.#threads = threads;
  }

  /** The names of a part's cases, and lines that say what was skipped; with an error if the part cannot be made. */
  list(part) {
    return this.#ask({ part }).catch(({ message }) => ({ names: [], skipped: [], error: message }));
  }

  /** The members of a case's result by name, with seconds; or { error }. */
  solve(part, name) {
    return this.#ask({ part, name }).catch((error) => ({ error: error.message }));
  }

  /** The seconds of repeated solves of a case. */
  time(part, name, repeats) {
    return this.#ask({ part, name, repeats });
  }

  end() {
    this.#process?.disconnect();
  }

  async #ask(request) {
    if (!this.#process) {
      this.#start();
      await this.#send(this.#given);
    }
    return this.#send(request);
  }

  #start() {
    const { NONCONVEX_BINARY, NONCONVEX_CUDA_BINARY, ...environment } = process.env;
    const child = fork(fileURLToPath(import.meta.url), {
      serialization: 'advanced',
      execArgv: ['--expose-gc'],
      env: { ...environment, NONCONVEX_DEVICE: 'cpu', NONCONVEX_THREADS: String(this.#threads) },
    });
    child.on('message', (message) => this.#settle(message));
    child.on('exit', (code, signal) => {
      this.#process = undefined;
      this.#settle?.({ error: `the process ended with ${signal ?? `status ${code}`}` });
    });
    this.#process = child;
  }

  #send(request) {
    return new Promise((accept, reject) => {
      this.#settle = ({ value, error }) => {
        this.#settle = undefined;
        if (error === undefined) accept(value);
        else reject(new Error(error));
      };
      this.#process.send(request);
    });
  }
}

/** Brings numbers, strings and arrays of a result into one list, by their paths. Lists of objects become columns. */
export function flatten(value, path = '', members = new Map()) {
  if (value === undefined || value === null || typeof value === 'function') return members;
  if (ArrayBuffer.isView(value)) members.set(path, value.slice());
  else if (Array.isArray(value)) flattenList(value, path, members);
  else if (typeof value === 'object') {
    for (const [key, each] of Object.entries(value)) {
      if (!uncompared.includes(key)) flatten(each, path ? `${path}.${key}` : key, members);
    }
  } else members.set(path, value);
  return members;
}

function flattenList(list, path, members) {
  if (list.every((each) => typeof each === 'number')) members.set(path, Float64Array.from(list));
  else if (list.every((each) => typeof each === 'object' && each !== null && !ArrayBuffer.isView(each))) {
    const keys = new Set(list.flatMap((each) => Object.keys(each)));
    const columns = [...keys].map((key) => [key, list.map((each) => each[key] ?? Number.NaN)]);
    flatten(Object.fromEntries(columns), path, members);
  } else for (const [i, each] of list.entries()) flatten(each, `${path}[${i}]`, members);
}

// The process of a checkout -------------------------------------------------------------------------------------------

async function solved(library, { run, also, prepare }) {
  const given = await prepare?.(library);
  const begin = performance.now();
  const result = await run(library, given);
  const wall = (performance.now() - begin) / 1e3;
  const members = flatten(result);
  flatten(await also?.(library, result), 'also', members);
  return { members, wall };
}

async function timed(library, { run, prepare }, repeats) {
  const given = await prepare?.(library);
  globalThis.gc?.();
  const [seconds, walls] = [[], []];
  const before = process.cpuUsage();
  for (let i = 0; i < repeats; ++i) {
    const begin = performance.now();
    const result = await run(library, given);
    walls.push((performance.now() - begin) / 1e3);
    if (result.seconds !== undefined) seconds.push(result.seconds);
  }
  const { user, system } = process.cpuUsage(before);
  return { seconds, walls, processor: (user + system) / 1e6 / repeats };
}

/** Answers the requests of {@link Checkout}. */
async function answering({ checkout, problems, data }) {
  const library = await loadLibrary(checkout);
  const module = (file) => loadModule(file, checkout, library);
  const lists = new Map();
  const listOf = async (part) => {
    if (!lists.has(part)) lists.set(part, await casesOf(part, { checkout, library, problems, data, module }));
    return lists.get(part);
  };
  return async ({ part, name, repeats }) => {
    const all = await listOf(part);
    const there = ({ needs }) => needs === undefined || existsSync(needs);
    if (name === undefined) {
      const missing = new Set(all.filter((each) => !there(each)).map(({ needs }) => needs));
      return {
        names: all.filter(there).map((each) => each.name),
        skipped: [...missing].map((file) => `what needs ${file}, which does not exist`),
      };
    }
    const chosen = all.find((each) => each.name === name);
    return repeats === undefined ? solved(library, chosen) : timed(library, chosen, repeats);
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const send = (message) => process.connected && process.send(message);
  const asked = (answer) => (request) => {
    answer(request).then(
      (value) => send({ value }),
      (error) => send({ error: String(error) }),
    );
  };
  process.once('message', (given) => {
    answering(given).then(
      (answer) => {
        process.on('message', asked(answer));
        send({ value: 'ready' });
      },
      (error) => send({ error: String(error?.stack ?? error) }),
    );
  });
}
