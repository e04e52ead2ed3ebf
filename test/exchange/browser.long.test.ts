// The subpath nonconvex/predict, as it is built, in headless Chromium (Debian's package; CHROMIUM names another): it loads as a module,
// predicts by JSON and by ONNX, and nothing is written to the console.
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toMatrix } from '../../src/core/matrix.js';
import { modelToJson, toOnnx } from '../../src/exchange/index.js';
import { expectClose, flat } from './compare.js';
import { allCases, type Case } from './models.js';

const program = process.env.CHROMIUM ?? '/usr/bin/chromium';
const found = existsSync(program);
if (!found)
  console.log(`skipped: nonconvex/predict in a browser, as there is no ${program} (apt-get install chromium)`);

const dist = join(import.meta.dirname, '../../dist/esm');

interface Request {
  json: string;
  onnx: number[] | null;
  x: number[][];
  options: object;
}

/** The page, which hands the module to what the test has it run. */
const html = `<!doctype html><title>page</title><link rel="icon" href="data:,">
<script type="module">import * as library from '/predict/index.js'; globalThis.library = library;</script>`;

interface Answer {
  byJson: unknown[];
  byOnnx: unknown[] | null;
  probabilities: unknown[] | null;
}

/** Runs in the page: what the models predict, of JSON and of ONNX. */
async function inPage(asked: Request[]): Promise<Answer[]> {
  const { library } = globalThis as never as { library: typeof import('../../src/predict/index.js') };
  const plain = (value: unknown): unknown[] =>
    Array.from((value as { data?: ArrayLike<unknown> }).data ?? (value as ArrayLike<unknown>));
  const answers: Answer[] = [];
  for (const { json, onnx, x, options } of asked) {
    const model = library.modelFromJson(json);
    let probabilities = null;
    try {
      probabilities = plain(library.predictProbabilities(model, x));
    } catch {
      // The model has none.
    }
    const byOnnx = onnx && plain(library.predict(await library.fromOnnx(Uint8Array.from(onnx)), x, options));
    answers.push({ byJson: plain(library.predict(model, x, options)), byOnnx, probabilities });
  }
  return answers;
}

const rowsOf = (x: Case['x']): number[][] => {
  const { data, rows, columns } = toMatrix('x', x);
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)));
};

describe.skipIf(!found)('in Chromium', () => {
  let browser: Browser;
  let server: Server;
  const requested: string[] = [];
  beforeAll(async () => {
    server = createServer(({ url = '/' }, response) => {
      requested.push(url);
      const page = url === '/';
      response.setHeader('content-type', page ? 'text/html' : 'text/javascript');
      response.end(page ? html : readFileSync(join(dist, url)));
    }).listen(0);
    browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it('predicts as it did where it was fitted', async () => {
    // Entries of a completed matrix are asked for by their places, not by rows.
    const cases = (await allCases()).filter(({ name }) => name !== 'completedMatrix');
    const asked = await Promise.all(
      cases.map(async ({ model, x, options }) => ({
        json: JSON.stringify(modelToJson(model)),
        onnx: await toOnnx(model).then(
          (bytes) => Array.from(bytes),
          () => null,
        ),
        x: rowsOf(x),
        options: Object.fromEntries(
          Object.entries(options ?? {}).map(([name, value]) => [
            name,
            ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
          ]),
        ),
      })),
    );
    const page = await browser.newPage();
    const printed: string[] = [];
    page.on('console', (message) => printed.push(message.text()));
    page.on('pageerror', (error) => printed.push(String(error)));
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.library !== undefined');
    const answers = await page.evaluate(inPage, asked);
    expect(printed).toEqual([]);
    expect(requested).toEqual(['/', '/predict/index.js', '/predict/onnxSchema.js']);
    expect(answers.filter(({ byOnnx }) => byOnnx).length).toBeGreaterThan(25);
    answers.forEach(({ byJson, byOnnx, probabilities }, k) => {
      const { prediction, probabilities: wanted, name } = cases[k] as Case;
      expectClose(byJson, flat(prediction), 1e-12);
      if (byOnnx) expectClose(byOnnx, flat(prediction), 1e-12);
      if (wanted) expectClose(probabilities ?? name, flat(wanted), 1e-12);
    });
  });
});
