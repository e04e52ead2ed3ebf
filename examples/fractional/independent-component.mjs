// Two microphones record a hum and rare clicks, mixed. The direction of the largest kurtosis is the clicks alone.
import { independentComponent } from 'nonconvex/fractional';

const clicks = Array.from({ length: 400 }, (_, i) => (i % 40 === 7 ? 1 : 0));
const hum = clicks.map((_, i) => Math.sin(0.37 * i));
const x = clicks.map((click, i) => [click + 2 * hum[i], click - hum[i]]);
const { component, kurtosis } = await independentComponent({ x });

const mean = clicks.reduce((sum, click) => sum + click, 0) / clicks.length;
const centred = clicks.map((click) => click - mean);
const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const correlation = Math.abs(dot(centred, component)) / Math.sqrt(dot(centred, centred) * dot(component, component));
console.log(`kurtosis ${kurtosis.toFixed(1)}, correlation with the clicks ${correlation.toFixed(3)}`);

// heading: One source out of a mixture
// prints: kurtosis 35.0, correlation with the clicks 1.000
