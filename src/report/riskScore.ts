// A score card: its points and risks, as text and as parts of a page.
import { chart } from './chart.js';
import { type Part, soft, table } from './page.js';
import { escaped, figure } from './text.js';

/** Members of the results of `riskScore`, as far as they are shown. */
export interface ScoreCard {
  card: readonly { name: string; points: number }[];
  intercept: number;
  scale: number;
  scaleAtBound: boolean;
  table: readonly { total: number; risk: number; rows: number; positives: number }[];
  classes: readonly unknown[];
  auc?: number | undefined;
  calibrationError?: number | undefined;
}

/** Members that the parts of a card show. */
export const cardMembers = ['card', 'table', 'points', 'names', 'pool', 'leftOut', 'thresholds', 'columnOf', 'classes'];

/** The most totals that are shown one by one. */
const mostTotals = 60;

const signed = (points: number): string => (points > 0 ? `+${points}` : String(points));
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Rows of totals, those beyond the first ones together. */
function risks({ table: totals }: ScoreCard): string[][] {
  return totals
    .slice(0, mostTotals)
    .map(({ total, risk, rows, positives }) => [
      figure(total, 6),
      percent(risk),
      figure(rows, 6),
      rows > 0 ? percent(positives / rows) : '-',
    ]);
}

/** The card as plain text: points, then risks by totals. */
export function cardText(result: ScoreCard): string {
  const { card, classes, table: totals } = result;
  const width = Math.max(8, ...card.map(({ name }) => name.length));
  const points = card.map(({ name, points }) => `${name.padEnd(width)}  ${signed(points).padStart(6)}`);
  const head = ['total', `risk of ${classes[1]}`, 'rows', 'observed'];
  const rows = risks(result);
  const widths = head.map((title, c) => Math.max(title.length, ...rows.map((row) => (row[c] as string).length)));
  const line = (row: readonly string[]): string => row.map((cell, c) => cell.padStart(widths[c] as number)).join('  ');
  const more = totals.length > mostTotals ? [`and ${totals.length - mostTotals} more`] : [];
  return [`${'feature'.padEnd(width)}  points`, ...points, '', line(head), ...rows.map(line), ...more].join('\n');
}

/** The parts of a page about a card: the card, and its calibration; none where there is no card. */
export function cardParts(result: ScoreCard | undefined): Part[] {
  if (!result) return [];
  const { card, intercept, scale, table: totals, classes, auc, calibrationError } = result;
  const about =
    `Add up the points of a row; the total gives the risk of ${escaped(String(classes[1]))}: ` +
    `1 / (1 + exp(-(${figure(intercept, 6)} + ${figure(scale, 6)} total))).` +
    ` Area under the curve ${figure(auc)}, calibration error ${figure(calibrationError)}, on the rows of the fit.`;
  const points = table(
    ['feature', 'points'],
    card.map(({ name, points }) => [name, signed(points)]),
  );
  const ofTotals = table(['total', 'risk', 'rows', 'observed'], risks(result));
  const left = totals.length > mostTotals ? soft(`The first ${mostTotals} of ${totals.length} totals.`) : '';
  const lines = cardText(result).split('\n').map(escaped);
  const text = `<details><summary>As text</summary><pre>${lines.join('\n')}</pre></details>`;
  const picture = calibration(result);
  return [
    { title: 'Score card', body: [soft(about), points, ofTotals, left, text].filter(Boolean).join('\n') },
    ...(picture ? [{ title: 'Calibration', body: picture }] : []),
  ];
}

/** Observed shares of events against risks, a circle for each total, larger where it has more rows. */
function calibration({ table: totals }: ScoreCard): string | undefined {
  const shown = totals.filter(({ rows }) => rows > 0);
  const most = Math.max(...shown.map(({ rows }) => rows));
  return chart({
    name: 'Calibration',
    ...{ x: 'risk by the card', y: 'share of events', diagonal: true, height: 340 },
    series: [
      {
        name: 'totals',
        as: 'points',
        x: shown.map(({ risk }) => risk),
        y: shown.map(({ rows, positives }) => positives / rows),
        radii: shown.map(({ rows }) => 3 + 9 * Math.sqrt(rows / most)),
        colour: 1,
      },
    ],
  });
}
