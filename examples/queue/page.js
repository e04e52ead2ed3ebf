// A page that shows the queue at work: PORT (3000), HOST (127.0.0.1), REDIS. It adds jobs, cancels them, and tries failed ones again.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { SolveQueue } from 'nonconvex/queue';
import { makeJob, names } from './jobs.js';

const page = readFileSync(new URL('page.html', import.meta.url));
const queue = new SolveQueue({ connection: process.env.REDIS ?? 'redis://127.0.0.1:6379', maxWaiting: 1000 });
/** The jobs that this page has added, the newest last. */
const jobs = new Map();
const mostShown = 40;
const viewers = new Set();

async function add(name) {
  const job = makeJob(name);
  const id = await queue.add(job);
  const shown = { id, kind: job.kind, state: 'waiting' };
  jobs.set(id, shown);
  for (const [each, { state }] of jobs) {
    if (jobs.size <= mostShown) break;
    if (state !== 'waiting' && state !== 'running') jobs.delete(each);
  }
  void follow(shown);
}

async function follow(shown) {
  try {
    await queue.onProgress(shown.id, ({ iteration, residual }) =>
      Object.assign(shown, { state: 'running', iteration, residual }),
    );
    const { status, objective, iterations, seconds, message } = await queue.result(shown.id);
    Object.assign(shown, { state: status, objective, iteration: iterations, seconds, message });
  } catch (error) {
    Object.assign(shown, { state: error.code === 'JOB_REMOVED' ? 'removed' : 'failed', message: error.message });
  }
}

async function retry(id) {
  await queue.retry(id);
  const shown = jobs.get(id);
  if (shown) void follow(Object.assign(shown, { state: 'waiting', message: undefined }));
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://page');
  const [, folder, id, action] = pathname.split('/');
  const json = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  if (request.method === 'GET' && pathname === '/') {
    response.writeHead(200, { 'content-type': 'text/html' });
    return response.end(page);
  }
  if (request.method === 'GET' && folder === 'events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    viewers.add(response);
    response.on('close', () => viewers.delete(response));
    return undefined;
  }
  if (request.method === 'POST' && folder === 'jobs' && names.includes(id)) {
    for (let k = 0; k < (id === 'broken' ? 1 : 10); ++k) await add(id);
    return json(202, {});
  }
  if (request.method === 'DELETE' && folder === 'jobs') return json(202, { ended: await queue.cancel(id) });
  if (request.method === 'POST' && folder === 'failed' && action === 'retry') return json(202, await retry(id));
  return json(404, { message: `nothing at ${pathname}` });
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    // QUEUE_FULL is the producer's to wait for.
    response.writeHead(error.code === 'QUEUE_FULL' ? 429 : 500, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message: error.message }));
  });
});

const timer = setInterval(async () => {
  if (viewers.size === 0) return;
  try {
    const news = { counts: await queue.counts(), failed: await queue.failed({ most: 5 }), jobs: [...jobs.values()] };
    for (const each of viewers) each.write(`data: ${JSON.stringify(news)}\n\n`);
  } catch {
    // The server of the queue is away; the page keeps what it has.
  }
}, 250);

server.listen(Number(process.env.PORT ?? 3000), process.env.HOST ?? '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(`listening on http://${address}:${port}`);
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    clearInterval(timer);
    for (const each of viewers) each.end();
    server.close();
    await queue.close();
  });
}
