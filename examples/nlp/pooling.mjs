// A refinery mixes six crude oils in two tanks, and four fuels from the tanks. All that leaves a tank has the same sulphur and density, so that
// the constraints have products of variables. `minimize` ends at one of several local maxima; `minimizeGlobally` finds the best plan, and
// proves that no other one earns more than the bound says.

import { Model, minimize, minimizeGlobally } from 'nonconvex';
import { add, at, mul, sub } from 'nonconvex/model';

// Crudes to buy and fuels to sell: prices, the most of each, and of fuels the most sulphur and density.
const crudes = [
  { price: 7.5, sulphur: 2.5, density: 0.85, most: 80 },
  { price: 5, sulphur: 2.9, density: 0.88, most: 40 },
  { price: 13, sulphur: 1.2, density: 0.82, most: 50 },
  { price: 14.5, sulphur: 0.9, density: 0.78, most: 80 },
  { price: 7, sulphur: 3.4, density: 0.79, most: 50 },
  { price: 7, sulphur: 2.8, density: 0.85, most: 70 },
];
const fuels = [
  { price: 12, sulphur: 2.3, density: 0.85, most: 50 },
  { price: 12.5, sulphur: 1.9, density: 0.83, most: 100 },
  { price: 14.5, sulphur: 1.4, density: 0.83, most: 100 },
  { price: 12, sulphur: 2.4, density: 0.82, most: 110 },
];
const qualities = ['sulphur', 'density'];
const tanks = 2;

const model = new Model();
const total = (terms) => terms.reduce((sum, term) => add(sum, term));
const least = (quality) => Math.min(...crudes.map((crude) => crude[quality]));
const largest = (quality) => Math.max(...crudes.map((crude) => crude[quality]));
const fill = Array.from({ length: tanks }, (_, t) =>
  model.variable(crudes.length, { lower: 0, upper: 100, start: 1 + t, name: `fill${t}` }),
);
const draw = Array.from({ length: tanks }, (_, t) =>
  model.variable(fuels.length, { lower: 0, upper: 100, start: 1 + t, name: `draw${t}` }),
);
for (const [i, { most }] of crudes.entries()) model.atMost(total(fill.map((flows) => at(flows, i))), most);
for (const [j, { most }] of fuels.entries()) model.atMost(total(draw.map((flows) => at(flows, j))), most);
const into = fill.map((flows) => total(crudes.map((_, i) => at(flows, i))));
const outOf = draw.map((flows) => total(fuels.map((_, j) => at(flows, j))));
for (let t = 0; t < tanks; ++t) model.equal(into[t], outOf[t]);
for (const quality of qualities) {
  const held = fill.map((flows, t) => {
    const of = model.variable({ lower: least(quality), upper: largest(quality), name: `${quality}${t}` });
    const brought = total(crudes.map((crude, i) => mul(crude[quality], at(flows, i))));
    model.equal(brought, mul(of, outOf[t]));
    return of;
  });
  for (const [j, fuel] of fuels.entries()) {
    model.atMost(total(draw.map((flows, t) => mul(sub(held[t], fuel[quality]), at(flows, j)))), 0);
  }
}
const costs = total(fill.flatMap((flows) => crudes.map(({ price }, i) => mul(price, at(flows, i)))));
const sales = total(draw.flatMap((flows) => fuels.map(({ price }, j) => mul(price, at(flows, j)))));
model.maximize(sub(sales, costs));

const local = await minimize(model);
const result = await minimizeGlobally(model, { gap: 1e-4 });
const { status, objective, bound, certificate, history } = result;
console.log(`minimize: ${local.status}, earns ${local.objective.toFixed(1)}, certificate ${local.certificate.kind}`);
console.log(`minimizeGlobally: ${status}, earns ${objective.toFixed(1)}, certificate ${certificate.kind}`);
console.log(`no plan earns more than ${bound.toFixed(1)}`);
for (let t = 0; t < tanks; ++t) {
  const bought = Array.from(fill[t].valueIn(result), (flow, i) =>
    flow > 0.5 ? `${flow.toFixed(0)} of crude ${i}` : '',
  );
  console.log(`tank ${t}: ${bought.filter((text) => text !== '').join(', ')}`);
}

// The rows of the history have objective and bound; a shade is between them.
const rows = history.filter((row) => row.nodes > 0 && row.bound !== undefined);
const boxes = rows.map((row) => row.nodes);
const [earned, bounds] = [rows.map((row) => row.objective), rows.map((row) => row.bound)];
export const picture = {
  title: 'A pooling problem: the best plan, and what no plan can exceed',
  ...{ x: 'boxes that were looked at', y: 'profit', logX: true },
  series: [
    { name: 'best plan so far', as: 'line', step: true, x: boxes, y: earned, colour: 1 },
    { name: 'upper bound', as: 'line', step: true, x: boxes, y: bounds, colour: 2 },
  ],
  shades: [{ x: boxes, low: earned, high: bounds, colour: 2, step: true }],
  marks: [{ y: local.objective, label: 'minimize' }],
};

// heading: The best mixture of a refinery, with a proof
// prints: minimizeGlobally: solved, earns 784.9, certificate global
// prints: no plan earns more than 785.0
