import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { learnDag } from '../src/discrete/index.js';
import { generated, localScore } from './discrete/learnDagJudge.js';
const cpu = async (f: () => Promise<any>) => { const t = process.cpuUsage(); const r = await f(); const u = process.cpuUsage(t); return [r, (u.user + u.system) / 1e6]; };
const shd = (a: number[][], b: number[][]) => { let s = 0; const d = a.length; for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) { const e = (p: number[][]) => p[i]!.includes(j) ? 1 : p[j]!.includes(i) ? 2 : 0; if (e(a) !== e(b)) s++; } return s; };
it('tries', async () => {
  for (const g of [{type:'ER',d:15,edgesPerNode:4,seed:11},{type:'ER',d:15,edgesPerNode:4,seed:12}] as any[]) {
    const { x } = generated({ n: 1000, standardized: false, ...g });
    for (const variance of [1, undefined]) {
    const [res, s] = await cpu(() => learnDag({ x }, { score: 'equalVariance', gamma: 0, variance, threads: 1 }));
    console.log('15', variance, res.status, res.certificate.kind, res.objective, res.certificate.gap, res.edges.length, res.variance, res.iterations, s);
    }
  }
  for (const [type, k] of [['ER', 2], ['ER', 4], ['SF', 4]] as const) for (const seed of [1, 2, 3, 4]) {
    const { x, parents } = generated({ n: 1000, standardized: false, type, d: 50, edgesPerNode: k, seed });
    const truth = parents.reduce((s, p, j) => s + localScore(x, j, p, { score: 'equalVariance', gamma: 1, variance: 1 }), 0);
    const [res, s] = await cpu(() => learnDag({ x }, { score: 'equalVariance', variance: 1, threads: 1 }));
    const truthB = parents.reduce((s, p, j) => s + localScore(x, j, p, { score: 'bic', gamma: 1, variance: 1 }), 0);
    const [resB, sB] = await cpu(() => learnDag({ x }, { score: 'bic', threads: 1 }));
    console.log(type, k, seed, res.status, (res.objective - truth).toFixed(3), 'shd', shd(res.parents, parents), s, 'bic', (resB.objective - truthB).toFixed(3), 'shd', shd(resB.parents, parents), sB, res.certificate.gap, resB.certificate.gap, resB.iterations);
  }
  for (const d of [22, 24]) {
    const { x, parents } = generated({ n: 1000, standardized: true, type: 'ER', d, edgesPerNode: 2, seed: 1 });
    for (const threads of [1, 2]) {
    const [res, s] = await cpu(() => learnDag({ x }, { method: 'exact', threads }));
    console.log(d, threads, res.status, res.certificate.kind, res.objective, shd(res.parents, parents), s, res.seconds);
    }
  }
}, 500000);
