// The same through CommonJS.
const { predict, trainReluNetwork } = require('nonconvex/relu');
const { x, y, settings } = require('./problem.json');

trainReluNetwork({ x, y }, settings).then(({ network, status, gap }) => {
  const fitted = predict(network, x);
  console.log(JSON.stringify({ status, gap, fitted: Array.from(fitted.data ?? fitted) }));
});
