// Linear networks: depths, branches, outputs, more columns than rows, starts.
import { matrix, multiply, normals, vector } from '../../random.mjs';

const draw = (seed, [rows, columns, outputs]) => {
  const normal = normals(seed);
  const x = matrix(rows, columns, normal);
  const links = Array.from({ length: outputs }, () => multiply(x, vector(columns, normal)));
  return { x, y: matrix(rows, outputs, (i, k) => links[k][i] + 0.3 * normal()) };
};

/** x with orthogonal columns of one length: those of a Hadamard matrix. */
function orthogonal(outputs) {
  const sign = (i, j) => ((i & j).toString(2).replaceAll('0', '').length % 2 === 0 ? 1 : -1);
  const normal = normals(62);
  const x = matrix(16, 6, (i, j) => sign(i, j + 1));
  return { x, y: matrix(16, outputs, (i, k) => x.data[6 * i + k] * (k + 1) + 0.3 * normal()) };
}

const networkCase = (name, data, settings) => ({
  name,
  run: ({ deepLinear }) => deepLinear.trainLinearNetwork(data, settings),
  also: (_, result) => ({ predictions: result.predict(data.x) }),
});

const shapes = { tall: [60, 8, 3], wide: [20, 40, 4], 'one output': [50, 10, 1], larger: [200, 60, 20] };

function shapeCases() {
  return Object.entries(shapes).flatMap(([shape, sizes], k) =>
    [0.05, 2].flatMap((lambda) => {
      const data = draw(61 + k, sizes);
      return [
        networkCase(`${shape}, lambda ${lambda}`, data, { lambda }),
        networkCase(`${shape}, lambda ${lambda}, three layers of branches`, data, { lambda, depth: 3, parallel: true }),
      ];
    }),
  );
}

const orthogonalCases = () =>
  [1, 3].flatMap((outputs) =>
    [3, 5].map((depth) =>
      networkCase(`orthogonal, ${outputs} outputs, depth ${depth}`, orthogonal(outputs), { depth, lambda: 0.2 }),
    ),
  );

const single = (data) => ({ ...data, x: { ...data.x, data: Float32Array.from(data.x.data) } });

const warm = {
  name: 'warm',
  run: async ({ deepLinear }) => {
    const data = draw(70, shapes.tall);
    const warmStart = await deepLinear.trainLinearNetwork(data, { lambda: 1 });
    return deepLinear.trainLinearNetwork(data, { lambda: 0.5, warmStart });
  },
};

export const cases = () => [
  ...shapeCases(),
  ...orthogonalCases(),
  networkCase('single precision', single(draw(71, shapes.tall)), { lambda: 0.5 }),
  networkCase('accurate', draw(72, shapes.wide), {
    lambda: 0.5,
    tolerance: 1e-12,
    checkInterval: 3,
    maxIterations: 1000,
  }),
  warm,
];
