// The gain of each constant of native/solvers/smooth (bench/shared/ablation.ts): each method on a regression and on a network, risks,
// and random sums.
import { ablate } from '../shared/ablation.js';

interface Solved {
  status: string;
  objective: number;
  iterations: number;
}

const isSolved = (each: unknown): each is Solved =>
  typeof each === 'object' && each !== null && 'objective' in each && 'status' in each;

await ablate({
  family: 'smooth',
  parts: ['smooth/methods', 'smooth/risks', 'smooth/honesty'],
  groupOf: (name) => name.split(', ')[0] as string,
  constant: ['couplings.hpp:changes', 'sweeps.cpp:count'],
  off: { 'geometries.hpp:products': 1, 'robust_risk.hpp:between': 1e9 },
  sameObjective: 1e-3, // methods that stop after some epochs
  outcome: (result: object) => {
    const all = [result, ...Object.values(result)].filter(isSolved);
    return {
      unsolved: all.filter(({ status }) => status !== 'solved').length,
      objectives: all.map(({ objective }) => objective),
      gap: 0,
      iterations: all.reduce((sum, { iterations }) => sum + iterations, 0),
    };
  },
});
