// AMPL's models of others, the conditions of optimality recomputed by dense algebra, and Ipopt's objectives.
import { afterAll, describe, expect, it } from 'vitest';
import { minimize } from '../../src/index.js';
import { readNl } from '../../src/nlp/index.js';
import { long } from '../long.js';
import { conditions, leastNear } from '../problems/conditions.js';
import { available, names, nlFile, pathOf, references } from '../problems/nlFolder.js';
import { normals } from '../problems/relu.js';

interface Row {
  name: string;
  status: string;
  objective: number;
  reference: number;
  residual: number;
  curvature: number;
  fulfils: boolean;
}

describe.skipIf(!available)('AMPL models', () => {
  const reference = available ? references() : {};
  // The largest, of which another one has the formulas, too: dense algebra takes as long for it as for all others.
  const models = names.filter((name) => long || name !== 'elec100');
  const rows: Row[] = [];

  it.each(models)('%s: whatever is called solved is a minimum', async (name) => {
    const result = await minimize(await readNl(pathOf(name)));
    const file = nlFile(pathOf(name));
    const found = conditions(file, result.x, result.multipliers);
    const isMinimum = found.residual <= 1e-8 && found.curvature > -1e-7;
    const theirs = reference[name]?.objective as number;
    const lower = found.objective <= theirs + 1e-6 * Math.max(1, Math.abs(theirs));
    const fulfils = isMinimum && (lower || leastNear(file, result.x, 10, normals(1)) > -1e-9);
    rows.push({ name, status: result.status, reference: theirs, ...found, fulfils });
    if (result.status === 'solved') expect(isMinimum, JSON.stringify(found)).toBe(true);
  });

  it('all but two are solved, as low as Ipopt or lowest among feasible neighbours', () => {
    expect(Object.keys(reference).sort()).toEqual([...names].sort());
    expect(rows.length).toBe(models.length);
    expect(rows.filter(({ status, fulfils }) => status === 'solved' && fulfils).length).toBeGreaterThanOrEqual(
      rows.length - 2,
    );
  });

  afterAll(() => {
    const line = ({ name, status, objective, reference: theirs, residual, curvature, fulfils }: Row) =>
      [
        fulfils ? ' ' : '!',
        name.padEnd(10),
        status.padEnd(12),
        objective.toPrecision(10).padStart(16),
        theirs.toPrecision(10).padStart(16),
        residual.toExponential(1).padStart(9),
        curvature.toExponential(1).padStart(9),
      ].join(' ');
    const head = `  ${'model'.padEnd(10)} status              objective            Ipopt  residual curvature`;
    if (rows.length > 0) console.log([head, ...rows.map(line)].join('\n'));
  });
});
