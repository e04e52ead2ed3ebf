// Adds jobs and waits for their answers: node producer.js [COUNT]
import { SolveQueue } from 'nonconvex/queue';
import { makeJob } from './jobs.js';

const count = Number(process.argv[2] ?? 20);
const queue = new SolveQueue({ connection: process.env.REDIS ?? 'redis://127.0.0.1:6379' });
const names = ['network', 'regression', 'portfolio'];
const ids = await queue.addAll(Array.from({ length: count }, (_, k) => makeJob(names[k % names.length])));
const answers = await Promise.all(ids.map((id) => queue.result(id)));
const solved = answers.filter(({ status }) => status === 'solved').length;
console.log(`${answers.length} answers, ${solved} solved`);
await queue.close();
