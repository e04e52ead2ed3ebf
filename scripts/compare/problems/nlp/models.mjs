// The expression models of test/problems, and settings of the solver on some of them.
import { inners, nlpSolve } from './shared/solve.mjs';

export async function cases({ module }) {
  const { problems } = await module('test/problems/nlp.ts');
  const solves = problems.map(({ name, build }) => nlpSolve(name, build));
  const some = ['hs39', 'hs78', 'bt11', 'orthregb', 'lukvle6(99)', 'dtoc3(50)', 'genhs28', 'byrdsphr', 'catena'];
  const lists = {
    ...inners,
    ...Object.fromEntries(
      ['kaczmarz', 'gaussian', 'count', 'srht'].map((sketch) => [sketch, { ...inners.sketch, sketch, seed: 3 }]),
    ),
    lagged: { ...inners.krylov, preconditioner: 'lagged' },
    diagonal: { ...inners.krylov, preconditioner: 'diagonal', innerSteps: 500 },
    published: { ...inners.sketch, accuracy: 'paper', shift: 'paper', scaling: false, sketchMemory: 0, sketchSize: 5 },
    accurate: { accuracy: 'paper', maxIterations: 60 },
    penalties: { constraintPenalty: 7, gradientPenalty: 0.03, penaltyFactor: 2.5, sufficientDecrease: 0.3 },
    unscaled: { scaling: false, tolerance: 1e-11, checkInterval: 3 },
    short: { maxIterations: 3, sampleStart: false, reuseHessian: false },
  };
  for (const { name, build } of problems.filter((problem) => some.includes(problem.name))) {
    for (const [title, settings] of Object.entries(lists)) {
      solves.push(nlpSolve(`${name}, ${title}`, build, settings));
    }
    solves.push(warmSolve(name, build));
  }
  return solves;
}

/** Three iterations, whose last report has the point, and a solve that goes on from there. */
function warmSolve(name, build) {
  return {
    name: `${name}, warm`,
    run: async ({ nlp }) => {
      let last;
      const onProgress = (progress) => {
        last = progress;
      };
      const problem = build();
      await nlp.minimize(problem, { maxIterations: 3, reportIterates: true, onProgress });
      const { x, multipliers } = last;
      return { ...(await nlp.minimize(problem, { warmStart: { x, multipliers } })), report: last };
    },
  };
}
