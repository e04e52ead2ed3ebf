// A network whose objective is recomputed, and whose global bound a descent of the test's own tries to beat.

import type { Trial } from '../contract/problem.js';
import { trainReluNetwork } from '../flat.js';
import {
  type Instance,
  type LossName,
  type Neurons,
  networkObjective,
  neuronsOf,
  type Rows,
  table,
  toMatrix,
} from '../problems/relu.js';

/** Gradient descent by differences of the objective from a random network, with steps that are halved until it falls. */
function descended(instance: Instance, neurons: Neurons): number {
  const parameters = [...neurons.u, ...neurons.a];
  const value = () => networkObjective(neurons, instance);
  let best = value();
  let length = 0.1;
  for (let k = 0; k < 60 && length > 1e-9; ++k) {
    const slope = parameters.map((row) =>
      row.map((kept, j) => {
        row[j] = kept + 1e-6;
        const up = value();
        row[j] = kept - 1e-6;
        const down = value();
        row[j] = kept;
        return (up - down) / 2e-6;
      }),
    );
    const before = parameters.map((row) => [...row]);
    for (length *= 4; length > 1e-9; length /= 2) {
      parameters.forEach((row, i) => {
        for (let j = 0; j < row.length; ++j) row[j] = (before[i]?.[j] as number) - length * (slope[i]?.[j] as number);
      });
      const there = value();
      if (there < best) {
        best = there;
        break;
      }
    }
  }
  return best;
}

/** A network with all patterns of those data, solved, and what of its result is not true; `draw` starts the descent. */
export async function judgedNetwork(
  loss: LossName,
  x: Rows,
  y: Rows,
  lambda: number,
  draw: () => number,
): ReturnType<Trial> {
  const settings = { loss, lambda, bias: false, huberDelta: 0.6, task: 'regression' } as const;
  const { task, ...ofClasses } = settings;
  const result = await trainReluNetwork(
    { x: toMatrix(x), y: toMatrix(y) },
    { ...(loss === 'logistic' || loss === 'hinge' ? ofClasses : settings), patterns: { exact: true }, tolerance: 1e-6 },
  );
  const { status, objective, lowerBound, networkObjective: claimed } = result;
  const instance: Instance = { loss, activation: 'relu', coupling: 'oneVsAll', x, y, patterns: [], lambda, delta: 0.6 };
  const wrong: string[] = [];
  const own = networkObjective(neuronsOf(result), instance);
  const near = (a: number, b: number, share: number) => Math.abs(a - b) <= share * Math.max(1e-3, Math.abs(b));
  if (claimed !== undefined && !near(claimed, own, 1e-9)) wrong.push(`network objective ${claimed}, which is ${own}`);
  if (!(lowerBound <= objective * (1 + 1e-9) + 1e-12)) wrong.push(`bound ${lowerBound} above ${objective}`);
  if (status === 'solved' && !(objective - lowerBound <= 2e-6 * Math.max(1e-3, Math.abs(objective))))
    wrong.push(`solved with a gap of ${objective - lowerBound}`);
  if (status === 'solved' && !near(own, objective, 1e-4))
    wrong.push(`a network of ${own}, where ${objective} is claimed`);
  if (result.certificate.over !== undefined) wrong.push(`certificate over ${result.certificate.over}`);
  if (status === 'solved' && result.certificate.kind !== 'global') wrong.push(`certificate ${result.certificate.kind}`);
  const local = descended(instance, { u: table(4, x[0]?.length ?? 0, draw), a: table(4, 1, draw) });
  if (local < lowerBound * (1 - 1e-9) - 1e-12) wrong.push(`a local network of ${local} below the bound ${lowerBound}`);
  return { status, wrong };
}
