// Points along a line and one far off it: the principal direction by sums of squares (p = 2) turns to the outlier, that by sums of sizes
// (p = 1) stays.
import { lpPca } from 'nonconvex/fractional';

const G = Array.from({ length: 41 }, (_, i) => [(i - 20) / 10, 0.05 * Math.sin(7 * i)]);
G.push([0, 9]);
for (const p of [2, 1]) {
  const { v } = await lpPca({ G, p });
  const angle = (Math.atan(v[1] / v[0]) * 180) / Math.PI;
  console.log(`p = ${p}: ${Math.abs(angle).toFixed(0)} degrees off the line`);
}

// heading: A principal direction that outliers do not turn
// prints: p = 2: 90 degrees off the line
// prints: p = 1: 12 degrees off the line
