// The settings and answers of minimizeGlobally that users see: cutoffs, points to begin at, reports, history, pages.
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { add, at, Model, mul, sin, square, sub, sum } from '../../src/expressions/index.js';
import { type MinimizeGloballyReport, minimize, minimizeGlobally } from '../../src/nlp/index.js';
import { charts, report } from '../../src/report/index.js';

/** A wave on a slope, minimised or, with the other sign, maximised. */
function wave(sense: 'minimize' | 'maximize' = 'minimize', shift = 0) {
  const model = new Model();
  const x = model.variable({ lower: -4, upper: 4, start: 3 });
  const f = add(sin(mul(3, x)), mul(0.1, x), shift);
  if (sense === 'minimize') model.minimize(f);
  else model.maximize(mul(-1, f));
  return model;
}

/** A concave quadratic in a box with a weak relaxation, so that bounds move often. */
function slow(sense: 'minimize' | 'maximize', n = 7) {
  const model = new Model();
  const x = model.variable(n, { lower: -1, upper: 1 });
  const terms = Array.from({ length: n }, (_, i) =>
    Array.from({ length: i }, (_, j) => mul(Math.sin(3 * i + 5 * j * j), mul(at(x, i), at(x, j)))),
  ).flat();
  const f = terms.reduce((total, term) => add(total, term), sum(mul(0.1, x)));
  if (sense === 'minimize') model.minimize(f);
  else model.maximize(mul(-1, f));
  return model;
}

const least = Math.min(
  ...Array.from({ length: 80_001 }, (_, k) => -4 + k / 10_000).map((t) => Math.sin(3 * t) + 0.1 * t),
);

afterEach(() => vi.restoreAllMocks());

describe('cutoff', () => {
  it('is a number below which a minimum is wanted', async () => {
    const below = await minimizeGlobally(wave(), { cutoff: least + 0.1 });
    expect(below.status).toBe('solved');
    expect(below.objective).toBeCloseTo(least, 4);
    const none = await minimizeGlobally(wave(), { cutoff: least - 0.1 });
    expect(none.status).toBe('stalled');
    expect(none.message).toContain('No point better than the cutoff was found.');
    expect(none.bound).toBeLessThanOrEqual(least);
  });

  it('is a number above which a maximum is wanted', async () => {
    const above = await minimizeGlobally(wave('maximize', 5), { cutoff: -least - 5 - 0.1 });
    expect(above.status).toBe('solved');
    expect(above.objective).toBeCloseTo(-least - 5, 4);
    const none = await minimizeGlobally(wave('maximize', 5), { cutoff: -least - 5 + 0.1 });
    expect(none.status).toBe('stalled');
    expect(none.objective).toBeLessThan(-least - 5);
    expect(none.message).toContain('No point better than the cutoff was found.');
    expect(none.bound).toBeGreaterThanOrEqual(-least - 5);
    expect(none.bound).toBeLessThanOrEqual(-least - 5 + 0.1 + 1e-9);
    const all = await minimizeGlobally(wave('maximize'), { cutoff: Number.NEGATIVE_INFINITY });
    expect(all.status).toBe('solved');
  });

  it('is refused where it is no number or too far', async () => {
    await expect(minimizeGlobally(wave('maximize'), { cutoff: 1e16 })).rejects.toThrow(
      'cutoff = 10000000000000000: expected a number <= 1000000000000000, as the objective is maximised',
    );
    await expect(minimizeGlobally(wave('maximize'), { cutoff: '3' as never })).rejects.toThrow(
      "cutoff = '3': expected a number",
    );
    await expect(minimizeGlobally(wave(), { cutoff: -1e16 })).rejects.toThrow(RangeError);
    for (const sense of ['minimize', 'maximize'] as const)
      await expect(minimizeGlobally(wave(sense), { cutoff: Number.NaN })).rejects.toThrow(RangeError);
  });
});

describe('warmStart', () => {
  it('may be a point, a result of another verb, or several of them', async () => {
    const local = await minimize(wave());
    expect(local.objective).toBeGreaterThan(least + 0.1);
    const best = await minimizeGlobally(wave());
    for (const warmStart of [local, best, { x: [1] }, [local, best], [{ x: [1] }, { x: [-3.7] }, { x: [9] }], []]) {
      const { status, objective, bound } = await minimizeGlobally(wave(), { warmStart });
      expect(status).toBe('solved');
      expect(objective).toBeCloseTo(least, 3);
      expect(bound).toBeLessThanOrEqual(least + 1e-9);
    }
  });

  it('counts each point that is admissible from the start', async () => {
    // Ends before any local solution.
    const signal = AbortSignal.abort();
    for (const warmStart of [
      [{ x: [0] }, { x: [-2.62] }],
      [{ x: [-2.62] }, { x: [0] }],
    ]) {
      const { objective, x, status } = await minimizeGlobally(wave(), { warmStart, signal });
      expect(status).toBe('aborted');
      expect(objective).toBeCloseTo(Math.sin(3 * -2.62) - 0.262, 12);
      expect(Array.from(x)).toEqual([-2.62]);
    }
  });

  it('proves no more by a point than without it', async () => {
    const constrained = () => {
      const model = new Model();
      const x = model.variable(2, { lower: 0, upper: 3 });
      model.minimize(sub(mul(-1, at(x, 0)), at(x, 1)));
      model.atMost(mul(at(x, 0), at(x, 1)), 2);
      return model;
    };
    // Neither point is admissible: one violates the constraint, the other a bound.
    const { objective, status } = await minimizeGlobally(constrained(), { warmStart: [{ x: [3, 3] }, { x: [-1, 4] }] });
    expect(status).toBe('solved');
    expect(objective).toBeCloseTo((await minimizeGlobally(constrained())).objective, 3);
  });

  it('is refused by the name of the point that is wrong', async () => {
    const of = (warmStart: unknown) => minimizeGlobally(wave(), { warmStart } as never);
    await expect(of([{ x: [1] }, { x: [1, 2] }])).rejects.toThrow(
      'warmStart[1].x: expected 1 numbers, one for each variable, got 2',
    );
    await expect(of([{ x: [1] }, null])).rejects.toThrow('warmStart[1] = null: expected an object');
    await expect(of([1])).rejects.toThrow('expected an object, an earlier result or { x }');
  });
});

describe.each(['minimize', 'maximize'] as const)('reports of a model with %s', (sense) => {
  const sign = sense === 'minimize' ? 1 : -1;

  it('have both bounds in the sense of the objective', async () => {
    const reports: MinimizeGloballyReport[] = [];
    const result = await minimizeGlobally(slow(sense), { onProgress: (report) => reports.push(report) });
    expect(result.status).toBe('solved');
    const { history } = result;
    expect(history.length).toBeGreaterThan(2);
    for (const rows of [reports, history]) {
      const bounds = rows.flatMap(({ bound }) => (bound === undefined ? [] : [bound]));
      expect(bounds.length).toBeGreaterThan(0);
      for (const bound of bounds) expect(sign * (result.objective - bound)).toBeGreaterThanOrEqual(0);
      expect(bounds).toEqual([...bounds].sort((a, b) => sign * (a - b)));
      const objectives = rows.flatMap(({ objective }) => (objective === undefined ? [] : [objective]));
      expect(objectives).toEqual([...objectives].sort((a, b) => sign * (b - a)));
    }
    for (const row of history) {
      expect(row.lowerBound).toBe(sense === 'minimize' ? row.bound : undefined);
      expect(row.upperBound).toBe(sense === 'maximize' ? row.bound : undefined);
      expect(row.nodes).toBeGreaterThanOrEqual(0);
    }
    expect(history.at(-1)).toMatchObject({ bound: result.bound, objective: result.objective, nodes: result.nodes });
    expect(history.at(-1)?.gap).toBe(result.gap);
    expect(result.bound).toBe(sense === 'minimize' ? result.certificate.lowerBound : result.certificate.upperBound);
    expect('lowerBound' in result).toBe(sense === 'minimize');
  });

  it('are printed as columns of incumbent and bound', async () => {
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
    const { history } = await minimizeGlobally(slow(sense), { verbose: true });
    const lines = printed.mock.calls.map(([line]) => String(line));
    const heads = lines[0]?.split(/ {2,}/).map((word) => word.trim());
    expect(heads).toEqual([
      ...['iter', 'objective'],
      ...(sense === 'minimize' ? ['lower bound', 'residual'] : ['residual', 'upper bound']),
      ...['nodes', 'open', 'seconds'],
    ]);
    const rows = lines.filter((line) => !line.includes('iter'));
    expect(rows.length).toBe(history.length);
    const last = rows.at(-1)?.trim().split(/ +/).map(Number) as number[];
    const { objective = 0, bound = 0 } = history.at(-1) as MinimizeGloballyReport;
    expect(last).toHaveLength(heads?.length as number);
    expect(last[1]).toBeCloseTo(objective, 7);
    expect(last[sense === 'minimize' ? 2 : 3]).toBeCloseTo(bound, 7);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });

  it('have a page with both bounds against time, and the work', async () => {
    const settings = { gap: 1e-3 };
    const result = await minimizeGlobally(slow(sense), settings);
    const page = report(result, { settings });
    const name = sense === 'minimize' ? 'lower bound' : 'upper bound';
    const points = (series: string) =>
      Number(new RegExp(`data-series="${series}" data-points="(\\d+)"`).exec(page)?.[1]);
    expect(points('objective')).toBe(result.history.filter(({ objective }) => objective !== undefined).length);
    expect(points(name)).toBe(result.history.filter(({ bound }) => bound !== undefined).length);
    expect(page.match(/<path class="shade/g)).toHaveLength(1);
    expect(page).toContain('<h1>Search for a global optimum</h1>');
    expect(page).toContain(`<span>${name}</span>`);
    const { nodes, counts } = result;
    for (const count of [nodes, ...Object.values(counts)]) expect(page).toContain(`<td><bdi>${count}</bdi></td>`);
    expect(charts(result).map((each) => each.name)).toEqual([
      'Objective and bound against time',
      'Gap against time',
      'v0',
    ]);
    expect(page).not.toMatch(/undefined|NaN|\[object/);
  });
});

it('gives minimize a point to begin at, which has multipliers then', async () => {
  const model = new Model();
  const x = model.variable(2, { lower: 0, upper: 3, start: 0.1 });
  model.minimize(sub(mul(at(x, 0), at(x, 1)), sum(x)));
  const row = model.atMost(sum(x), 2.5);
  const best = await minimizeGlobally(model);
  const local = await minimize(model, { warmStart: best });
  const { status, objective, certificate } = local;
  expect([status, certificate.kind]).toEqual(['solved', 'local']);
  expect(objective).toBeCloseTo(best.objective, 6);
  expect(objective).toBeCloseTo(-2.5, 6);
  expect(Math.abs(row.multipliersIn(local) as number)).toBeCloseTo(1, 5);
});

it('says where the objective has no bound, before it searches', async () => {
  for (const sense of ['minimize', 'maximize'] as const) {
    const model = new Model();
    const x = model.variable(2, { start: 1 });
    const f = mul(at(x, 0), at(x, 1));
    if (sense === 'minimize') model.minimize(f);
    else model.maximize(mul(-1, f));
    model.equal(sum(x), 1);
    const { status, bound, nodes, certificate, message } = await minimizeGlobally(model);
    const none = sense === 'minimize' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    expect([status, bound, nodes, certificate.kind]).toEqual(['unbounded', none, 0, 'none']);
    expect(message).toContain('The objective gets better for ever along admissible points.');
  }
});

it('has a page also where nothing is known', async () => {
  const page = report(await minimizeGlobally(slow('minimize'), { signal: AbortSignal.abort() }));
  expect(page).toContain('boxes that were looked at');
  expect(page).not.toMatch(/undefined|NaN|\[object|<path class="shade/);
});

it('has the names of the model, and a line for the console', async () => {
  const model = new Model();
  const flow = model.variable(2, { lower: 0, upper: 3, name: 'flow' });
  model.minimize(mul(at(flow, 0), sub(at(flow, 1), 2)));
  const result = await minimizeGlobally(model);
  expect(result.names.variables).toEqual(['flow[0]', 'flow[1]']);
  expect(inspect(result)).toMatch(/^objective -6(\.\d+)?, bound -6(\.\d+)?, global, \d+ nodes?$/);
  expect(Object.keys(result)).not.toContain('names');
  expect(report(result)).toContain('flow[1]');
});

it('bounds the objective of an infeasible model by infinity', async () => {
  for (const sense of ['minimize', 'maximize'] as const) {
    const model = wave(sense);
    const y = model.variable({ lower: 0, upper: 1 });
    model.atMost(square(y), -1);
    const { status, bound, objective } = await minimizeGlobally(model);
    expect(status).toBe('infeasible');
    expect(bound).toBe(sense === 'minimize' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
    expect(objective).toBeNaN();
  }
});
