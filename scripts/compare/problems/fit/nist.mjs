// The regressions of NIST from both starts, by squares and by a robust loss.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export async function cases({ problems, module }) {
  const file = join(problems, 'nist', 'problems.json');
  if (!existsSync(file)) return [{ name: 'regressions of NIST', needs: file }];
  const { columnsOf, curves, measuredOf, regressions } = await module('test/fit/nist.ts');
  return Object.entries(regressions).flatMap(([name, problem]) =>
    ['start1', 'start2'].flatMap((start) =>
      ['squared', 'huber'].map((loss) => ({
        name: `${name}, ${start}, ${loss}`,
        run: ({ fit }) =>
          fit.fitCurve(
            {
              ...{ x: columnsOf(problem), y: measuredOf(problem), start: { b: problem[start] } },
              curve: ({ b }, data) => curves[problem.formula](b, data),
            },
            { loss, maxIterations: 300 },
          ),
      })),
    ),
  );
}
