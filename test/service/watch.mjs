// Imported before a program: measures its event loop and memory, and tells the process that started it when it is asked.
import { readFileSync } from 'node:fs';
import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
// Of the same time, what JavaScript's thread waits for a processor that others have, where the kernel counts that (Linux).
const own = createHistogram();
const waited = () => {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
};
let last = [performance.now(), waited()];
setInterval(() => {
  const now = [performance.now(), waited()];
  const milliseconds = now[0] - last[0] - (now[1] - last[1]);
  own.record(Math.max(1, Math.round(1000 * milliseconds)));
  last = now;
}, 1).unref();
process.on('message', () => {
  const at = (share) => delay.percentile(share) / 1e6;
  process.send({
    resident: process.memoryUsage.rss() / 2 ** 20,
    loop: { p50: at(50), p99: at(99), max: delay.max / 1e6 },
    own: { p99: own.percentile(99) / 1000, max: own.max / 1000 },
  });
  delay.reset();
  own.reset();
});
process.channel.unref();
