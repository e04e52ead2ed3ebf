// Rows of one class between two frames.
import { matrix, normals } from '../../random.mjs';

const normal = normals(93);
const x = matrix(80, 5, (_, j) => normal() / (1 + j));

export function cases() {
  const options = {
    usual: {},
    'one column': { dimension: 1 },
    'three columns': { dimension: 3, seed: 2 },
    'the minimum itself': { softness: 0, maxIterations: 300 },
    'weights and margin': { margin: 0.3, violationWeight: 2 },
  };
  return Object.entries(options).map(([name, settings]) => ({
    name,
    run: ({ contrib }) => contrib.oneClassSubspaces({ x }, { maxIterations: 2000, ...settings }),
    also: (_, result) => ({ decisions: result.decision(x) }),
  }));
}
