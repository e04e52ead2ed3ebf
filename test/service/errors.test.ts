// examples/service: who is to blame for an error.
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
