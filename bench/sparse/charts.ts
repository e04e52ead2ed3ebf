// The pictures of bench/sparse/page.md.
import { writeChart } from '../../scripts/chart.mjs';

/** How many columns a penalty has selected by a rule, and how many of them count. */
export interface Selected {
  penalty: string;
  rule: string;
  right: number;
  wrong: number;
}

/** A count, or a mean of some. */
const figure = (count: number): string => (Number.isInteger(count) ? String(count) : count.toFixed(1));

/** Draws how many true and false columns each penalty has selected, by each rule. */
export async function chartSelections(
  path: string,
  selections: readonly Selected[],
  { most, ...title }: { title: string; subtitle: string; most: number },
): Promise<void> {
  const kinds = ['true columns', 'false columns'];
  const values = selections.flatMap(({ penalty, rule, right, wrong }) => [
    { penalty, rule, kind: kinds[0], order: 0, count: right, end: right },
    {
      penalty,
      rule,
      kind: kinds[1],
      order: 1,
      count: wrong,
      end: right + wrong,
      label: `${figure(right)} + ${figure(wrong)}`,
    },
  ]);
  const rules = [...new Set(selections.map(({ rule }) => rule))];
  const y = { field: 'rule', type: 'nominal', title: null, sort: rules, axis: { domain: false, ticks: false } };
  await writeChart(path, {
    title: { text: title.title, subtitle: title.subtitle },
    data: { values },
    facet: {
      row: {
        ...{
          field: 'penalty',
          type: 'nominal',
          title: null,
          sort: [...new Set(selections.map((each) => each.penalty))],
        },
        header: { labelAngle: 0, labelAlign: 'left', labelFontSize: 13, labelFontWeight: 'bold' },
      },
    },
    spec: {
      width: 560,
      height: { step: 22 },
      layer: [
        {
          mark: { type: 'bar', height: 15 },
          encoding: {
            x: { field: 'count', type: 'quantitative', stack: 'zero', title: 'columns', scale: { domainMax: most } },
            y,
            order: { field: 'order' },
            color: {
              field: 'kind',
              type: 'nominal',
              title: null,
              sort: kinds,
              scale: { domain: kinds, range: ['#2a78d6', '#e8a33d'] },
              legend: { orient: 'top', symbolType: 'square' },
            },
          },
        },
        {
          transform: [{ filter: 'datum.order == 1' }],
          mark: { type: 'text', align: 'left', dx: 5, fontSize: 11, color: '#333' },
          encoding: { x: { field: 'end', type: 'quantitative' }, y, text: { field: 'label' } },
        },
      ],
    },
  });
}
