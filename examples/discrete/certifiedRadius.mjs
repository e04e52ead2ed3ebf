// How far each of 30 points may move before a network changes its mind: distances that are proved, beside those that an attack needs.
import { certifiedRadius, trainReluNetwork } from 'nonconvex/relu';

const x = Array.from({ length: 30 }, (_, i) => [Math.sin(2 * i), Math.cos(3 * i)]);
const y = x.map(([a, b]) => (a * b > 0 ? 'same' : 'other'));
const { network } = await trainReluNetwork({ x, y }, { lambda: 0.001, seed: 1 });

const { status, rows } = await certifiedRadius({ network, x, y }, { norm: 'two' });
const right = rows.filter(({ upper }) => upper > 0);
const [closest] = [...right].sort((a, b) => a.lower - b.lower);
console.log(`${status}: ${right.length} of ${rows.length} points are predicted right`);
console.log(`the closest may move by ${closest.lower.toFixed(3)}, and not by ${closest.upper.toFixed(3)}`);

// heading: How far a point may move
// prints: /^solved: \d+ of 30 points are predicted right$/
// prints: /^the closest may move by 0\.\d+, and not by 0\.\d+$/
