// Kinds of the workers of tests beside those of the package, as --module gives it to them.
let tries = 0;

export const kinds = {
  /** Takes its worker down. */
  poison: () => process.kill(process.pid, 'SIGKILL'),
  /** Fails for a reason that passes. */
  flaky: (most) => {
    if (++tries < most) throw new Error('not yet');
    return tries;
  },
  /** Waits, and hears of an end. */
  wait: (milliseconds, { signal, onProgress }) =>
    new Promise((resolve) => {
      const timer = setInterval(() => onProgress({ waited: true }), 20);
      const end = (status) => {
        clearInterval(timer);
        clearTimeout(last);
        resolve({ status });
      };
      const last = setTimeout(end, milliseconds, 'solved');
      signal.addEventListener('abort', () => end('aborted'), { once: true });
      if (signal.aborted) end('aborted');
    }),
};
