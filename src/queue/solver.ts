// From a message to its answer, without a queue.
import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { typeError } from '../core/argumentError.js';
import { show } from '../core/check.js';
import { SolverError } from '../core/error.js';
import type { DataCache } from './data.js';
import { fromMessage, type Kind, kindNamed } from './kinds.js';
import { type Message, mostBytes } from './messages.js';
import { type Json, toJson } from './values.js';

/** Stores an answer's JSON. */
export type StoreResult = (href: string, json: string) => Promise<void>;

/** The arguments of a solve, and its reports. */
export interface Reporter {
  signal: AbortSignal;
  report(progress: object): void;
}

/** The JSON of an answer, or the place where it was stored. */
export type Answer = { json: string } | { href: string };

/** Solves messages, wherever they come from. */
export class JobSolver {
  readonly #kinds: Readonly<Record<string, Kind>>;
  readonly #data: DataCache;
  readonly #storeResult: StoreResult | undefined;

  constructor(kinds: Readonly<Record<string, Kind>>, data: DataCache, storeResult: StoreResult | undefined) {
    this.#kinds = kinds;
    this.#data = data;
    this.#storeResult = storeResult;
  }

  async solve(message: Message, { signal, report }: Reporter, id: string): Promise<Answer> {
    const kind = kindNamed(message.kind, this.#kinds);
    const { problem, problems, timeLimit } = message;
    const given = (name: string, json: Json) => fromMessage(name, json, this.#data, signal);
    const settings = (message.settings === undefined ? {} : await given('settings', message.settings)) as object;
    const one = async (name: string, json: Json): Promise<unknown> =>
      kind(await given(name, json), {
        ...settings,
        ...(timeLimit !== undefined && { timeLimit }),
        signal,
        onProgress: report,
      });
    const result = problems
      ? await Promise.all(problems.map((each, k) => one(`problems[${k}]`, each)))
      : await one('problem', problem as Json);
    return this.#answer(result, message.result?.href, id);
  }

  async #answer(result: unknown, href: string | undefined, id: string): Promise<Answer> {
    const json = toJson('result', result, 'leaveOut') ?? null;
    const text = JSON.stringify(json);
    if (href !== undefined) {
      await this.#store(href, text);
      return { href };
    }
    if (text.length <= mostBytes) return { json: text };
    const shorter = JSON.stringify(withoutHistory(json));
    const bytes = shorter.length;
    if (bytes <= mostBytes) return { json: shorter };
    const such = "ask for { result: { href: 'file:///...' } }";
    throw new SolverError(
      'JOB_FAILED',
      `the answer of job ${id} has ${bytes} bytes, of which ${mostBytes} fit in the queue; ${such}`,
    );
  }

  /** Whole or not at all, so that a second try of the same job does no harm. */
  async #store(href: string, json: string): Promise<void> {
    if (!href.startsWith('file:')) {
      if (this.#storeResult) return this.#storeResult(href, json);
      throw typeError(`result.href = ${show(href)}: the worker has no storeResult for it`);
    }
    const path = fileURLToPath(href);
    const part = `${path}.${randomUUID()}.part`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(part, json);
    await rename(part, path);
  }
}

/** An answer, or answers, without the reports on the way. */
function withoutHistory(json: Json): Json {
  if (Array.isArray(json)) return json.map(withoutHistory);
  if (typeof json !== 'object' || json === null) return json;
  const { history: _, ...others } = json;
  return others;
}
