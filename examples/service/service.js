// Solves behind HTTP. POST /solves/:kind solves, with progress by server-sent events for who accepts them; whoever hangs up ends the solve.
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import fastify from 'fastify';
import { modelToJson, poolStats } from 'nonconvex';
import { report } from 'nonconvex/report';
import { makeMetrics } from './metrics.js';
import { problems, rows } from './problems.js';
import { Full, Queue } from './queue.js';
import { namePattern, Store } from './store.js';

const page = readFileSync(new URL('page.html', import.meta.url), 'utf8');
const pageScript = readFileSync(new URL('page.js', import.meta.url), 'utf8');
/** Solves that have ended and can still be looked at. */
const mostKept = 50;

/** A request that had no answer by its deadline. */
class Late extends Error {
  constructor(deadline) {
    super(`there was no answer within ${deadline} ms`);
  }
}

/**
 * @param {{ concurrency?: number, mostWaiting?: number, timeLimit?: number, deadline?: number, logger?: boolean, folder?: string }} options
 *   solves at a time (by default as many as there are workers), requests that may wait, seconds for each solve, milliseconds from a request
 *   to its answer, where models are kept
 */
export async function makeService({
  concurrency,
  mostWaiting = 32,
  timeLimit = 60,
  deadline,
  logger = true,
  folder = 'models',
} = {}) {
  const app = fastify({
    ...{ logger, bodyLimit: 16 * 1024 * 1024, forceCloseConnections: true },
    // Data are what they say, or refused.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  const queue = new Queue({ concurrency: concurrency ?? poolStats().workers, most: mostWaiting });
  const metrics = makeMetrics(queue);
  const store = await Store.open(folder);
  const solves = new Map();
  const changes = new EventEmitter().setMaxListeners(0);
  const running = new Set();
  let last = 0;

  /** What the page sees of a solve. */
  const shown = ({ id, kind, state, progress, message, seconds }) => ({ id, kind, state, progress, message, seconds });
  const change = (solve, news) => {
    Object.assign(solve, news);
    changes.emit('change', shown(solve));
  };

  function begin(kind, body) {
    const solve = { id: ++last, kind, body, state: 'waiting', controller: new AbortController() };
    solves.set(solve.id, solve);
    for (const [id, { state }] of solves) {
      if (solves.size <= mostKept) break;
      if (state !== 'waiting' && state !== 'running') solves.delete(id);
    }
    return solve;
  }

  /** Solves when it is the turn; the answer of the request. */
  async function run(solve, saveAs, listener) {
    const { kind, body, controller } = solve;
    const { signal } = controller;
    const begun = performance.now();
    const left = () => deadline && Math.max(0, deadline - (performance.now() - begun));
    running.add(controller);
    change(solve, {});
    try {
      const result = await queue.run(
        () => {
          change(solve, { state: 'running' });
          const onProgress = ({ iteration, objective, lowerBound, residual, seconds }) => {
            const progress = { iteration, objective, lowerBound, residual, seconds };
            change(solve, { progress });
            listener?.(progress);
          };
          return problems[kind].solve(body, { signal, onProgress, timeLimit, deadline: left() });
        },
        deadline ? AbortSignal.any([signal, AbortSignal.timeout(deadline)]) : signal,
      );
      if (left() === 0 && result.status === 'timeLimit') throw new Late(deadline);
      const { status, message, objective, seconds } = result;
      change(solve, { state: status, message, seconds, result });
      const answer = { id: solve.id, status, message, objective, seconds, ...problems[kind].answer(result) };
      return saveAs === undefined
        ? answer
        : { ...answer, ...(await keep(saveAs, problems[kind].model(result), signal)) };
    } catch (error) {
      const state = error instanceof Full ? 'refused' : signal.aborted ? 'aborted' : 'failed';
      change(solve, { state, message: error?.message });
      throw error;
    } finally {
      running.delete(controller);
      // The data have been used; a page about the result needs them again, results of a short list only.
      if (!solve.result) solve.body = undefined;
    }
  }

  /** Keeps a model, but for that of a solve that was ended early; says in the answer whether it is kept. */
  async function keep(name, model, { aborted }) {
    if (aborted) return { kept: false, why: 'the solve was ended early' };
    try {
      await store.save(name, model);
      return { kept: true };
    } catch (error) {
      app.log.error(error);
      return { kept: false, why: error.message };
    }
  }

  for (const [kind, { schema, model }] of Object.entries(problems)) {
    const querystring = {
      type: 'object',
      properties: model ? { save: { type: 'string', pattern: namePattern } } : {},
      additionalProperties: false,
    };
    app.post(`/solves/${kind}`, { schema: { body: schema, querystring } }, async (request, reply) => {
      const solve = begin(kind, request.body);
      // Nobody waits for the answer any more.
      const hungUp = () => {
        if (!reply.raw.writableFinished) solve.controller.abort(new Error('the client has hung up'));
      };
      if (reply.raw.destroyed) hungUp();
      else reply.raw.on('close', hungUp);
      const { save } = request.query;
      if (request.headers.accept?.includes('text/event-stream')) return stream(reply, solve, save);
      const answer = await run(solve, save);
      // The answer is whole, but the disk is not what it was asked to be.
      return reply.code(answer.kept === false ? 507 : 200).send(answer);
    });
  }

  app.get('/models', () => store.names);
  const params = { type: 'object', properties: { name: { type: 'string', pattern: namePattern } } };
  const withModel = (use) => (request, reply) => {
    const model = store.get(request.params.name);
    if (!model) return reply.code(404).send({ message: `there is no model '${request.params.name}'` });
    return use(model, request);
  };
  app.get(
    '/models/:name',
    { schema: { params } },
    withModel((model) => modelToJson(model)),
  );
  const body = { type: 'object', properties: { x: rows }, required: ['x'], additionalProperties: false };
  app.post(
    '/models/:name/predictions',
    { schema: { params, body } },
    withModel((model, { body: { x } }) => ({ predictions: Array.from(model.predict(x)) })),
  );

  /** Progress and the answer as server-sent events; a queue that is full is said before anything else. */
  async function stream(reply, solve, saveAs) {
    let begun = false;
    const send = (event, data) => {
      // To whoever reads too slowly no more is told than the end.
      if (event === 'progress' && reply.raw.writableNeedDrain) return;
      if (!begun) {
        reply.hijack();
        reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
        begun = true;
      }
      reply.raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    const answer = run(solve, saveAs, (progress) => send('progress', progress));
    try {
      // What cannot be taken is refused within this turn.
      await Promise.race([answer, new Promise((resolve) => setImmediate(resolve))]);
      send('accepted', { id: solve.id });
      send('result', await answer);
    } catch (error) {
      if (!begun) throw error;
      send('error', { message: String(error?.message ?? error) });
    }
    reply.raw.end();
    return reply;
  }

  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Full) {
      metrics.refused.inc();
      return reply.code(429).header('retry-after', String(error.retryAfter)).send({ message: error.message });
    }
    // The package's errors of arguments have a code, which those of a bug, such as a TypeError of the language, have not.
    if (error instanceof Late || error.name === 'TimeoutError' || error.code === 'DEADLINE_EXCEEDED') {
      return reply
        .code(503)
        .header('retry-after', String(queue.retryAfter))
        .send({ message: new Late(deadline).message });
    }
    const known = error.statusCode ?? (error.code === 'INVALID_ARGUMENT' ? 400 : 500);
    if (known >= 500) request.log.error(error);
    return reply.code(known).send({ message: known >= 500 ? 'the solve failed' : error.message });
  });

  app.get('/', (_, reply) => reply.type('text/html').send(page));
  app.get('/page.js', (_, reply) => reply.type('text/javascript').send(pageScript));
  app.get('/favicon.ico', (_, reply) => reply.code(204).send());
  app.get('/kinds', () =>
    Object.fromEntries(Object.entries(problems).map(([kind, { about, schema }]) => [kind, { about, schema }])),
  );
  app.get('/solves', () => Array.from(solves.values(), shown));

  app.delete('/solves/:id', (request, reply) => {
    const solve = solves.get(Number(request.params.id));
    if (!solve) return reply.code(404).send({ message: `there is no solve ${request.params.id}` });
    solve.controller.abort(new Error('it was ended by DELETE'));
    return reply.code(202).send(shown(solve));
  });

  app.get('/solves/:id/report', (request, reply) => {
    const solve = solves.get(Number(request.params.id));
    if (!solve?.result) return reply.code(404).send({ message: `there is no result of a solve ${request.params.id}` });
    const data = problems[solve.kind].data(solve.body);
    return reply.type('text/html').send(report(solve.result, { title: `Solve ${solve.id}: ${solve.kind}`, data }));
  });

  /** All changes of all solves, for the page. */
  app.get('/events', (request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const send = (solve) => {
      if (reply.raw.writableLength < 1024 * 1024) reply.raw.write(`data: ${JSON.stringify(solve)}\n\n`);
    };
    for (const solve of solves.values()) send(shown(solve));
    changes.on('change', send);
    request.raw.on('close', () => changes.off('change', send));
  });

  app.get('/health', (_, reply) => {
    const { workers, open } = poolStats();
    const state = {
      status: app.closing ? 'closing' : 'ok',
      workers,
      open,
      running: queue.running,
      waiting: queue.waiting,
    };
    return reply.code(app.closing ? 503 : 200).send(state);
  });
  app.get('/metrics', async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );

  app.decorate('closing', false);
  /** Takes nothing more, lets solves go on for `grace` seconds, ends them with their best results, and closes. */
  app.decorate('drain', async (grace = 10) => {
    app.closing = true;
    queue.close();
    const until = performance.now() + 1000 * grace;
    while (running.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    for (const controller of running) controller.abort(new Error('the service shuts down'));
    while (running.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    metrics.close();
    await app.close();
  });
  return app;
}
