// A worker of BullMQ alone for bench/queue/index.ts. Arguments: the server's address; an array of queues as JSON, each with its name, what it
// answers and the milliseconds that it takes to.
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';

const connection = new Redis(process.argv[2], { maxRetriesPerRequest: null });
for (const { name, answer, pause } of JSON.parse(process.argv[3])) {
  const after = () => new Promise((resolve) => setTimeout(resolve, pause, answer));
  await new Worker(name, pause === 0 ? async () => answer : after, { connection }).waitUntilReady();
}
console.log('is ready');
