// Signals that abort many jobs.

interface Watch {
  jobs: Set<() => void>;
  listener: () => void;
}

/** One listener for all jobs of a signal: Node warns of a leak when a signal has more than ten. */
const watches = new WeakMap<AbortSignal, Watch>();

/** Lets a signal abort a job, until the function that is returned gets called. */
export function watch(signal: AbortSignal, abort: () => void): () => void {
  const { jobs, listener } = watches.get(signal) ?? begin(signal);
  jobs.add(abort);
  return () => {
    jobs.delete(abort);
    if (jobs.size > 0) return;
    signal.removeEventListener('abort', listener);
    watches.delete(signal);
  };
}

function begin(signal: AbortSignal): Watch {
  const jobs = new Set<() => void>();
  const listener = () => {
    for (const abort of jobs) abort();
  };
  signal.addEventListener('abort', listener);
  const made = { jobs, listener };
  watches.set(signal, made);
  return made;
}
