// Clients of examples/service that ask, wait, hang up at random, come again when they are told to or the service is gone, and compare
// each answer with that of this process.
import { isDeepStrictEqual } from 'node:util';
import { modelToJson } from '../../src/exchange/index.js';
import { maxSharpe } from '../../src/fractional/index.js';
import { trainReluNetwork } from '../../src/relu/index.js';
import { crossValidate, mcp } from '../../src/sparse/index.js';
import type { Chance } from '../torture/torture.js';
import type { Service } from './service.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A request, and the members of its answer that say what was found. */
interface Request {
  kind: 'network' | 'regression' | 'portfolio';
  body: object;
  answer: Record<string, unknown>;
}

const rows = (n: number, p: number, of: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: p }, (_, j) => Math.sin(of + i * (j + 1.3) + j)));

/** Requests of each kind with their answers, as JSON has them. */
export async function questions(count: number): Promise<Request[]> {
  const made: Request[] = [];
  for (let k = 0; k < count; ++k) {
    const x = rows(60, 4, k);
    const y = x.map(([a = 0, b = 0, c = 0], i) => a * b + c + 0.1 * Math.cos(7 * i));
    const labels = y.map((value) => (value > 0 ? 'more' : 'less'));
    const network = { x, y: labels, loss: 'logistic' as const, lambda: 0.3 };
    const trained = await trainReluNetwork({ x, y: labels }, { loss: 'logistic', lambda: 0.3 });
    made.push({ kind: 'network', body: network, answer: { network: modelToJson(trained.network) } });
    const best = (await crossValidate({ x, y }, { penalty: mcp(), folds: 3 })).best('1se');
    const { intercept, coefficients, lambda } = best;
    const fitted = { intercept, coefficients: Array.from(coefficients), lambda };
    made.push({ kind: 'regression', body: { x, y, folds: 3 }, answer: fitted });
    const n = 4 + k;
    const covariance = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (i === j ? 0.05 + 0.01 * i : 0.01)),
    );
    const mu = Array.from({ length: n }, (_, i) => 0.01 + 0.002 * ((i * 5 + k) % n));
    const { weights, ratio, certificate } = await maxSharpe({ mu, Sigma: covariance });
    const portfolio = { weights: Array.from(weights), ratio, certificate };
    made.push({ kind: 'portfolio', body: { mu, covariance }, answer: portfolio });
  }
  return JSON.parse(JSON.stringify(made));
}

/** The outcomes of the requests. */
export class Counts {
  answered = 0;
  hungUp = 0;
  ended = 0;
  refused = 0;
  broken = 0;
  kept = 0;
  notKept = 0;
  /** Answers that were not those of this process, and what else should not be. */
  readonly wrong: string[] = [];
  readonly milliseconds: number[] = [];
}

/** The model that a client had kept last, and the one that it asked to be kept and was not answered about. */
interface Kept {
  kept?: unknown;
  asked?: unknown;
}

export class Siege {
  readonly counts = new Counts();
  /** The knowledge of each client about its model, by the model's name. */
  readonly models = new Map<string, Kept>();
  #over = false;
  readonly #clients: Promise<void>[];

  constructor(
    readonly service: Service,
    readonly asked: readonly Request[],
    clients: number,
    readonly chance: Chance,
    /** Milliseconds that a client thinks before it asks, at most. */
    readonly thought: number,
  ) {
    this.#clients = Array.from({ length: clients }, (_, k) => this.#client(k));
  }

  /** Lets what was asked be answered, and ends. */
  async end(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#clients);
  }

  /** Compares what the service says it keeps with what clients were told. */
  async compareModels(): Promise<number> {
    let compared = 0;
    for (const [name, { kept, asked }] of this.models) {
      const response = await fetch(`${this.service.address}/models/${name}`);
      const model = response.status === 404 ? undefined : await response.json();
      const known = isDeepStrictEqual(model, kept) || isDeepStrictEqual(model, asked);
      if (!known) this.counts.wrong.push(`model ${name} is neither the one kept nor the one asked for`);
      if (model !== undefined) ++compared;
    }
    return compared;
  }

  async #client(k: number): Promise<void> {
    while (!this.#over) {
      await pause(this.chance.between(0, this.thought));
      const patience = this.chance.between(0, 1);
      if (patience < 0.2) await this.#impatient();
      else if (patience < 0.3) await this.#ending();
      else if (patience < 0.4) await this.#keeping(`client${k}`);
      else await this.#patient(this.chance.of(this.asked));
    }
  }

  /** Asks until there is an answer. */
  async #patient({ kind, body, answer }: Request, query = ''): Promise<Record<string, unknown>> {
    const begin = performance.now();
    const events = query === '' && this.chance.below(2) === 0;
    for (;;) {
      try {
        const headers: Record<string, string> = events ? { accept: 'text/event-stream' } : {};
        const response = await this.service.post(`${kind}${query}`, body, { headers });
        const text = await response.text();
        if (response.status === 429 || response.status === 503) {
          ++this.counts.refused;
          // Sooner than it is told to, so that the queue is never short of clients.
          await pause(this.chance.between(0.2, 1) * 1000 * Number(response.headers.get('retry-after') ?? 1));
          continue;
        }
        const result = events ? lastEvent(text) : JSON.parse(text);
        if (result === undefined) throw new TypeError('the events have no end');
        const { status } = result as { status: string };
        const same = Object.entries(answer).every(([name, value]) => isDeepStrictEqual(result[name], value));
        if (status !== 'solved' || !same) this.counts.wrong.push(`${kind}: ${response.status} ${text.slice(0, 300)}`);
        ++this.counts.answered;
        this.counts.milliseconds.push(performance.now() - begin);
        return result;
      } catch (error) {
        // The error of fetch about a connection that was refused or broke off.
        if (!(error instanceof TypeError)) throw error;
        ++this.counts.broken;
        await pause(this.chance.between(50, 500));
      }
    }
  }

  /** Asks, and hangs up at some moment. */
  async #impatient(): Promise<void> {
    const { kind, body } = this.chance.of(this.asked);
    const signal = AbortSignal.timeout(Math.ceil(this.chance.between(1, 300)));
    const headers: Record<string, string> = this.chance.below(2) === 0 ? { accept: 'text/event-stream' } : {};
    try {
      await (await this.service.post(kind, body, { signal, headers })).text();
    } catch {
      ++this.counts.hungUp;
    }
  }

  /** Asks with events, and has the solve ended by DELETE once it is accepted. */
  async #ending(): Promise<void> {
    const { kind, body } = this.chance.of(this.asked);
    try {
      const response = await this.service.post(kind, body, { headers: { accept: 'text/event-stream' } });
      const id = /^event: accepted\ndata: {"id":(\d+)}$/m.exec(await firstEvents(response))?.[1];
      if (id !== undefined) await fetch(`${this.service.address}/solves/${id}`, { method: 'DELETE' });
      ++this.counts.ended;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Has a network kept under the client's own name. */
  async #keeping(name: string): Promise<void> {
    const network = this.chance.of(this.asked.filter(({ kind }) => kind === 'network'));
    const model = this.models.get(name) ?? {};
    this.models.set(name, model);
    model.asked = network.answer.network;
    const { kept } = await this.#patient(network, `?save=${name}`);
    if (kept === true) {
      model.kept = model.asked;
      ++this.counts.kept;
    } else if (kept === false) ++this.counts.notKept;
    else this.counts.wrong.push(`${name}: the answer does not say whether the model is kept`);
    model.asked = undefined;
  }
}

/** The events until one is complete, the rest of which are left. */
async function firstEvents(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes('accepted') || text.includes('result')) break;
  }
  return text;
}

/** The data of the event that ends a solve; undefined where there is none. */
function lastEvent(text: string): Record<string, unknown> | undefined {
  const last = text.trim().split('\n\n').at(-1) ?? '';
  const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(last) ?? [];
  return name === 'result' || name === 'error' ? JSON.parse(data as string) : undefined;
}
