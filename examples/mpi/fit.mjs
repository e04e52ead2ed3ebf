// One logistic regression over all ranks of an MPI job, `mpirun -n 4 node fit.mjs`.
// Each rank reads its part of the LIBSVM file DATA with COLUMNS columns; without one it makes rows of its own.
import { minimize, nlp, readLibsvm, world } from 'nonconvex';

const ranks = await world();
const { DATA, COLUMNS } = process.env;
if (DATA && !COLUMNS)
  throw new Error('DATA is given without COLUMNS: no rank reads all rows, which would tell how many there are');

/** The rows of a rank, of data that are the same for any number of ranks. */
function made(rows, width) {
  const first = Math.floor((rows * ranks.rank) / ranks.size);
  const last = Math.floor((rows * (ranks.rank + 1)) / ranks.size);
  const x = Array.from({ length: last - first }, (_, k) =>
    Float64Array.from({ length: width }, (_, j) => Math.sin((first + k) * (j + 1.37) + j * j)),
  );
  return { x, y: Float64Array.from(x, ([a, b], k) => (a - b + Math.sin(7.1 * (first + k)) > 0 ? 1 : -1)) };
}

const { x, y } = DATA ? await readLibsvm(DATA, { columns: Number(COLUMNS), part: ranks }) : made(20_000, 10);
const result = await minimize(nlp.logisticRegression({ x, y, ridge: 0.01, ranks }));

// All ranks have the same answer; one says it.
if (ranks.rank === 0) {
  console.log(`${ranks.size > 1 ? 'ranks' : 'rank'}: ${ranks.size}`);
  console.log(`${result.status} after ${result.iterations} iterations, objective ${result.objective.toFixed(9)}`);
}

// prints: rank: 1
// prints: solved after 5 iterations, objective 0.448770148
