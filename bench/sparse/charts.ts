// The pictures of bench/sparse/page.md.
import { writeChart } from '../../scripts/chart.mjs';

/** How many columns a penalty has selected by a rule, and how many of them count. */
export interface Selected {
  penalty: string;
  rule: string;
  right: number;
  wrong: number;
}

/** Draws how many true and false columns each penalty has selected, by each rule. */
export async function chartSelections(
  path: string,
  selections: readonly Selected[],
  title: { title: string; subtitle: string },
): Promise<void> {
  const most = Math.max(...selections.flatMap(({ right, wrong }) => [right, wrong]));
  const charts = [...new Set(selections.map(({ penalty }) => penalty))].map((penalty) => {
    const of = selections.filter((each) => each.penalty === penalty);
    const x = [...of.keys()];
    return {
      ...{ heading: penalty, y: 'columns', height: 240, labelled: true, yDomain: [0, 1.1 * most] as const },
      xTicks: of.map(({ rule }) => rule.replace(/lambda/, 'lambda ')),
      series: [
        { name: 'true columns', as: 'bars' as const, x, y: of.map(({ right }) => right), colour: 1 },
        { name: 'false columns', as: 'bars' as const, x, y: of.map(({ wrong }) => wrong), colour: 2 },
      ],
    };
  });
  await writeChart(path, { ...title, charts, columns: 2 });
}
