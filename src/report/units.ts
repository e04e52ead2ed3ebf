// Hidden units of a two-layer network: as images where the columns are pixels, otherwise as one picture of the weights.
import type { NetworkMembers } from '../predict/network.js';
import { type Part, soft } from './page.js';
import { colourPicture, largest, picture } from './picture.js';
import { counted, escaped, figure } from './text.js';

/** Sizes of images whose pixels are the columns of x, row after row; three channels are colours of a pixel, one behind the other. */
export interface ImageSize {
  width: number;
  height: number;
  channels?: 1 | 3 | undefined;
}

/** The most units that are shown. */
const mostUnits = 120;

interface Unit {
  /** Its place in the network. */
  at: number;
  weights: Float64Array;
  /** ||u_j|| ||a_j||, what it contributes at most for a row of length 1. */
  strength: number;
  outputs: number[];
}

export function hiddenUnits(
  network: NetworkMembers,
  image: ImageSize | undefined,
  names?: readonly string[],
): Part | undefined {
  const units = unitsOf(network).filter(({ strength }) => strength > 0);
  if (units.length === 0) return undefined;
  const shown = units.slice(0, mostUnits);
  const left =
    units.length > shown.length ? ` ${counted(units.length - shown.length, 'weaker unit')} are not shown.` : '';
  const colours = 'Blue weights are positive, orange ones negative';
  if (image) {
    const colour = image.channels === 3;
    const meaning = colour ? 'Grey stands for no weight, bright colours for positive ones' : colours;
    const about = `The weights of each unit as an image, the strongest unit first. ${meaning}; each image has its own scale.${left}`;
    return {
      title: 'Hidden units',
      body: `${soft(about)}<div class="units">${shown.map((unit) => unitFigure(unit, image)).join('')}</div>`,
    };
  }
  const about = `A column for each unit, the strongest first; a row for each column of x. ${colours}.${left}`;
  return { title: 'Hidden units', body: `${soft(about)}${heatMap(shown, network.hiddenWeights.rows, names)}` };
}

function unitsOf({ hiddenWeights: { data, rows, columns: count }, outputWeights }: NetworkMembers): Unit[] {
  const norm = (values: ArrayLike<number>): number =>
    Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
  return Array.from({ length: count }, (_, at) => {
    const weights = Float64Array.from({ length: rows }, (_, i) => data[i * count + at] as number);
    const outputs = Array.from(
      outputWeights.data.subarray(at * outputWeights.columns, (at + 1) * outputWeights.columns),
    );
    return { at, weights, outputs, strength: norm(weights) * norm(outputs) };
  }).sort((a, b) => b.strength - a.strength);
}

function unitFigure({ at, weights, outputs }: Unit, { width, height, channels }: ImageSize): string {
  const drawn = channels === 3 ? colourPicture : picture;
  const source = drawn(weights, width, height, largest(weights));
  const said = outputs.length === 1 ? `${at + 1}: ${figure(outputs[0], 2)}` : `${at + 1}`;
  const about = `unit ${at + 1}, output weights ${outputs
    .slice(0, 12)
    .map((value) => figure(value, 3))
    .join(', ')}`;
  return `<figure><img src="${source}" width="${width}" height="${height}" alt="${escaped(about)}" title="${escaped(about)}"><figcaption>${escaped(said)}</figcaption></figure>`;
}

/** A picture of weights by units; names of the columns stand below it where they are few. */
function heatMap(units: readonly Unit[], rows: number, names: readonly string[] | undefined): string {
  const values = new Float64Array(rows * units.length);
  units.forEach(({ weights }, j) => {
    weights.forEach((value, i) => {
      values[i * units.length + j] = value;
    });
  });
  const source = picture(values, units.length, rows, largest(values));
  const tall = Math.max(24, Math.min(480, 14 * rows));
  const named = names && rows <= 60 ? soft(`Rows from the top: ${names.join(', ')}`) : '';
  return `<img class="heat" src="${source}" width="${units.length}" height="${rows}" style="height: ${tall}px" alt="weights of ${counted(units.length, 'hidden unit')}">${named}`;
}
