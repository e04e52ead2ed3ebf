// A small solve as a user writes it, through the ES module.
import { readFileSync } from 'node:fs';
import { predict, trainReluNetwork } from 'nonconvex/relu';

const { x, y, settings } = JSON.parse(readFileSync(new URL('problem.json', import.meta.url), 'utf8'));
const { network, status, gap } = await trainReluNetwork({ x, y }, settings);
const fitted = predict(network, x);
console.log(JSON.stringify({ status, gap, fitted: Array.from(fitted.data ?? fitted) }));
