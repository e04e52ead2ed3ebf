// Compiled by types.test.ts against the built declarations, as a user's CommonJS module would be; never run.
import nonconvex = require('nonconvex');

async function main(): Promise<string[]> {
  const { network, gap }: nonconvex.ReluResult<string[]> = await nonconvex.trainReluNetwork(
    { x: nonconvex.matrix(2, 1, [1, 2]), y: ['a', 'b'] },
    { loss: 'logistic' },
  );
  console.log(gap);
  const { x }: nonconvex.FractionalResult = await nonconvex.minimizeRatio({
    numerator: [nonconvex.leastSquares([[1, 2]], [3]), nonconvex.l1(0.1)],
    denominator: nonconvex.norm2(),
  });
  console.log(x);
  return nonconvex.predict(network, [[1]]);
}

main().then(console.log);
