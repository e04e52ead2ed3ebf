// Long work on JavaScript's thread, cut into pieces between which other events are served.

/** Milliseconds that a piece may take. */
const slice = 10;

/** Functions that wait for a turn of the event loop of their own. */
const waiting: (() => void)[] = [];

function serve(): void {
  const next = waiting.shift();
  if (waiting.length > 0) setImmediate(serve);
  next?.();
}

/** Waits for a later turn of the event loop in which nothing else that waits here goes on: however many there are, a turn is short. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(serve);
  });
}

/** A function to be called between pieces of work: it gives a promise to wait for where they have taken so long that other events are due. */
export function pauses(): () => Promise<void> | undefined {
  let turn = performance.now();
  return () => {
    if (performance.now() - turn < slice) return undefined;
    return nextTurn().then(() => {
      turn = performance.now();
    });
  };
}

/** Work that gives T and pauses where others may go on. */
export type Steps<T> = Generator<void, T, void>;

/** Does all of it. */
export function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

/** Does it in pieces between which other events are served; at once where it has no pauses. */
export function finishedInTurns<T>(steps: Steps<T>): T | Promise<T> {
  const first = steps.next();
  return first.done ? first.value : finishRest(steps);
}

async function finishRest<T>(steps: Steps<T>): Promise<T> {
  const pause = pauses();
  for (;;) {
    const due = pause();
    if (due) await due;
    const next = steps.next();
    if (next.done) return next.value;
  }
}

/** Calls f(from, to) for ranges that take a millisecond or two each, with pauses between them. */
export function* inPieces(count: number, f: (from: number, to: number) => void): Steps<void> {
  const atOnce = 50_000;
  for (let from = 0; from < count; from += atOnce) {
    if (from > 0) yield;
    f(from, Math.min(count, from + atOnce));
  }
}
