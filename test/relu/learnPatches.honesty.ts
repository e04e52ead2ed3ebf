// Random images: filters have length 1, more turns do not raise the objective, and features are those of their definition.
import { learnPatches, patchFeatures } from '../../src/relu/index.js';
import { normals, table } from '../algebra.js';
import type { Trial } from '../contract/problem.js';
import { featuresOf } from './patchesJudge.js';

export const trial: Trial = async (seed) => {
  const draw = normals(seed);
  const shape = [3 + (seed % 4), 4 + (seed % 3), 1 + (seed % 2)];
  const x = table(
    2 + (seed % 9),
    shape.reduce((a, b) => a * b),
    draw,
  );
  const settings = { count: 1 + (seed % 5), size: 1 + (seed % 3), cells: 1 + (seed % 2), sample: 40, seed };
  const { status, layer, objective = Number.NaN } = await learnPatches({ x, shape }, settings);
  const wrong: string[] = [];
  for (const filter of layer.filters) {
    const length = Math.hypot(...filter);
    if (length !== 0 && Math.abs(length - 1) > 1e-12) wrong.push(`a filter of length ${length}`);
  }
  if (!(objective >= 0 && objective <= 1 + 1e-12)) wrong.push(`objective ${objective}`);
  const longer = await learnPatches({ x, shape }, { ...settings, tolerance: 0 });
  if (!((longer.objective as number) <= objective + 1e-12)) wrong.push(`${longer.objective} after more turns`);
  const features = await patchFeatures(layer, x);
  x.forEach((image, i) => {
    featuresOf(layer, image).forEach((value, k) => {
      const told = features.data[i * features.columns + k] as number;
      if (!(Math.abs(told - value) <= 1e-12)) wrong.push(`feature ${k} of image ${i} is ${told}, which is ${value}`);
    });
  });
  return { status, wrong };
};
