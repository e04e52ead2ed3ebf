// A table of patients made up by draws, with the columns and the gaps of the PBC data of T. Fleming and D. Harrington: 418 rows, of which
// the last 106 lack what only patients of the trial had measured.
import { Draws } from '../sparse/values.js';

const columns = [
  ...['id', 'time', 'status', 'trt', 'age', 'sex', 'ascites', 'hepato', 'spiders', 'edema', 'bili', 'chol', 'albumin'],
  ...['copper', 'alk.phos', 'ast', 'trig', 'platelet', 'protime', 'stage'],
];

/** The text of the table. Bilirubin, age and stage raise the risk. */
export function patients(rows = 418): string {
  const draws = new Draws(17);
  const uniform = (): number => draws.uniform();
  const lines = Array.from({ length: rows }, (_, i) => {
    const [bili, age, sex] = [Math.exp(0.6 + draws.normal()), 50 + 10 * draws.normal(), uniform() < 0.1 ? 'm' : 'f'];
    const stage = 1 + Math.floor(4 * uniform() ** 0.6);
    const risk = 0.9 * Math.log(bili) + 0.04 * (age - 50) + 0.4 * (stage - 3);
    const death = (-3500 * Math.log(uniform())) / Math.exp(risk);
    const end = 500 + 4000 * uniform();
    const status = death <= end ? 2 : uniform() < 0.1 ? 1 : 0;
    const trial = i < 0.75 * rows;
    const ofTrial = (value: string | number): string | number => (trial ? value : 'NA');
    const yes = (share: number): number => Number(uniform() < share);
    const about = (mean: number, deviation: number): string => (mean + deviation * draws.normal()).toFixed(2);
    return [
      ...[i + 1, Math.ceil(Math.min(death, end)), status, ofTrial(1 + (i % 2)), age.toFixed(2), sex],
      ...[ofTrial(yes(0.08)), ofTrial(yes(0.5)), ofTrial(yes(0.3)), [0, 0.5, 1][Math.floor(2 * uniform() ** 3)]],
      ...[bili.toFixed(1), i % 11 === 5 ? 'NA' : ofTrial(about(350, 80)), about(3.5, 0.4), ofTrial(about(97, 30))],
      ...[ofTrial(about(1980, 500)), ofTrial(about(122, 40)), ofTrial(about(124, 30))],
      ...[i % 37 === 5 ? 'NA' : about(257, 90), about(10.7, 1), i % 70 === 69 ? 'NA' : stage],
    ].join(',');
  });
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}
