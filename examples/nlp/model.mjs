// Expression models: charges on a sphere (Thomson's problem), and a hanging chain, solved again with another length.

import { Model, minimize } from 'nonconvex';
import { column, concat, gather, pow, slice, square, sub, sum, sumSquares } from 'nonconvex/model';

// Twelve points on the unit sphere, least sum of 1 / distance. One expression for all pairs: rows of p are gathered.
const thomson = new Model();
const p = thomson.variable([12, 3], {
  name: 'p',
  start: Array.from({ length: 12 }, (_, i) => [Math.cos(2.4 * i), Math.sin(2.4 * i), (2 * i + 1) / 12 - 1]),
});
const pairs = Array.from({ length: 12 }, (_, i) => Array.from({ length: i }, (_, j) => [i, j])).flat();
const [first, second] = [0, 1].map((end) => pairs.map((pair) => pair[end]));
const squaredDistances = sumSquares(sub(gather(p, first), gather(p, second)), { per: 'row' });
thomson.minimize(sum(pow(squaredDistances, -0.5)));
thomson.equal(sumSquares(p, { per: 'row' }), 1);

const sphere = await minimize(thomson);
console.log(`charges ${sphere.status}: energy ${sphere.objective.toFixed(5)}, that of the icosahedron is 49.16525`);

// Twenty links between (0, 0) and (4, 0), least sum of heights. The length is a parameter: a new one needs no new model.
const links = 20;
const chain = new Model();
const length = chain.parameter();
const joints = chain.variable([links - 1, 2], {
  start: Array.from({ length: links - 1 }, (_, i) => [(4 * (i + 1)) / links, -1]),
});
const path = concat([[[0, 0]], joints, [[4, 0]]]);
const steps = sub(slice(path, 1), slice(path, 0, links));
chain.minimize(sum(column(joints, 1)));
const tension = chain.equal(sumSquares(steps, { per: 'row' }), square(length));

const chains = [];
for (const value of [5, 6]) {
  length.set(value / links);
  const hanging = await minimize(chain);
  const lowest = Math.min(...joints.valueIn(hanging).data.filter((_, k) => k % 2 === 1));
  const hung = [0, 0, ...joints.valueIn(hanging).data, 4, 0];
  chains.push({ length: value, x: hung.filter((_, k) => k % 2 === 0), y: hung.filter((_, k) => k % 2 === 1) });
  const pull = Math.max(...tension.multipliersIn(hanging).map(Math.abs));
  console.log(
    `chain of ${value} ${hanging.status}: lowest point ${lowest.toFixed(4)}, largest multiplier ${pull.toFixed(3)}`,
  );
}

// The picture of docs/gallery.md.
export const picture = {
  title: 'A chain of twenty links, of length 5 and 6',
  series: chains.map(({ length, x, y }, k) => ({
    name: `length ${length}`,
    as: 'line',
    dots: true,
    x,
    y,
    colour: k + 1,
  })),
};

// heading: Charges on a sphere and a hanging chain
// prints: /^charges solved: energy 49\.16525, /
// prints: /^chain of 5 solved: lowest point -1\.3290, /
// prints: /^chain of 6 solved: lowest point -2\.0138, /
