// The best score card of small problems, by looking at all of them: nothing of the solver is used.
import type { RiskScoreData, RiskScoreFeature, RiskScoreSettings } from '../../src/discrete/index.js';

/** Numbers in (0, 1), one after the other. */
export function uniforms(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

export interface SmallProblem {
  data: RiskScoreData & { x: number[][]; y: number[]; names: string[] };
  settings: RiskScoreSettings & { maxSize: number; price: number; points: number[] };
}

export interface JudgedCard {
  objective: number;
  points: number[];
}

/** The mean log loss of s = b + t totals. */
export function lossOf(
  totals: readonly number[],
  y: readonly number[],
  w: ArrayLike<number>,
  t: number,
  b: number,
): number {
  let sum = 0;
  let all = 0;
  for (let i = 0; i < y.length; ++i) {
    const s = b + t * (totals[i] as number);
    const weight = w[i] as number;
    sum += weight * (Math.max(s, 0) + Math.log1p(Math.exp(-Math.abs(s))) - (y[i] === 1 ? s : 0));
    all += weight;
  }
  return sum / all;
}

/** The real intercept at which the risks add up to the events: found by bisection. */
function interceptOf(scores: readonly number[], y: readonly number[], w: ArrayLike<number>): number {
  const excess = (b: number): number =>
    scores.reduce((sum, s, i) => sum + (w[i] as number) * (1 / (1 + Math.exp(-s - b)) - (y[i] === 1 ? 1 : 0)), 0);
  let [low, high] = [-1, 1];
  while (excess(low) > 0) low *= 2;
  while (excess(high) < 0) high *= 2;
  let b = 0;
  for (let k = 0; k < 200; ++k) {
    const slope = scores.reduce((sum, s, i) => {
      const p = 1 / (1 + Math.exp(-s - b));
      return sum + (w[i] as number) * p * (1 - p);
    }, 0);
    const off = excess(b);
    if (off > 0) high = b;
    else low = b;
    const next = b - off / slope;
    const before = b;
    b = next > low && next < high ? next : (low + high) / 2;
    if (Math.abs(b - before) < 1e-14 * (1 + Math.abs(b))) break;
  }
  return b;
}

/** Rows of each total and class as one row. */
function merged(totals: readonly number[], y: readonly number[], w: ArrayLike<number>) {
  const weights = new Map<string, number>();
  totals.forEach((total, i) => {
    const key = `${total},${y[i]}`;
    weights.set(key, (weights.get(key) ?? 0) + (w[i] as number));
  });
  const rows = [...weights].map(([key, weight]) => [...key.split(',').map(Number), weight] as [number, number, number]);
  return {
    totals: rows.map(([total]) => total),
    y: rows.map(([, label]) => label),
    w: rows.map(([, , weight]) => weight),
  };
}

/** The least loss of given totals. */
function bestLoss(
  all: readonly number[],
  classes: readonly number[],
  weights: ArrayLike<number>,
  scale: 'free' | 1,
  maxScale: number,
): number {
  const { totals, y, w } = merged(all, classes, weights);
  if (scale === 1) {
    const b = Math.floor(interceptOf(totals, y, w));
    return Math.min(...[b - 1, b, b + 1, b + 2].map((each) => lossOf(totals, y, w, 1, each)));
  }
  // The slope of the least loss at t rises with t.
  const slope = (t: number): number => {
    const b = interceptOf(
      totals.map((s) => t * s),
      y,
      w,
    );
    return totals.reduce(
      (sum, s, i) => sum + (w[i] as number) * s * (1 / (1 + Math.exp(-b - t * s)) - (y[i] === 1 ? 1 : 0)),
      0,
    );
  };
  const at = (t: number): number =>
    lossOf(
      totals,
      y,
      w,
      t,
      interceptOf(
        totals.map((s) => t * s),
        y,
        w,
      ),
    );
  if (slope(maxScale) <= 0) return at(maxScale);
  if (slope(0) >= 0) return at(0);
  let [low, high] = [0, maxScale];
  for (let k = 0; k < 45; ++k) {
    const middle = (low + high) / 2;
    if (slope(middle) > 0) high = middle;
    else low = middle;
  }
  return at((low + high) / 2);
}

/** All points that the settings admit. */
export function* admissible({ data, settings }: SmallProblem): Generator<number[]> {
  const { names } = data;
  const features = settings.features ?? {};
  const values = names.map((name) => {
    const { min = -Infinity, max = Infinity, sign, required = false }: RiskScoreFeature = features[name] ?? {};
    const nonzero = settings.points.filter(
      (v) => v !== 0 && v >= min && v <= max && (sign === undefined || v * sign > 0),
    );
    return required ? nonzero : [0, ...nonzero];
  });
  const points = names.map(() => 0);
  function* from(j: number): Generator<number[]> {
    if (j === names.length) {
      const chosen = names.filter((_, k) => points[k] !== 0);
      const full = Object.entries(settings.groups ?? {}).every(
        ([group, { maxSize }]) => chosen.filter((name) => features[name]?.group === group).length <= maxSize,
      );
      if (full && chosen.length <= settings.maxSize) yield [...points];
      return;
    }
    for (const v of values[j] as number[]) {
      points[j] = v;
      yield* from(j + 1);
    }
    points[j] = 0;
  }
  yield* from(0);
}

/** All cards with their objectives, the best first. */
export function allCards(problem: SmallProblem): JudgedCard[] {
  const { x, y, sampleWeight } = problem.data;
  const { price, maxScale = 3, scale = 'free' } = problem.settings;
  const w = sampleWeight ?? y.map(() => 1);
  const known = new Map<string, number>();
  const cards: JudgedCard[] = [];
  for (const points of admissible(problem)) {
    const totals = x.map((row) => row.reduce((sum, value, j) => sum + value * (points[j] as number), 0));
    const key = totals.join();
    const loss = known.get(key) ?? bestLoss(totals, y, w, scale === 'free' ? 'free' : 1, maxScale);
    known.set(key, loss);
    cards.push({ objective: loss + price * points.filter((v) => v !== 0).length, points });
  }
  return cards.sort((a, b) => a.objective - b.objective);
}

/** A random problem with constraints, small enough for {@link allCards}. */
export function smallProblem(seed: number): SmallProblem {
  const draw = uniforms(seed + 1);
  const int = (below: number): number => Math.floor(draw() * below);
  const [n, p] = [8 + int(25), 2 + int(4)];
  const levels = seed % 3 === 0 ? 4 : 2;
  const x = Array.from({ length: n }, () => Array.from({ length: p }, () => int(levels)));
  const true_ = Array.from({ length: p }, () => int(5) - 2);
  const y = x.map((row) =>
    Number(row.reduce((sum, v, j) => sum + v * (true_[j] as number), -0.5) + 3 * (draw() - 0.5) > 0),
  );
  [y[0], y[1]] = [0, 1];
  const names = Array.from({ length: p }, (_, j) => `f${j}`);
  const reach = p >= 5 ? 1 : 2;
  const points = Array.from({ length: 2 * reach + 1 }, (_, k) => k - reach);
  if (int(4) === 0) points.push(reach + 2);
  const features: Record<string, RiskScoreFeature> = {};
  for (const name of names) {
    const kind = int(8);
    if (kind === 0) features[name] = { sign: 1 };
    if (kind === 1) features[name] = { sign: -1 };
    if (kind === 2) features[name] = { min: -1, max: reach };
    if (kind === 3) features[name] = { group: 'g' };
    if (kind === 4 && !Object.values(features).some(({ required }) => required)) features[name] = { required: true };
  }
  return {
    data: { x, y, names, ...(int(3) === 0 && { sampleWeight: y.map(() => 0.25 + draw()) }) },
    settings: {
      maxSize: 1 + int(p),
      points,
      features,
      groups: { g: { maxSize: 1 } },
      price: int(3) === 0 ? 0.01 : 0,
      scale: seed % 2 === 0 ? 'free' : 1,
      maxScale: int(2) === 0 ? 3 : 0.8,
    },
  };
}
