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

// The picture of docs/gallery.md.
const tasksOf = (name, { margins }, colour) => ({ name, as: 'bars', x: [0, 1, 2], y: margins, colour });
export const picture = {
  title: 'Margins of three tasks',
  y: 'margin',
  height: 240,
  xTicks: ['task 1', 'task 2', 'task 3'],
  series: [tasksOf('after one round', once, 2), tasksOf('at the end', all, 1)],
};

// heading: Tasks that are learned one after the other
// prints: iterationLimit: margins -0.11 2.02 1.00
// prints: solved: margins 1.00 3.29 1.00
