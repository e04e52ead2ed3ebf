// examples/service: answers, progress, a full queue, clients that hang up, health, metrics, its end; and its page in Chromium.
import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxSharpe } from '../../src/fractional/index.js';
import { patience } from '../patience.js';
import { Service, until } from './service.js';

const service = new Service();
beforeAll(() => service.start({ CONCURRENCY: '1', MOST_WAITING: '2' }));
afterAll(() => service.remove());

const portfolio = {
  mu: [0.01, 0.02, 0.015],
  covariance: [
    [0.04, 0.01, 0],
    [0.01, 0.09, 0.01],
    [0, 0.01, 0.05],
  ],
};
/** A problem that takes many seconds. */
const x = Array.from({ length: 1200 }, (_, i) => Array.from({ length: 30 }, (_, j) => Math.sin(i * (j + 1.3) + j)));
const endless = {
  x,
  y: x.map((row, i) => ((row[0] as number) * (row[1] as number) + 0.1 * Math.sin(i) > 0 ? 'a' : 'b')),
  loss: 'logistic',
  lambda: 0.001,
};

type Health = { status: string; running: number; waiting: number; open: number };
const health = (): Promise<Health> => service.json('/health');
const isIdle = async (): Promise<boolean> => {
  const { running, waiting, open } = await health();
  return running === 0 && waiting === 0 && open === 0;
};

describe('a request', () => {
  it('is answered with the result', async () => {
    const response = await service.post('portfolio', portfolio);
    expect(response.status).toBe(200);
    const { weights } = await maxSharpe({ mu: portfolio.mu, Sigma: portfolio.covariance });
    expect(await response.json()).toMatchObject({ status: 'solved', weights: [...weights] });
  });

  it('is answered with 400 where data are wrong, by the schema or by the package', async () => {
    const bySchema = await service.post('portfolio', { mu: 'a' });
    expect([bySchema.status, await bySchema.json()]).toEqual([
      400,
      { message: expect.stringMatching(/covariance|mu/) },
    ]);
    const byPackage = await service.post('portfolio', { ...portfolio, mu: [1, 2] });
    expect([byPackage.status, await byPackage.json()]).toEqual([
      400,
      { message: expect.stringMatching(/^Sigma: expected 2 x 2/) },
    ]);
    expect((await fetch(`${service.address}/solves/nothing`, { method: 'POST' })).status).toBe(404);
  });

  it('has progress and the result as events', async () => {
    const small = {
      x: x.slice(0, 100).map((row) => row.slice(0, 4)),
      y: endless.y.slice(0, 100),
      lambda: 1,
      loss: 'logistic',
    };
    const response = await service.post('network', small, { headers: { accept: 'text/event-stream' } });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events = (await response.text())
      .trim()
      .split('\n\n')
      .map((block) => /^event: (\w+)\ndata: (.*)$/.exec(block)?.slice(1) as [string, string]);
    const names = events.map(([name]) => name);
    expect(names).toContain('accepted');
    expect(names).toContain('progress');
    expect(names.at(-1)).toBe('result');
    const result = JSON.parse((events.at(-1) as [string, string])[1]);
    expect(result).toMatchObject({ status: 'solved', network: { kind: 'reluNetwork' } });
  });
});

describe('a full queue', () => {
  it('is answered with 429 and when to come again, and those that hang up leave it', async () => {
    const clients = Array.from({ length: 3 }, () => new AbortController());
    const pending: Promise<unknown>[] = [];
    for (const [k, { signal }] of clients.entries()) {
      pending.push(service.post('network', endless, { signal }).catch(() => 'hung up'));
      await until(
        async () => {
          const { running, waiting } = await health();
          return running + waiting === k + 1;
        },
        `${k + 1} requests`,
      );
    }
    expect(await health()).toMatchObject({ running: 1, waiting: 2 });
    const refused = await service.post('portfolio', portfolio);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const streamed = await service.post('portfolio', portfolio, { headers: { accept: 'text/event-stream' } });
    expect(streamed.status).toBe(429);
    expect(await service.metric('nonconvex_requests_refused_total')).toBe(2);
    const [running, ...waiting] = clients as [AbortController, ...AbortController[]];
    for (const client of waiting) client.abort();
    await until(async () => (await health()).waiting === 0, 'nobody waits');
    running.abort();
    expect(await Promise.all(pending)).toEqual(['hung up', 'hung up', 'hung up']);
    await until(isIdle, 'nothing runs');
    expect((await service.post('portfolio', portfolio)).status).toBe(200);
    // The one that ran was ended with its best result, those that waited have not begun.
    expect(await service.metric('nonconvex_solves_ended{status="aborted"}')).toBe(1);
  });
});

describe('a model that is to be kept', () => {
  const small = {
    x: x.slice(0, 60).map((row) => row.slice(0, 3)),
    y: endless.y.slice(0, 60),
    lambda: 1,
    loss: 'logistic',
  };

  it('is kept, predicts, and is there when the service is started again', async () => {
    const answer = (await (await service.post('network?save=first', small)).json()) as { network: object };
    expect(answer).toMatchObject({ status: 'solved', kept: true });
    expect(await service.json('/models')).toEqual(['first']);
    expect(await service.json('/models/first')).toEqual(answer.network);
    const ask = (rows: unknown) =>
      fetch(`${service.address}/models/first/predictions`, {
        method: 'POST',
        body: JSON.stringify({ x: rows }),
        headers: { 'content-type': 'application/json' },
      });
    const { predictions } = (await (await ask(small.x.slice(0, 5))).json()) as { predictions: string[] };
    expect(predictions).toHaveLength(5);
    expect(predictions.every((label) => ['a', 'b'].includes(label))).toBe(true);
    expect((await ask([[1]])).status).toBe(400);
    const other = new Service();
    cpSync(join(service.folder, 'models'), join(other.folder, 'models'), { recursive: true });
    writeFileSync(join(other.folder, 'models/.half.tmp'), '{');
    await other.start();
    expect(await other.json('/models/first')).toEqual(answer.network);
    expect(readdirSync(join(other.folder, 'models'))).toEqual(['first.json']);
    other.remove();
  });

  it('is refused by a name that is none, and where there is no model', async () => {
    expect((await service.post('network?save=../x', small)).status).toBe(400);
    expect((await service.post('portfolio?save=first', portfolio)).status).toBe(400);
    expect((await fetch(`${service.address}/models/other`)).status).toBe(404);
  });

  it('is not kept of a solve that was ended early', async () => {
    const answer = service.post('network?save=second', endless);
    await until(async () => (await health()).running === 1, 'it runs');
    const { id } = (await service.json<{ id: number }[]>('/solves')).at(-1) as { id: number };
    await fetch(`${service.address}/solves/${id}`, { method: 'DELETE' });
    expect([(await answer).status, await (await answer).json()]).toMatchObject([
      507,
      { status: 'aborted', kept: false },
    ]);
    expect(await service.json('/models')).toEqual(['first']);
  });
});

describe('what operators see', () => {
  it('is metrics of solves, their durations and the process', async () => {
    expect(await service.metric('nonconvex_solves_ended{status="solved"}')).toBeGreaterThanOrEqual(2);
    expect(
      await service.metric('nonconvex_solve_duration_seconds_count{solver="fractional",status="solved"}'),
    ).toBeGreaterThanOrEqual(2);
    expect(await service.metric('nonconvex_workers')).toBeGreaterThan(0);
    expect(await service.metric('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  it('is a list of solves, which DELETE ends, and a page about each result', async () => {
    const answer = service.post('network', endless);
    await until(async () => (await health()).running === 1, 'it runs');
    const list = await service.json<{ id: number; state: string }[]>('/solves');
    const { id } = list.at(-1) as { id: number };
    await until(
      async () =>
        (await service.json<{ state: string; progress?: object }[]>('/solves')).at(-1)?.progress !== undefined,
      'there is progress',
    );
    expect((await fetch(`${service.address}/solves/${id}`, { method: 'DELETE' })).status).toBe(202);
    // It ends with the best network so far.
    expect(await (await answer).json()).toMatchObject({ id, status: 'aborted', network: { kind: 'reluNetwork' } });
    const page = await (await fetch(`${service.address}/solves/${id}/report`)).text();
    expect(page).toContain('Confusion matrix');
    expect((await fetch(`${service.address}/solves/9999`, { method: 'DELETE' })).status).toBe(404);
  });
});

const program = process.env.CHROMIUM ?? '/usr/bin/chromium';
describe.skipIf(!existsSync(program))('the page in Chromium', () => {
  it('shows solves as they go, ends one, and links to its report', async () => {
    const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
    const page = await browser.newPage();
    page.setDefaultTimeout(patience);
    const printed: string[] = [];
    page.on('console', (message) => printed.push(message.text()));
    page.on('pageerror', (error) => printed.push(String(error)));
    await page.goto(service.address);
    const pending = service.post('network', endless);
    await page.waitForSelector('tr[data-state="running"]');
    await page.waitForFunction(
      `document.querySelector('tr[data-state="running"] td:nth-child(5)')?.textContent !== ''`,
    );
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
    await page.click('tr[data-state="running"] button');
    await pending;
    const link = await page.waitForSelector('tr[data-state="aborted"] a');
    await page.click('#start');
    await page.waitForSelector('tr[data-state="solved"]:first-child');
    await link.click();
    await page.waitForSelector('text=Confusion matrix');
    expect(printed).toEqual([]);
    await browser.close();
  });
});

describe('its end', () => {
  it('lets what runs go on for a while, takes nothing new, and exits', async () => {
    const answer = service.post('portfolio', portfolio);
    expect((await answer).status).toBe(200);
    const code = await service.end();
    expect({ code, errors: service.errors }).toEqual({ code: 0, errors: '' });
    await expect(health()).rejects.toThrow();
  });
});
