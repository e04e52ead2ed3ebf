// The 47 problems of CUTEst in Hong, Na, Mahoney and Kolar's paper, and what it took there.
import type { Problem } from './nlp/define.js';
import { problems } from './nlp.js';

export interface PaperProblem {
  name: string;
  /** Outer iterations of the authors' method with randomised Kaczmarz, ||F||_2 <= 1e-4. */
  iterations: number;
  /** Steps of Kaczmarz in all, with the directions only as accurate as descent asks for; where it was measured. */
  steps?: number;
  problem: Problem;
}

// name, iterations, steps
const published: readonly (readonly [string, number, number?])[] = [
  ['hs6', 9, 33588],
  ['bt5', 5, 3045],
  ['bt9', 10, 153312],
  ['hs28', 1, 5116],
  ['bt10', 7, 31960],
  ['himmelba', 1, 8],
  ['bt12', 9, 835808],
  ['hs40', 3, 1064],
  ['bt3', 1, 12360],
  ['bt6', 8, 22274],
  ['bt11', 7, 23688],
  ['hs7', 10, 4368],
  ['genhs28', 1, 12870],
  ['hs51', 1, 5840],
  ['sinvalne', 16],
  ['booth', 1, 164],
  ['hs52', 1, 26472],
  ['hs47', 15, 402864],
  ['waysea1ne', 7, 112],
  ['hs48', 1, 329],
  ['hs50', 8, 14056],
  ['rsnbrne', 11, 496],
  ['cubene', 4, 568],
  ['hs77', 8, 7504],
  ['mwright', 7, 61272],
  ['zangwil3', 1, 216],
  ['trigon1ne', 4],
  ['ba-l1sp', 4, 2070],
  ['hs78', 4, 816],
  ['hs56', 5, 2288],
  ['helixne', 8, 150],
  ['hs42', 4, 876],
  ['hs79', 4, 1688],
  ['orthregb', 42, 9966],
  ['hs100lnp', 8, 60156],
  ['gottfr', 5, 280],
  ['himmelbe', 2],
  ['morebvne', 2],
  ['waysea2ne', 10, 1684],
  ['denschncne', 7],
  ['denschnfne', 4, 68],
  ['himmelbc', 5, 80],
  ['price4ne', 14, 244],
  ['inteqne', 2, 264],
  ['ba-l1', 4],
  ['mancinone', 4, 200],
  ['bt2', 11, 1696],
];

export const paperProblems: readonly PaperProblem[] = published.map(([name, iterations, steps]) => ({
  name,
  iterations,
  ...(steps === undefined ? {} : { steps }),
  problem: problems.find((problem) => problem.name === name) as Problem,
}));
