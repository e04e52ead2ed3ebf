// The page: asks the main process by what preload.js has given it.
const at = (id) => document.querySelector(`#${id}`);
const { solver } = window;

function points() {
  const x = Array.from({ length: 600 }, () => Array.from({ length: 8 }, () => 2 * Math.random() - 1));
  return { x, y: x.map(([a, b]) => (a * b > 0 ? 'same sign' : 'opposite')) };
}

solver.onProgress(({ iteration, objective, lowerBound, seconds }) => {
  const gap = (objective - lowerBound) / Math.abs(objective);
  // From a gap of 1 to the tolerance of 1e-4.
  if (gap > 0) at('bar').value = Math.min(1, Math.max(0, -Math.log10(gap) / 4));
  at('said').textContent =
    `iteration ${iteration}, objective ${objective.toPrecision(6)}, gap ${gap.toExponential(1)}, ${seconds.toFixed(1)} s`;
});

at('abort').onclick = () => solver.abort();
at('train').onclick = async () => {
  [at('train').disabled, at('abort').disabled] = [true, false];
  try {
    const { message, accuracy } = await solver.train({ ...points(), lambda: Number(at('lambda').value) });
    at('bar').value = 1;
    at('said').textContent = `${message} Accuracy ${accuracy.toFixed(3)}.`;
    at('report').srcdoc = await solver.report();
  } catch (error) {
    at('said').textContent = error.message;
  }
  [at('train').disabled, at('abort').disabled] = [false, true];
};
