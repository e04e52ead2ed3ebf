// The page: a row for each solve, which the service's events keep up to date.
const rows = new Map();
const first = new Map();
const body = document.querySelector('#solves');

/** The share of a solve that is done, by its residual, which falls about geometrically to 1e-4. */
function share({ id, progress: { residual } = {} }) {
  if (!(residual > 0)) return 0;
  if (!first.has(id)) first.set(id, residual);
  const from = Math.max(first.get(id), 1e-3);
  return Math.max(0, Math.min(1, Math.log(from / residual) / Math.log(from / 1e-4)));
}

function cell(row, content) {
  const made = document.createElement('td');
  made.append(content);
  row.append(made);
}

function show(solve) {
  const { id, kind, state, progress = {}, seconds } = solve;
  const row = rows.get(id) ?? document.createElement('tr');
  if (!rows.has(id)) body.prepend(row);
  rows.set(id, row);
  row.dataset.state = state;
  row.replaceChildren();
  const open = state === 'running' || state === 'waiting';
  const bar = document.createElement('div');
  bar.className = 'bar';
  const filled = document.createElement('i');
  // What has no seconds was never begun.
  filled.style.width = `${open ? 100 * share(solve) : seconds === undefined ? 0 : 100}%`;
  bar.append(filled);
  const { objective, lowerBound } = progress;
  const gap = (objective - lowerBound) / Math.abs(objective);
  cell(row, String(id));
  cell(row, kind);
  cell(row, seconds === undefined ? state : `${state}, ${seconds.toFixed(2)} s`);
  cell(row, bar);
  cell(row, objective === undefined || objective === null ? '' : objective.toPrecision(6));
  cell(row, Number.isFinite(gap) ? gap.toExponential(1) : '');
  if (open) {
    const end = document.createElement('button');
    end.textContent = 'end';
    end.onclick = () => fetch(`/solves/${id}`, { method: 'DELETE' });
    cell(row, end);
  } else if (seconds !== undefined) {
    const link = document.createElement('a');
    link.href = `/solves/${id}/report`;
    link.textContent = 'report';
    cell(row, link);
  } else cell(row, solve.message ?? ''); // why there is no result
}

new EventSource('/events').onmessage = ({ data }) => show(JSON.parse(data));

async function health() {
  const { status, workers, running, waiting } = await (await fetch('/health')).json();
  document.querySelector('#health').textContent =
    `${status}: ${workers} workers, ${running} running, ${waiting} waiting`;
}
await health();
setInterval(health, 1000);

document.querySelector('#start').onclick = () => {
  const x = Array.from({ length: 400 }, () => Array.from({ length: 6 }, () => 2 * Math.random() - 1));
  const y = x.map(([a, b]) => (a * b > 0 ? 'same' : 'opposite'));
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ x, y, loss: 'logistic', lambda: 0.5 }),
  };
  return fetch('/solves/network', request);
};
