// Who does what: shifts by the hours that people would rather have, and why a plan is impossible.
import { assign } from 'nonconvex/discrete';

const people = ['Ada', 'Ben', 'Cem', 'Dot', 'Eva'];
const shifts = ['early', 'late', 'night', 'weekend'];
const no = -Infinity; // cannot take the shift
const wish = [
  [5, 1, no, 2],
  [4, 4, 1, no],
  [5, no, no, 3],
  [2, 5, 3, 4],
  [no, 3, 2, 5],
];

const { columnOf, objective, certificate } = await assign(wish, { maximize: true });
for (const [i, j] of columnOf.entries()) console.log(`${people[i]}: ${j < 0 ? 'free' : shifts[j]}`);
console.log(`wishes ${objective}, at most ${certificate.upperBound}`);

// Nobody but Dot and Eva is there at night and on weekends, and the bank needs three people then.
const needed = ['late', 'night', 'weekend'];
const late = [
  [no, no, no],
  [no, no, no],
  [no, no, no],
  [5, 3, 4],
  [3, 2, 5],
];
const impossible = await assign(late, { maximize: true });
const { rows, columns } = impossible.certificate.proof;
const names = (all, chosen) => Array.from(chosen, (k) => all[k]).sort();
console.log(
  `${impossible.status}: ${names(needed, columns).join(', ')} have ${names(people, rows).join(' and ')} only`,
);

// heading: Shifts by wishes, with a proof
// prints: Ada: early
// prints: Ben: late
// prints: Cem: free
// prints: Dot: night
// prints: Eva: weekend
// prints: wishes 17, at most 17
// prints: infeasible: late, night, weekend have Dot and Eva only
