// AMPL's .nl files: a model is written to one, as Ipopt, AMPL, Pyomo and JuMP know it, and read back.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Model, minimize } from 'nonconvex';
import { add, at, mul, pow, sin, square, sub } from 'nonconvex/model';
import { readNl, writeNl } from 'nonconvex/nlp';

// Number 77 of Hock and Schittkowski's collection.
const model = new Model();
const x = model.variable(5, { start: 2, name: 'x' });
const [x1, x2, x3, x4, x5] = Array.from({ length: 5 }, (_, i) => at(x, i));
const terms = [square(sub(x1, 1)), square(sub(x1, x2)), square(sub(x3, 1)), pow(sub(x4, 1), 4), pow(sub(x5, 1), 6)];
model.minimize(terms.reduce((a, b) => add(a, b)));
model.equal(add(mul(square(x1), x4), sin(sub(x4, x5))), 2 * Math.SQRT2);
model.equal(add(x2, mul(pow(x3, 4), square(x4))), 8 + Math.SQRT2);

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-'));
try {
  const file = join(folder, 'hs77.nl');
  await writeNl(model, file);
  const program = await readNl(file);
  console.log(`${program.n} variables, ${program.m} equations`);
  const { message, objective, inertia, multipliers } = await minimize(program);
  console.log(message);
  console.log(
    `objective ${objective.toFixed(8)}, multipliers ${Array.from(multipliers, (l) => l.toFixed(6)).join(' ')}`,
  );
  console.log(`a strict local minimum: ${inertia.positive === program.n - program.m}`);
} finally {
  rmSync(folder, { recursive: true });
}

// heading: A model in AMPL's format
// prints: objective 0.24150513, multipliers -0.085540 -0.031878
// prints: a strict local minimum: true
