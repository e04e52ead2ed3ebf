// Single charts of results, as files of SVG, and what stands above a comparison with rows.
import { describe, expect, it } from 'vitest';
import { logisticRegression } from '../../src/nlp/index.js';
import { type Chart, charts, report } from '../../src/report/index.js';
import { minimizeSum } from '../../src/smooth/index.js';
import { crossValidate } from '../../src/sparse/index.js';
import { bounded, classifier, regressions } from './results.js';

const hostile = '<b>"&';
const wide = 'a rather long name of a column that is cut';
const rows = 40;
const x = { data: Float64Array.from({ length: rows * 2 }, (_, k) => Math.sin(7 * k)), rows, columns: 2 };
const y = Float64Array.from({ length: rows }, (_, i) => 2 * (x.data[2 * i] as number) + Math.sin(i) / 9);

const validated = () => crossValidate({ x, y, names: [hostile, wide] }, { folds: 4, lambdas: { count: 10 } });

/** Tags of a chart, each closed. */
function balance(svg: string): number {
  return (
    (svg.match(/<(g|svg|text|title|style)\b/g) ?? []).length - (svg.match(/<\/(g|svg|text|title|style)>/g) ?? []).length
  );
}

describe('charts', () => {
  it('are those of the page, each a file that needs nothing else', async () => {
    const path = await validated();
    const all: [object, object?][] = [[path, { data: { x, y } }], [(await bounded()).result]];
    for (const each of await regressions()) all.push([each.result, each.options]);
    for (const [result, { settings, data, names } = {} as never] of all as [object, Parameters<typeof charts>[1]?][]) {
      const options = { ...(settings && { settings }), ...(data && { data }), ...(names && { names }) };
      const found = charts(result, options);
      const page = report(result, options);
      expect(found.length).toBe((page.match(/role="img"/g) ?? []).length);
      for (const { svg, name } of found) {
        expect(svg, name).toMatch(
          /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" class="nonconvex" width="\d+" height="\d+" viewBox="0 -?\d+ /,
        );
        expect(svg, name).not.toMatch(/<script|undefined|NaN|url\(|<p[ >]|<span/);
        expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', ''), name).not.toMatch(/https?:/);
        expect(balance(svg), name).toBe(0);
      }
    }
  });

  it('have names', async () => {
    const named = async (result: object, options = {}) => charts(result, options).map(({ name }: Chart) => name);
    expect(await named(await validated(), { data: { x, y } })).toMatchInlineSnapshot(`
      [
        "Coefficients against lambda",
        "Cross-validation against lambda",
        "Observed against predicted",
        "Histogram of residuals",
      ]
    `);
    expect(await named((await bounded()).result)).toMatchInlineSnapshot(`
      [
        "Objective against iterations",
        "Gap and residual against iterations",
        "w",
      ]
    `);
  });

  it('escape names of columns, and style themselves alone', async () => {
    const [coefficients] = charts(await validated());
    expect(coefficients?.svg).toContain('&lt;b&gt;&quot;&amp;');
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(coefficients?.svg ?? '') ?? [];
    const selectors = Array.from(style.matchAll(/([^{}]+)\{/g), ([, selector = '']) => selector.trim());
    expect(selectors.length).toBeGreaterThan(30);
    for (const selector of selectors.flatMap((each) => each.split(',')))
      expect(selector.trim()).toMatch(/^(svg\.nonconvex|@media)/);
  });

  it('have the names of their series in them', async () => {
    const labels = Float64Array.from(y, (value) => Number(value > 0));
    const result = await minimizeSum(logisticRegression({ x, y: labels }), {
      batchSize: 8,
      maxEpochs: 4,
      validation: 0.2,
    });
    const [objective] = charts(result);
    const legend = Array.from(
      objective?.svg.matchAll(/<g class="curve c\d"><path[^>]*\/><text[^>]*>([^<]*)</g) ?? [],
      ([, name]) => name,
    );
    expect(legend).toContain('loss of the batches');
    expect(legend).toContain('loss of the validation rows');
    // Room above the chart.
    expect(objective?.svg).toMatch(/viewBox="0 -20 920 320"/);
  });

  it('refuse what the page refuses', () => {
    expect(() => charts({}, { nmes: {} } as never)).toThrow(/unknown option 'nmes': did you mean 'names'\?/);
  });
});

describe('the rows that a page compares with', () => {
  it('are those of the fit unless they have a name', async () => {
    const { network, options, x, y } = await classifier();
    expect(report(network, options)).toContain('<h2>Confusion matrix: rows of the fit</h2>');
    expect(report(network, { data: { x, y, name: 'test rows' } })).toContain('<h2>Confusion matrix: test rows</h2>');
  });
});
