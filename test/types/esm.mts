// Compiled by types.test.ts against the built declarations, as a user's ES module would be; never run.
import {
  fromJSON,
  type Matrix,
  matrix,
  type Progress,
  predict,
  type ReluNetwork,
  type ReluResult,
  type ReluSettings,
  SolverError,
  type Status,
  score,
  toJSON,
  trainReluNetwork,
} from 'nonconvex';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const same = <A, B>(..._: Same<A, B> extends true ? [] : ['types differ']): void => {};

const x = matrix(2, 2, [1, 2, 3, 4]);
const rows = [
  [1, 2],
  [3, 4],
];

// The kind of y decides the kind of the predictions.
const numbers = await trainReluNetwork({ x, y: [1, 2] });
const numbersPredicted = predict(numbers.network, rows);
same<typeof numbersPredicted, Float64Array>();
const typed = predict((await trainReluNetwork({ x, y: new Float32Array(2) })).network, x);
same<typeof typed, Float64Array>();
const labels = predict((await trainReluNetwork({ x: rows, y: ['a', 'b'] })).network, x);
same<typeof labels, string[]>();
const texts: string[] = ['a', 'b'];
const fromTexts = predict((await trainReluNetwork({ x, y: texts })).network, x);
same<typeof fromTexts, string[]>();
const flags = predict((await trainReluNetwork({ x, y: [true, false] })).network, x);
same<typeof flags, boolean[]>();
const matrices = predict((await trainReluNetwork({ x, y: rows })).network, x);
same<typeof matrices, Float64Array | Matrix>();
const unknownKind = predict(fromJSON('{}'), x);
same<typeof unknownKind, string[] | boolean[] | Float64Array | Matrix>();
const knownKind = predict(fromJSON<string[]>('{}'), x);
same<typeof knownKind, string[]>();

// Settings: every one optional, names and values checked.
const settings: ReluSettings = {
  beta: 0.1,
  loss: 'hinge',
  patterns: { sample: 5 },
  warmStart: numbers,
  signal: new AbortController().signal,
  onProgress: ({ iteration, objective }: Progress) => console.log(iteration, objective ?? 'unknown'),
  device: 'auto',
  timeLimit: undefined,
};
const labelled = await trainReluNetwork({ x, y: ['a', 'b'] }, settings);
same<typeof labelled, ReluResult<string[]>>();
await trainReluNetwork({ x, y: [1, 2] }, { patterns: { gates: rows } });
await trainReluNetwork({ x, y: [1, 2] }, { patterns: { exact: true } });
// @ts-expect-error: no such setting
await trainReluNetwork({ x, y: [1, 2] }, { bet: 0.1 });
// @ts-expect-error: a number
await trainReluNetwork({ x, y: [1, 2] }, { beta: '0.1' });
// @ts-expect-error: no such loss
await trainReluNetwork({ x, y: [1, 2] }, { loss: 'absolute' });
// @ts-expect-error: exact is true or absent
await trainReluNetwork({ x, y: [1, 2] }, { patterns: { exact: false } });
// @ts-expect-error: y is missing
await trainReluNetwork({ x });
// @ts-expect-error: dates are no targets
await trainReluNetwork({ x, y: [new Date()] });

const status: Status = numbers.status;
const certificate: 'global' | 'patterns' = numbers.certificate;
const bound: number = numbers.lowerBound;
const text: string = JSON.stringify(toJSON(labelled.network));
const general: ReluNetwork = labelled.network;
const accuracy: number = score(general, x, ['a', 'b']);
try {
  await trainReluNetwork({ x, y: [1, 2] }, { device: 'cuda' });
} catch (error) {
  if (error instanceof SolverError && error.code === 'DEVICE_UNAVAILABLE') console.log(error.message);
}
console.log(status, certificate, bound, text, accuracy);
