// The problems of ../shared/problems/global, with the best objectives that are known, where they are there.
import { existsSync, readFileSync } from 'node:fs';
import * as ops from '../../src/expressions/index.js';
import { Model } from '../../src/index.js';

// The bundle of a benchmark lies one level below the root.
const places = ['../../../shared/problems/global/', '../../shared/problems/global/'];
const urls = places.map((place) => new URL(place, import.meta.url));
const folder = urls.find((url) => existsSync(url)) ?? (urls[0] as URL);

export const available = existsSync(folder);
if (!available) console.warn('skipped: problems with known global minima, as ../shared/problems/global is not there');

export type GlobalSet = 'continuous' | 'integer' | 'boxqp';

/** A problem as its file states it. */
interface Line {
  name: string;
  n: number;
  sense?: 'min' | 'max';
  lower: (number | null)[];
  upper: (number | null)[];
  integer?: number[];
  objective: Prefix;
  constraints: { expression: Prefix; lower: number | null; upper: number | null }[];
}

type Prefix = number | string | [string, ...Prefix[]];

interface BoxLine {
  name: string;
  n: number;
  c: number[];
  upperQ: number[][];
}

export interface GlobalProblem {
  name: string;
  model: Model;
  /** The places in x of the integer variables. */
  integers: number[];
  sense: 'min' | 'max';
  /** The best objective that is known. */
  best: number;
}

interface Reference {
  best: number;
  sense: 'min' | 'max';
}

const linesOf = <T>(file: string): T[] =>
  readFileSync(new URL(file, folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

type Scalar = ops.Expression<readonly []> | number;

const binary: Record<string, (a: Scalar, b: Scalar) => Scalar> = {
  '+': ops.add as never,
  '*': ops.mul as never,
  '-': ops.sub as never,
  '/': ops.div as never,
  '^': ops.pow as never,
};

function built(tree: Prefix, x: readonly Scalar[]): Scalar {
  if (typeof tree === 'number') return tree;
  if (typeof tree === 'string') return x[Number(tree.slice(1))] as Scalar;
  const [name, ...rest] = tree;
  const operands = rest.map((part) => built(part, x));
  if (name === '-' && operands.length === 1) return ops.neg(operands[0] as Scalar) as Scalar;
  const ofTwo = binary[name];
  if (ofTwo) return operands.reduce((a, b) => ofTwo(a, b));
  const ofOne = (ops as unknown as Record<string, (a: Scalar) => Scalar>)[name];
  if (!ofOne) throw new Error(`unknown operator ${name}`);
  return ofOne(operands[0] as Scalar);
}

function modelOf({ n, sense, lower, upper, integer = [], objective, constraints }: Line): Model {
  const model = new Model();
  const x = Array.from({ length: n }, (_, j) =>
    model.variable({
      lower: lower[j] ?? Number.NEGATIVE_INFINITY,
      upper: upper[j] ?? Number.POSITIVE_INFINITY,
      integer: integer.includes(j),
    }),
  );
  const f = built(objective, x);
  if (sense === 'max') model.maximize(f);
  else model.minimize(f);
  for (const { expression, lower: low, upper: high } of constraints) {
    const body = built(expression, x);
    if (low !== null && low === high) model.equal(body, low);
    else model.between(body, low ?? Number.NEGATIVE_INFINITY, high ?? Number.POSITIVE_INFINITY);
  }
  return model;
}

/** max 1/2 x^T Q x + c^T x in the unit box. */
function boxModel({ n, c, upperQ }: BoxLine): Model {
  const model = new Model();
  const x = model.variable(n, { lower: 0, upper: 1 });
  const Q = c.map((_, i) => c.map((__, j) => upperQ[Math.min(i, j)]?.[Math.abs(i - j)] as number));
  model.maximize(ops.add(ops.mul(0.5, ops.dot(x, ops.matvec(Q, x))), ops.dot(c, x)));
  return model;
}

/** The problems of a file, none where the folder is not there. */
export function globalProblems(set: GlobalSet): GlobalProblem[] {
  if (!available) return [];
  const references = JSON.parse(readFileSync(new URL('reference.json', folder), 'utf8')) as Record<string, Reference>;
  const known = (name: string) => references[name] as Reference;
  if (set === 'boxqp') {
    return linesOf<BoxLine>('boxqp.jsonl').map((line) => {
      const { best } = known(line.name);
      return { name: line.name, model: boxModel(line), integers: [], sense: 'max', best };
    });
  }
  return linesOf<Line>(`${set}.jsonl`).map((line) => ({
    ...{ name: line.name, model: modelOf(line), integers: line.integer ?? [] },
    ...{ sense: line.sense === 'max' ? 'max' : 'min', best: known(line.name).best },
  }));
}
