// Starts the service: PORT (3000), HOST (0.0.0.0), CONCURRENCY, MOST_WAITING, TIME_LIMIT, DEADLINE, MODELS (the folder where models are kept).
// SIGTERM and SIGINT end it when its solves are done.
import { makeService } from './service.js';

const number = (name, otherwise) => (process.env[name] === undefined ? otherwise : Number(process.env[name]));
const app = await makeService({
  concurrency: number('CONCURRENCY'),
  mostWaiting: number('MOST_WAITING'),
  timeLimit: number('TIME_LIMIT'),
  deadline: number('DEADLINE'),
  folder: process.env.MODELS,
  logger: process.env.LOG !== 'off',
});
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => app.drain());
const address = await app.listen({ port: number('PORT', 3000), host: process.env.HOST ?? '0.0.0.0' });
console.log(`listening on ${address}`);
