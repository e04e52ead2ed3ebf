import { it } from 'vitest';
import { claims } from './honesty.js';
it('claims', async () => {
  const from = Number(process.env.FROM ?? 0), n = Number(process.env.N ?? 300);
  for (const [name, { trial }] of Object.entries(claims)) {
    if (process.env.ONLY && !name.includes(process.env.ONLY)) continue;
    const counts: any = {}; const wrong: string[] = [];
    for (let k = from; k < from + n; ++k) { const r = await trial(100000 + k); counts[r.status] = (counts[r.status] ?? 0) + 1; if (r.wrong.length) wrong.push(k + ': ' + r.wrong.slice(0, 2).join(' ; ')); }
    console.log(name, JSON.stringify(counts), wrong.length, '\n' + wrong.slice(0, 25).join('\n'));
  }
}, 3000000);
