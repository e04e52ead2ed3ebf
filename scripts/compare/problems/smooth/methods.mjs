// Each method of minimizeSum on a regression and on a model of rows, and what else the solver takes.
import { matrix, multiply, normals, sparse, uniforms, vector } from '../../random.mjs';

const [rows, columns] = [120, 6];
const data = (() => {
  const [normal, uniform] = [normals(51), uniforms(52)];
  const x = matrix(rows, columns, normal);
  const links = multiply(x, vector(columns, normal));
  const y = Float64Array.from(links, (link) => Number(uniform() < 1 / (1 + Math.exp(-link))));
  const thin = matrix(rows, columns, () => (uniform() < 0.4 ? normal() : 0));
  return { x, y, thin, counts: links.map((link) => Math.floor(2 * Math.exp(link / 3) * uniform())) };
})();

const regression = ({ nlp }, more = {}) =>
  nlp.generalizedLinearModel({ loss: 'logistic', x: data.x, y: data.y, ridge: 0.05, ...more });

/** Two layers with a matrix of weights, for methods that look at matrices. */
function network({ nonconvex, model: f }) {
  const model = new nonconvex.Model();
  const start = vector(4 * columns, (k) => Math.sin(k) / 2);
  const W = model.variable([4, columns], { start });
  const v = model.variable(4, { start: 0.3 });
  const of = model.rows({ x: data.x, y: data.y });
  const loss = of.mean(f.square(f.sub(f.dot(v, f.tanh(f.matvec(W, of.x))), of.y)));
  model.minimize(f.add(loss, f.mul(0.01, f.sumSquares(v))));
  return model;
}

const sumCase = (name, problem, settings) => ({
  name,
  run: (library) => library.smooth.minimizeSum(problem(library), { seed: 4, maxEpochs: 8, batchSize: 16, ...settings }),
});

const methods = [
  ...['adog', 'dog', 'ldog', 'adam', 'amsgrad', 'adaMomentum', 'rmsprop', 'prodigy', 'optAmsgrad', 'sgdm', 'o2nc'],
  ...['normalized', 'spider', 'qagd', 'qasgd', 'muon', 'signSgd', 'normSteepest', 'lion', 'oasis', 'sania', 'sophia'],
  ...['dpSgd', 'clippedSgd', 'clippedSstm', 'cyclicBcd', 'svrg', 'armijo', 'twoPoint'],
];

/** Settings without which a method does not begin, or does not repeat; some have all rows in each batch. */
const allRows = { batchSize: undefined };
const needed = { dpSgd: { insecureNoise: true }, normalized: allRows, qagd: allRows, cyclicBcd: allRows };

const methodCases = () =>
  methods.flatMap((method) =>
    ['float32', 'float64'].flatMap((precision) => {
      const settings = { method, precision, ...needed[method] };
      return [
        sumCase(`${method}, ${precision}`, regression, settings),
        sumCase(`${method}, ${precision}, network`, network, settings),
      ];
    }),
  );

const samplers = ['shuffle', 'replacement', 'poisson', 'dropEasy', 'largestLoss', 'coreset'];
const schedules = ['constant', 'linear', 'wsd', 'cosine', 'sqrt'];

function optionCases() {
  const options = {
    ...Object.fromEntries(samplers.map((sampler) => [`sampler ${sampler}`, { method: 'sgdm', sampler }])),
    ...Object.fromEntries(schedules.map((schedule) => [`schedule ${schedule}`, { method: 'adam', schedule }])),
    'all rows': { batchSize: 'full', precision: 'float64', tolerance: 1e-6, maxEpochs: 2000 },
    'best point': { method: 'adam', trackBest: true, checkInterval: 2 },
    validation: { method: 'adam', validation: 0.2 },
    'a ball': { method: 'sgdm', set: { radius: 0.5 } },
    'a box': { method: 'adog', set: { lower: -0.2, upper: 0.3 } },
    'a simplex': { method: 'sgdm', set: 'simplex' },
    decay: { method: 'adam', decay: 0.1 },
    'columns scaled': { method: 'adam', scaling: 'columns' },
    averaged: { method: 'sgdm', averaging: 'polynomial' },
    'gradients penalised': { method: 'sgdm', gradientPenalty: 0.1 },
    l1: { method: 'cyclicBcd', ...allRows, lambda: 0.02 },
  };
  return Object.entries(options).map(([name, settings]) => sumCase(name, regression, settings));
}

const formatCases = () =>
  ['csr', 'csc'].flatMap((format) =>
    ['sgdm', 'adam', 'adog', 'svrg'].map((method) =>
      sumCase(`${method}, ${format}`, (library) => regression(library, { x: sparse(data.thin, format) }), { method }),
    ),
  );

const lossCases = () =>
  ['squared', 'poisson'].map((loss) =>
    sumCase(`loss ${loss}`, (library) => regression(library, { loss, y: data.counts, intercept: true }), {}),
  );

const warm = {
  name: 'warm',
  run: async (library) => {
    const settings = { method: 'adam', seed: 5, maxEpochs: 10, batchSize: 16 };
    const first = await library.smooth.minimizeSum(regression(library), { ...settings, maxIterations: 20 });
    return library.smooth.minimizeSum(regression(library), { ...settings, warmStart: first });
  },
};

export const cases = () => [...methodCases(), ...optionCases(), ...formatCases(), ...lossCases(), warm];
