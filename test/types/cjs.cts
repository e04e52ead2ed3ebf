// Compiled by types.long.test.ts against the built declarations, as a user's CommonJS module would be; never run.
import nonconvex = require('nonconvex');
import fractional = require('nonconvex/fractional');

async function main(): Promise<string[]> {
  const { network, gap }: nonconvex.ReluResult<string[]> = await nonconvex.trainReluNetwork(
    { x: nonconvex.matrix(2, 1, [1, 2]), y: ['a', 'b'] },
    { loss: 'logistic' },
  );
  console.log(gap);
  const { x }: nonconvex.FractionalResult = await nonconvex.minimizeRatio({
    numerator: [fractional.leastSquares([[1, 2]], [3]), nonconvex.fractional.l1(0.1)],
    denominator: fractional.norm2(),
  });
  console.log(x);
  return nonconvex.relu.predict(network, [[1]]);
}

main().then(console.log);
