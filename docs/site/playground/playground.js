// The page: code of the user, run in a worker, so that the page stays alive and a solve can be ended.
import { examples } from './examples.js';

const $ = (id) => document.getElementById(id);
let worker;

function state(text, { running = false, ready = !running } = {}) {
  $('state').textContent = text;
  $('run').disabled = !ready;
  $('stop').disabled = !running;
}

function begin() {
  worker = new Worker('worker.js', { type: 'module' });
  state('loading ...', { ready: false });
  worker.onmessage = ({ data: { loaded, print, report, ended } }) => {
    if (loaded !== undefined) state(`loaded in ${loaded.toFixed(0)} ms`);
    if (print !== undefined) $('output').textContent += `${print}\n`;
    if (report !== undefined) $('report').srcdoc = report;
    if (ended !== undefined) state(ended);
  };
  worker.onerror = ({ message }) => state(`the solvers could not be loaded: ${message}`, { ready: false });
}

$('run').onclick = () => {
  $('output').textContent = '';
  $('report').removeAttribute('srcdoc');
  state('running ...', { running: true });
  worker.postMessage($('code').value);
};
$('stop').onclick = () => {
  worker.terminate();
  begin();
};
for (const name of Object.keys(examples)) $('example').add(new Option(name, name));
$('example').onchange = () => {
  $('code').value = examples[$('example').value];
};
$('example').onchange();
begin();
