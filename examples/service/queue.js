// A queue with an end: so many solves run, so many wait, and whoever comes then is told when to come again.
export class Full extends Error {
  constructor(retryAfter) {
    super(`the queue is full; come again in ${retryAfter} s`);
    this.retryAfter = retryAfter;
  }
}

export class Queue {
  #running = 0;
  #waiting = [];
  #concurrency;
  #most;
  /** Seconds that the last solves took, for a guess of when there is room. */
  #durations = [];
  #closed = false;

  /** @param {{ concurrency: number, most: number }} limits solves that run at a time, and that may wait */
  constructor({ concurrency, most }) {
    this.#concurrency = concurrency;
    this.#most = most;
  }

  get running() {
    return this.#running;
  }

  get waiting() {
    return this.#waiting.length;
  }

  /** Seconds after which there is room, if solves go on to take as long as those before. */
  get retryAfter() {
    const sorted = [...this.#durations].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 1;
    return Math.max(1, Math.ceil((median * (this.#waiting.length + 1)) / this.#concurrency));
  }

  /**
   * Runs `task` when it is its turn. A task whose signal is aborted before that leaves the queue at once.
   * @throws Full at once where there is no room.
   */
  async run(task, signal) {
    if (this.#closed || (this.#running >= this.#concurrency && this.#waiting.length >= this.#most)) {
      throw new Full(this.retryAfter);
    }
    signal.throwIfAborted();
    if (this.#running >= this.#concurrency) await this.#turn(signal);
    else ++this.#running;
    const start = performance.now();
    try {
      return await task();
    } finally {
      this.#durations = [...this.#durations.slice(-49), (performance.now() - start) / 1000];
      this.#pass();
    }
  }

  /** Takes nothing more. */
  close() {
    this.#closed = true;
  }

  /** Resolves when it is this one's turn: a place among those that run is then its own. */
  #turn(signal) {
    return new Promise((resolve, reject) => {
      const entry = { begin };
      const queue = this.#waiting;
      function begin() {
        signal.removeEventListener('abort', leave);
        resolve();
      }
      function leave() {
        queue.splice(queue.indexOf(entry), 1);
        reject(signal.reason);
      }
      signal.addEventListener('abort', leave, { once: true });
      queue.push(entry);
    });
  }

  /** Gives a place to the first that waits. */
  #pass() {
    const next = this.#waiting.shift();
    if (next) next.begin();
    else --this.#running;
  }
}
