// Three classes by factors of several levels: the levels of a factor come in together, with their coefficients for all classes.
import { groupLasso, sparsePath } from 'nonconvex/sparse';

// 240 rows of 8 factors with 4 levels each, numbers without pattern; classes depend on the factors `soil` and `light` alone.
const noise = (k) => {
  const t = Math.sin(12.9898 * (k + 1)) * 43758.5453;
  return t - Math.floor(t);
};
const [n, levels] = [240, 4];
const factors = ['rain', 'soil', 'slope', 'light', 'wind', 'age', 'north', 'crop'];
const rows = Array.from({ length: n }, (_, i) =>
  factors.map((_, f) => Math.floor(levels * noise(factors.length * i + f))),
);
const x = rows.map((row) => row.flatMap((level) => Array.from({ length: levels }, (_, l) => Number(l === level))));
const groups = factors.flatMap((name) => Array(levels).fill(name));
const names = factors.flatMap((name) => Array.from({ length: levels }, (_, l) => `${name}${l}`));
const y = rows.map(([, soil, , light], i) => {
  const sizes = [soil === 0 ? 3 : 0, light === 3 ? 3 : 0, soil === 2 ? 2 : 0].map(Math.exp);
  let left = noise(1e5 + i) * sizes.reduce((sum, size) => sum + size);
  return ['fern', 'moss', 'grass'][
    sizes.findIndex((size) => {
      left -= size;
      return left <= 0;
    })
  ];
});

const path = await sparsePath(
  { x, y, groups, names },
  { family: 'multinomial', penalty: groupLasso(), lambdas: { ratio: 0.05 } },
);
const inUse = (fit) => [...new Set(Array.from(fit.support, (j) => groups[j % groups.length]))];

// When each factor comes in, as a share of the lambda from which on none is in.
const first = new Map();
for (const [k, lambda] of path.lambda.entries()) {
  for (const name of inUse(path.fit(k))) if (!first.has(name)) first.set(name, lambda / path.lambdaMax);
}
for (const [name, share] of [...first].slice(0, 4)) {
  console.log(`${name.padEnd(6)} ${'#'.repeat(Math.round(20 * share)).padEnd(20)} ${share.toFixed(2)}`);
}
const fit = path.at(0.35 * path.lambdaMax);
const right = fit.predict(x, { type: 'class' }).filter((of, i) => of === y[i]).length;
console.log(`${inUse(fit).join(' and ')}: ${Math.round((100 * right) / n)} % right`);

// The picture of docs/gallery.md.
const norm = (fit, name) => Math.hypot(...fit.coefficients.filter((_, j) => groups[j % groups.length] === name));
const fits = Array.from(path.lambda, (_, k) => path.fit(k));
export const picture = {
  title: 'How far each factor has come in along the path',
  ...{ x: 'lambda / lambdaMax', y: 'norm of the coefficients', logX: true, falling: true },
  series: factors.map((name, f) => ({
    ...{ name, as: 'line', colour: f + 1 },
    ...{ x: path.lambda.map((lambda) => lambda / path.lambdaMax), y: fits.map((each) => norm(each, name)) },
  })),
};

// heading: Classes by factors of several levels
// prints: soil   ###################  0.97
// prints: light  ###################  0.97
// prints: wind   #####                0.25
// prints: age    #####                0.25
// prints: soil and light: 65 % right
