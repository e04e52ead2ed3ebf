// A regression on the rows of a set of files, of which each rank reads its own. Arguments: the number of columns, the files.
import { appendFileSync, readFileSync } from 'node:fs';
import { minimize, nlp, readLibsvm, world } from 'nonconvex';

const [columns, ...files] = process.argv.slice(2);
const say = (value) => appendFileSync(process.env.SAID, `${JSON.stringify(value)}\n`);
const ranks = await world({ peerTimeout: 200 });
say({ begun: Date.now() });
const { x, y } = await readLibsvm(files, { columns: Number(columns), part: ranks });
const { status, objective, x: coefficients } = await minimize(nlp.logisticRegression({ x, y, ridge: 0.01, ranks }));
const peak = /VmPeak:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
say({ rank: ranks.rank, rows: y.length, status, objective, peak: Number(peak), x: Array.from(coefficients) });
