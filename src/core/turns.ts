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
