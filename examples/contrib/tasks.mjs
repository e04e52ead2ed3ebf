// Three tasks of classification, of which the third undoes what was learnt of the first until all have come round again.
import { sequentialMaxMargin } from 'nonconvex/contrib';

const tasks = [
  { x: [[1, 0.5]], y: ['up'] },
  { x: [[-1, 1]], y: ['up'] },
  { x: [[1, -0.2]], y: ['down'] },
];
const once = await sequentialMaxMargin({ tasks }, { maxIterations: 3 });
const all = await sequentialMaxMargin({ tasks });
console.log(`${once.status}: margins ${Array.from(once.margins, (value) => value.toFixed(2)).join(' ')}`);
console.log(`${all.status}: margins ${Array.from(all.margins, (value) => value.toFixed(2)).join(' ')}`);

// The picture of docs/gallery.md, in Vega-Lite.
export const picture = {
  title: 'Margins of three tasks',
  width: 320,
  height: 180,
  data: {
    values: Object.entries({ 'after one round': once, 'at the end': all }).flatMap(([when, { margins }]) =>
      Array.from(margins, (margin, k) => ({ when, margin, task: k + 1 })),
    ),
  },
  mark: 'bar',
  encoding: {
    x: { field: 'task', type: 'nominal' },
    xOffset: { field: 'when', sort: null },
    y: { field: 'margin', type: 'quantitative' },
    color: { field: 'when', title: null, sort: null },
  },
};

// prints: iterationLimit: margins -0.11 2.02 1.00
// prints: solved: margins 1.00 3.29 1.00
