// Large sparse least-squares problems: a signal between knots, a band, and cameras that see points.
import { uniforms } from '../../src/core/random.js';
import { add, concat, cos, div, exp, gather, mul, sin, slice, sub } from '../../src/expressions/index.js';
import { Model } from '../../src/index.js';
import { normals } from './draws.js';

export interface SparseProblem {
  model: Model;
  residuals: ReturnType<typeof concat>;
}

/** The places of some rows: knots below each, and how far each is between two of them. */
export interface Band {
  n: number;
  knot: number[];
  share: number[];
  y: number[];
  smoothness: number;
}

/** Measurements exp(u) of a signal u that is linear between n knots, `rows` of them in all with second differences. */
export function bandData(n: number, rows: number): Band & { truth: Float64Array } {
  const truth = Float64Array.from({ length: n }, (_, j) => Math.sin(j / 40) + 0.5 * Math.cos(j / 7));
  const count = rows - (n - 2);
  const uniform = uniforms(7);
  const knot: number[] = [];
  const share: number[] = [];
  for (let i = 0; i < count; ++i) {
    const place = Math.min(n - 1.001, (n - 1) * uniform());
    knot.push(Math.floor(place));
    share.push(place - Math.floor(place));
  }
  const noise = normals(count, 8);
  const y = knot.map((k, i) => {
    const w = share[i] as number;
    return Math.exp((1 - w) * (truth[k] as number) + w * (truth[k + 1] as number)) + 0.05 * (noise[i] as number);
  });
  return { n, knot, share, y, smoothness: 0.1, truth };
}

export function band({ n, knot, share, y, smoothness }: Band): SparseProblem {
  const model = new Model();
  const u = model.variable(n, { start: 0 });
  const next = gather(
    u,
    knot.map((k) => k + 1),
  );
  const between = add(
    mul(
      gather(u, knot),
      share.map((w) => 1 - w),
    ),
    mul(next, share),
  );
  const second = add(sub(slice(u, 0, n - 2), mul(2, slice(u, 1, n - 1))), slice(u, 2, n));
  const residuals = concat([sub(exp(between), y), mul(smoothness, second)]);
  return { model, residuals };
}

export interface Scene {
  cameras: number;
  points: number;
  camera: number[];
  point: number[];
  /** Horizontal and vertical places of images. */
  u: number[];
  v: number[];
  start: Float64Array;
  /** Parameters that are held: they choose the frame and the scale. */
  held: number[];
  truth: Float64Array;
}

/** Cameras around points: three angles and a place each; then the points. Each point is seen by `views` cameras. */
export function sceneData(cameras: number, points: number, views: number): Scene {
  const uniform = uniforms(11);
  const between = (low: number, high: number) => low + (high - low) * uniform();
  const truth = new Float64Array(6 * cameras + 3 * points);
  for (let c = 0; c < cameras; ++c) {
    truth.set(
      [between(-0.2, 0.2), between(-0.2, 0.2), between(-0.5, 0.5), between(-1, 1), between(-1, 1), between(5, 7)],
      6 * c,
    );
  }
  for (let p = 0; p < points; ++p) truth.set([between(-2, 2), between(-2, 2), between(-2, 2)], 6 * cameras + 3 * p);
  const camera: number[] = [];
  const point: number[] = [];
  for (let p = 0; p < points; ++p) {
    for (let k = 0; k < views; ++k) {
      camera.push((p * 7 + k * (1 + (p % 2))) % cameras);
      point.push(p);
    }
  }
  const noise = normals(2 * camera.length, 12);
  const [u, v]: [number[], number[]] = [[], []];
  camera.forEach((c, i) => {
    const [x, y] = image(truth.subarray(6 * c, 6 * c + 6), truth.subarray(6 * cameras + 3 * (point[i] as number)));
    u.push(x + 1e-3 * (noise[2 * i] as number));
    v.push(y + 1e-3 * (noise[2 * i + 1] as number));
  });
  const held = [0, 1, 2, 3, 4, 5, 9];
  const moved = normals(truth.length, 13);
  const start = truth.map((value, j) => (held.includes(j) ? value : value + 0.05 * (moved[j] as number)));
  return { cameras, points, camera, point, u, v, start, held, truth };
}

/** The image of a point: turned about x, y and z, moved, and divided by its distance. */
function image([a, b, c, x, y, z]: Float64Array, [p, q, r]: Float64Array): [number, number] {
  const n = (value: number | undefined) => value as number;
  const [q1, r1] = [Math.cos(n(a)) * n(q) - Math.sin(n(a)) * n(r), Math.sin(n(a)) * n(q) + Math.cos(n(a)) * n(r)];
  const [p2, r2] = [Math.cos(n(b)) * n(p) + Math.sin(n(b)) * r1, -Math.sin(n(b)) * n(p) + Math.cos(n(b)) * r1];
  const [p3, q3] = [Math.cos(n(c)) * p2 - Math.sin(n(c)) * q1, Math.sin(n(c)) * p2 + Math.cos(n(c)) * q1];
  return [(p3 + n(x)) / (r2 + n(z)), (q3 + n(y)) / (r2 + n(z))];
}

export function scene({ cameras, camera, point, u, v, start, held, truth }: Scene): SparseProblem {
  const model = new Model();
  const bound = (missing: number) => truth.map((value, j) => (held.includes(j) ? value : missing));
  const all = model.variable(truth.length, {
    start,
    lower: bound(Number.NEGATIVE_INFINITY),
    upper: bound(Number.POSITIVE_INFINITY),
  });
  const ofCamera = (k: number) =>
    gather(
      all,
      camera.map((c) => 6 * c + k),
    );
  const ofPoint = (k: number) =>
    gather(
      all,
      point.map((p) => 6 * cameras + 3 * p + k),
    );
  const [a, b, c, x, y, z] = [0, 1, 2, 3, 4, 5].map(ofCamera) as [Part, Part, Part, Part, Part, Part];
  const [p, q, r] = [0, 1, 2].map(ofPoint) as [Part, Part, Part];
  const [q1, r1] = [sub(mul(cos(a), q), mul(sin(a), r)), add(mul(sin(a), q), mul(cos(a), r))];
  const [p2, r2] = [add(mul(cos(b), p), mul(sin(b), r1)), sub(mul(cos(b), r1), mul(sin(b), p))];
  const [p3, q3] = [sub(mul(cos(c), p2), mul(sin(c), q1)), add(mul(sin(c), p2), mul(cos(c), q1))];
  const distance = add(r2, z);
  const residuals = concat([sub(div(add(p3, x), distance), u), sub(div(add(q3, y), distance), v)]);
  return { model, residuals };
}

type Part = ReturnType<typeof gather>;
