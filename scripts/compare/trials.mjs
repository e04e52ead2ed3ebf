// Honesty trials as cases: random problems of a family's tests, of which everything is compared that the library answers.
import { types } from 'node:util';
import { loadModule } from './library.mjs';

/** Trials of a file. Some families have eight solvers in turn, so that each has ten. */
const count = 80;

const isNumbers = (value) => typeof value === 'number' || ArrayBuffer.isView(value);

/** A namespace whose functions note what they answer in `answers.list`: what promises give, and numbers. */
function noting(namespace, answers) {
  const note = (name, value) => answers.list.push([name, value]);
  const watched = (name, of) =>
    new Proxy(of, {
      apply: (target, self, values) => {
        const answer = Reflect.apply(target, self, values);
        if (isNumbers(answer)) note(name, answer);
        if (!types.isPromise(answer)) return answer;
        return answer.then((value) => {
          note(name, value);
          return value;
        });
      },
    });
  return Object.fromEntries(
    Object.entries(namespace).map(([name, value]) => [
      name,
      typeof value === 'function' ? watched(name, value) : value,
    ]),
  );
}

/** { sparseRegression: ..., 'sparseRegression 2': ... } */
function numbered(list) {
  const counts = {};
  const entries = list.map(([name, value]) => {
    counts[name] = (counts[name] ?? 0) + 1;
    return [counts[name] === 1 ? name : `${name} ${counts[name]}`, value];
  });
  return Object.fromEntries(entries);
}

export async function trialCases(file, { checkout, library }) {
  const answers = { list: [] };
  const { trial } = await loadModule(file, checkout, library, (_, namespace) => noting(namespace, answers));
  return Array.from({ length: count }, (_, seed) => ({
    name: `trial ${seed}`,
    run: async () => {
      answers.list = [];
      const { status, wrong } = await trial(seed);
      return { status, wrong, ...numbered(answers.list) };
    },
  }));
}
