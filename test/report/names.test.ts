// Names of a model in its results, in tables and in pages.
import { describe, expect, it } from 'vitest';
import { at, square, sub, sum } from '../../src/expressions/index.js';
import { Model, minimize } from '../../src/index.js';
import { quadraticProgram } from '../../src/nlp/index.js';
import { report } from '../../src/report/index.js';
import { demand, unitCommitment } from '../nlp/unitCommitment.js';

describe('the result of a model', () => {
  it('has a page with every name, by blocks', async () => {
    const { model } = unitCommitment();
    const result = await minimize(model);
    const page = report(result);
    const { variables, constraints } = result.names;
    expect([variables.length, constraints.length]).toEqual([360, 528]);
    expect([...variables, ...constraints].filter((name) => !page.includes(`<bdi>${name}</bdi>`))).toEqual([]);
    expect(page.match(/\bc\[/g)).toBeNull();
    expect(page.match(/\bx\[/g)).toBeNull();
    for (const heading of ['p, 120 variables', 'reserve, 24 constraints', 'demand, 24 constraints']) {
      expect(page).toContain(`<h3>${heading}</h3>`);
    }
    expect(page.match(/<summary>\d+ more</g)?.length).toBeGreaterThanOrEqual(9); // a block each, and bounds
    const [solution, constraintsPart] = [page.indexOf('<h2>Solution'), page.indexOf('<h2>Constraints')];
    expect(solution).toBeLessThan(constraintsPart);
    const lists = page.slice(solution, page.indexOf('</section>', constraintsPart));
    expect(lists.match(/<bdi>-?\d(\.\d+)?e-1[3-9]</g)).toBeNull();
  });

  it('has a page with its conflict', async () => {
    const { model } = unitCommitment({ demand: demand.map((load, t) => (t === 5 ? load + 400 : load)) });
    const page = report(await minimize(model));
    expect(page).toContain('<h2>Conflict</h2>');
    expect(page).toMatch(/<bdi>reserve\[5\]<\/bdi><\/td><td class="text"><bdi>constraint<\/bdi>/);
    expect(page).toMatch(
      /<bdi>u\[0,5\]<\/bdi><\/td><td class="text"><bdi>bound<\/bdi><\/td><td class="text"><bdi>upper</,
    );
  });

  it('has a table', async () => {
    const model = new Model();
    const x = model.variable(2, { lower: 0, upper: [1, 5], name: 'x' });
    model.minimize(sum(square(sub(x, 2))));
    model.atMost(sum(x), 2, { name: 'budget' });
    model.equal(sub(at(x, 0), at(x, 1)), 0);
    const result = await minimize(model);
    const rows = result.table();
    expect(rows.map(({ name }) => name)).toEqual(['x[0]', 'x[1]', 'budget', 'c1']);
    expect(rows[0]).toMatchObject({ kind: 'variable', lower: 0, upper: 1, active: true });
    expect(rows[1]).toMatchObject({ kind: 'variable', lower: 0, upper: 5, multiplier: 0, active: false });
    expect(rows[2]).toMatchObject({ kind: 'constraint', lower: -Infinity, upper: 2, active: true });
    expect(rows[3]).toMatchObject({ lower: 0, upper: 0, active: true });
    for (const row of rows) expect(row.value).toBeCloseTo({ budget: 2, c1: 0 }[row.name] ?? 1, 7);
    // Its names and functions are no members.
    expect(Object.keys(result)).not.toContain('names');
    expect(JSON.stringify(result)).not.toContain('"names"');
  });

  it('has indices for names where there are none', async () => {
    const result = await minimize(quadraticProgram({ Q: [[1]], G: [[1]], atLeast: [1] }));
    expect(result.names).toEqual({ variables: ['x[0]'], constraints: ['c[0]'] });
    expect(result.table().map(({ name, multiplier }) => [name, multiplier])).toEqual([
      ['x[0]', 0],
      ['c[0]', expect.closeTo(-1, 7)],
    ]);
  });

  it('keeps the name of a constraint from blanks', () => {
    expect(() => new Model().variable({ name: 'min 0' })).toThrow(
      "name = 'min 0': expected characters without blanks between them",
    );
  });
});
