// What the renderer may ask for, without anything of Electron: it can be tried in plain Node.
const { score, trainReluNetwork } = require('nonconvex/relu');
const { report } = require('nonconvex/report');

/** @param {(channel: string, message: object) => void} send to the renderer */
exports.solver = (send) => {
  let controller;
  let last;

  async function train({ x, y, lambda }) {
    if (controller) throw new Error('a network is being trained');
    controller = new AbortController();
    const settings = { loss: 'logistic', lambda };
    const onProgress = ({ iteration, objective, lowerBound, seconds }) =>
      send('progress', { iteration, objective, lowerBound, seconds });
    try {
      const result = await trainReluNetwork({ x, y }, { ...settings, onProgress, signal: controller.signal });
      last = { result, settings, data: { x, y } };
      const { status, message, objective, lowerBound, network } = result;
      return { status, message, objective, lowerBound, accuracy: score(network, x, y) };
    } finally {
      controller = undefined;
    }
  }

  return {
    handlers: {
      train,
      /** Ends training; `train` gives the best network so far. */
      abort: () => controller?.abort(),
      /** A page about the last network, as text. */
      report: () => last && report(last.result, { settings: last.settings, data: last.data }),
    },
    end: () => controller?.abort(),
  };
};
