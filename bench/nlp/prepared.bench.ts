// Small convex quadratic programs again and again: microseconds of minimize, and of solveSync of a prepared program.
//
//   npm run bench -- nlp/prepared
//
// The least processor time of 20 rounds of 200 solves each counts, of one thread and of the calls in JavaScript.
import { minimize, prepareQuadratic, type QuadraticProblem, quadraticProgram } from '../../src/nlp/index.js';

const uniforms = (seed: number) => {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
};

async function microseconds(solve: (k: number) => unknown): Promise<string> {
  const [rounds, count] = [20, 200];
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; ++round) {
    const before = process.cpuUsage();
    for (let k = 0; k < count; ++k) await solve(k);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / count);
  }
  return least.toFixed(1);
}

/** A dense program of 30 variables and 60 rows, strictly convex. */
function controller(): QuadraticProblem & { c: Float64Array } {
  const [uniform, n, m] = [uniforms(1), 30, 60];
  const matrix = (rows: number) => Array.from({ length: rows }, () => Array.from({ length: n }, uniform));
  const root = matrix(n);
  const Q = root.map((a, i) =>
    root.map((b, j) => a.reduce((sum, v, k) => sum + v * (b[k] as number), i === j ? 1 : 0)),
  );
  return { Q, c: Float64Array.from({ length: n }, uniform), G: matrix(m), atMost: 0.5, lower: -1, upper: 1 };
}

/** Problems 35 and 76 of Hock and Schittkowski. */
const small: Record<string, QuadraticProblem> = {
  HS35: {
    ...{
      Q: [
        [4, 2, 2],
        [2, 4, 0],
        [2, 0, 2],
      ],
      c: [-8, -6, -4],
    },
    ...{ G: [[1, 1, 2]], atMost: 3, lower: 0 },
  },
  HS76: {
    ...{
      Q: [
        [2, 0, -1, 0],
        [0, 1, 0, 0],
        [-1, 0, 2, 1],
        [0, 0, 1, 1],
      ],
      c: [-1, -3, 1, -1],
    },
    ...{
      G: [
        [1, 2, 1, 1],
        [3, 1, 2, -1],
        [0, -1, -4, 0],
      ],
      atMost: [5, 4, -1.5],
      lower: 0,
    },
  },
};

console.log('| program | minimize | solveSync, the same | other c | c near by |');
console.log('| --- | ---: | ---: | ---: | ---: |');
const [uniform, dense] = [uniforms(7), controller()];
for (const [name, problem] of Object.entries({ ...small, '30 variables, 60 rows': dense })) {
  const program = quadraticProgram(problem);
  const prepared = await prepareQuadratic(problem);
  const c = Array.from(problem.c as ArrayLike<number>);
  const others = Array.from({ length: 50 }, () => c.map((v) => v + 2 * uniform()));
  const near = Array.from({ length: 50 }, () => c.map((v) => v + 1e-3 * uniform()));
  const times = [
    await microseconds(() => minimize(program)),
    await microseconds(() => prepared.solveSync()),
    await microseconds((k) => prepared.solveSync({ c: others[k % 50] as number[] })),
    await microseconds((k) => prepared.solveSync({ c: near[k % 50] as number[] })),
  ];
  console.log(`| ${name} | ${times.join(' | ')} |`);
}
