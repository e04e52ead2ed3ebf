// examples/service: who is to blame for an error, and answers that come too late.
import { execFileSync } from 'node:child_process';
import { afterAll, expect, it } from 'vitest';
import { Service } from './service.js';

const service = new Service();
afterAll(() => service.remove());

/** Asks the service twice, within a process of its own, and prints the answers. */
const program = `
import { makeService } from './service.js';
const app = await makeService({ logger: false });
app.get('/bug', () => undefined());
const payload = { mu: [0.01, 0.02], covariance: [[0.04]] };
const answers = [await app.inject({ method: 'POST', url: '/solves/portfolio', payload }), await app.inject('/bug')];
console.log(JSON.stringify(answers.map((answer) => [answer.statusCode, answer.json().message])));
await app.drain();
`;

it('is the client where an argument is wrong, and the service where a handler throws a TypeError of the language', () => {
  const options = { cwd: service.folder, encoding: 'utf8' } as const;
  const [argument, bug] = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], options));
  expect(argument).toEqual([400, expect.stringMatching(/^Sigma: expected 2 x 2/)]);
  expect(bug).toEqual([500, 'the solve failed']);
});

/** Asks for trainings that take longer than the deadline, of which all but one wait. */
const lateProgram = `
import { makeService } from './service.js';
const x = Array.from({ length: 400 }, (_, i) => Array.from({ length: 10 }, (_, j) => Math.sin(i * (j + 1) + j)));
const payload = { x, y: x.map(([a, b]) => a * b), lambda: 1e-6 };
const ask = (app, body) => app.inject({ method: 'POST', url: '/solves/network', payload: body });
const late = await makeService({ logger: false, deadline: 1, concurrency: 1 });
const answers = await Promise.all([ask(late, payload), ask(late, payload), ask(late, payload)]);
await late.drain();
console.log(JSON.stringify(answers.map((answer) => [answer.statusCode, answer.json().message, answer.headers['retry-after']])));
`;

it('is answered with 503 at the deadline, also for what still waits', () => {
  const options = { cwd: service.folder, encoding: 'utf8' } as const;
  const answers = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', lateProgram], options));
  const late = [503, 'there was no answer within 1 ms', expect.stringMatching(/^[1-9]\d*$/)];
  expect(answers).toEqual([late, late, late]);
});
