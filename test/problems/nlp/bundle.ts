// Bundle adjustment: a point seen by six cameras, of which place, rotation and lens are unknown too. Data of BA-L1 and
// BA-L1SP of CUTEst (N. I. M. Gould, 2016; https://github.com/ralna/SIF, copyright Nick Gould, Dominique Orban and Philippe
// Toint, BSD 3-Clause licence), those of the first from Bundle Adjustment in the Large, the Ladybug images
// (http://grail.cs.washington.edu/projects/bal/).
import {
  add,
  at,
  column,
  cos,
  div,
  matvec,
  mul,
  neg,
  reshape,
  sin,
  slice,
  sqrt,
  square,
  sub,
} from '../../../src/expressions/index.js';
import { Model } from '../../../src/index.js';
import { type Problem, range, type Scalar, type Vector } from './define.js';

const source = 'S. Agarwal, N. Snavely, S. M. Seitz, R. Szeliski, Bundle adjustment in the large, ECCV 2010; CUTEst';

/** Places at which the cameras saw the point. */
const seen = [
  [-332.65, -199.76, -253.06, 58.13, 238.22, 317.55],
  [262.09, 166.7, 202.27, 271.89, 237.37, 221.15],
] as const;

/** The point; then of each camera its rotation, its translation, two coefficients of distortion and the focal length. */
const start = [
  [-0.6120001572, 0.57175904776, -1.847081276],
  [0.01574151594, -0.0127909362, -0.0044008498, -0.0340938396, -0.107513871, 1.1202240291],
  [-3.177064e-7, 5.882049e-13, 399.75152639],
  [0.01597732412, -0.0252244646, -0.0094001416, -0.0085667661, -0.1218804907, 0.7190133075],
  [-3.780477e-7, 9.307431e-13, 402.01753386],
  [0.01484625118, -0.0210628994, -0.001166948, -0.0249509707, -0.1139847055, 0.92166020737],
  [-3.295265e-7, 6.732885e-13, 400.40175368],
  [0.01991666998, -1.22433082, 0.0119988756, -1.411897512, -0.1148065151, 0.44915582738],
  [5.95875e-8, -2.48391e-13, 407.03024568],
  [0.02082242153, -1.238434791, 0.01389314763, -1.049686225, -0.1299513286, 0.33798380231],
  [4.5673127e-8, -1.79243e-13, 405.91764962],
  [0.01658816461, -1.247226838, 0.01846788123, -0.8617315756, -0.1321089362, 0.28256800868],
  [4.7465711e-8, -1.50881e-13, 404.73590637],
].flat();

type Nine = [Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector];

const totals = (...terms: Vector[]): Vector =>
  terms.reduce<Vector | number>((a, b) => add(a, b) as Vector, 0) as Vector;

/** Places at which cameras would see the point: the two coordinates, each for all cameras. */
function views(unknowns: Vector): readonly [Vector, Vector] {
  const [x, y, z] = range(3, (i) => at(unknowns, i)) as [Scalar, Scalar, Scalar];
  const cameras = reshape(slice(unknowns, 3), [6, 9]);
  const [r1, r2, r3, t1, t2, t3, k1, k2, focus] = range(9, (j) => column(cameras, j)) as Nine;
  const angle = sqrt(totals(square(r1), square(r2), square(r3)));
  const [e1, e2, e3] = [div(r1, angle), div(r2, angle), div(r3, angle)];
  const [c, s] = [cos(angle), sin(angle)];
  const along = mul(totals(mul(e1, x), mul(e2, y), mul(e3, z)), sub(1, c));
  const X = totals(mul(c, x), mul(s, sub(mul(e2, z), mul(e3, y))), mul(e1, along), t1);
  // CUTEst has e1 where a rotation has e2.
  const Y = totals(mul(c, y), mul(s, sub(mul(e3, x), mul(e1, z))), mul(e1, along), t2);
  const Z = totals(mul(c, z), mul(s, sub(mul(e1, y), mul(e2, x))), mul(e3, along), t3);
  const [u, v] = [neg(div(X, Z)), neg(div(Y, Z))];
  const radius2 = add(square(u), square(v));
  const scale = mul(focus, add(1, mul(radius2, add(k1, mul(k2, radius2)))));
  return [mul(scale, u), mul(scale, v)];
}

function adjustment(): Model {
  const model = new Model();
  const [u, v] = views(model.variable(57, { start }));
  model.equal(u, seen[0]);
  model.equal(v, seen[1]);
  return model;
}

/** Data of BA-L1SP: the coefficients of the point and of its own camera in each equation, in the order of BA-L1. */
export const slopes: readonly (readonly number[])[] = [
  [
    545.11792729, -5.058282413, -478.0666573, -283.5120115, -1296.338862, -320.6033515, 551.17734728, 0.00020463888,
    -471.0948965, -409.2809619, -490.2705298, -0.8547064923,
  ],
  [
    350.08946365, 0.39982371752, -186.7535887, -107.0193513, -758.7948959, -207.8248083, 354.69032045, 5.7520864e-5,
    -177.8608216, -87.5738398, -38.04282609, -0.5014538225,
  ],
  [
    424.98400393, -3.679913168, -285.9919818, -168.2771917, -958.0774748, -249.6325723, 430.9113597, 9.5401875e-5,
    -277.0049802, -176.6544282, -121.2420785, -0.6428351473,
  ],
  [
    257.01763205, -10.17665712, -485.335462, -144.7289642, -770.5881534, -272.9493307, 543.87077184, 1.1685922e-6,
    76.920229468, 2.0869983072, 0.07566110172, 0.14143107787,
  ],
  [
    422.1912571, -8.291703599, -366.5398322, -32.98148952, -1001.73529, -309.2254094, 484.30591161, 2.2083578e-6,
    279.48782165, 79.76578597, 27.161405788, 0.57708943686,
  ],
  [
    480.66081245, -9.700408082, -321.955117, 5.7198974673, -1082.833992, -318.8938606, 458.16637265, 2.2305592e-6,
    353.36608051, 187.06511552, 112.10170813, 0.77126151439,
  ],
  [
    2.44930593, 556.94489983, 368.0324789, 1234.7454956, 227.79935236, -347.0888335, 0.00020463888, 551.17743945,
    376.80482466, 327.36300527, 392.14243755, 0.68363621076,
  ],
  [
    0.52655531437, 356.88663624, 145.9511661, 740.42840621, 92.188824988, -222.1616016, 5.7520864e-5, 354.69033883,
    151.71150127, 74.698624396, 32.449722244, 0.42772945465,
  ],
  [
    4.2853403082, 434.04620563, 218.70892251, 921.07415044, 136.05794576, -271.6835835, 9.5401875e-5, 430.9113995,
    225.18412985, 143.60670941, 98.560653819, 0.52257642872,
  ],
  [
    70.320803231, 179.34148777, 15.269871971, 620.43380046, 194.45316484, -289.1623446, 1.1685922e-6, 543.8707716,
    69.331903641, 1.8811119849, 0.06819699123, 0.12747863508,
  ],
  [
    44.828047187, 152.76507038, 6.0272627364, 536.26711278, 204.18278149, -250.6380806, 2.2083578e-6, 484.30589721,
    41.892546625, 11.956127062, 4.0712344877, 0.08650017735,
  ],
  [
    35.371625137, 141.48851847, 3.9687026816, 499.62967221, 205.63088192, -232.6571585, 2.2305592e-6, 458.16634697,
    30.465184316, 16.127674776, 9.6647623772, 0.06649371711,
  ],
];

/** Its right-hand sides. */
export const rights: readonly number[] = [
  9.020224572, 1.83322914, 4.332320525, 0.5632735813, 3.969211949, 5.392772211, -11.194618482, -5.254740578,
  -6.9705186587, 220.0023398, 202.2580513, 194.2376052,
];

/** The coefficients of one camera's equation among those of all unknowns. */
export function spread(coefficients: readonly number[], camera: number): number[] {
  const all = new Array<number>(57).fill(0);
  coefficients.forEach((value, i) => {
    all[i < 3 ? i : i + 9 * camera] = value;
  });
  return all;
}

/** sum_i slope_i (x_i + x_i^2 / 2 + x_i sum_(j > i) x_j), i over the point and a camera, j over all unknowns. */
function quadratics(): Model {
  const model = new Model();
  const x = model.variable(57);
  const behind = range(57, (i) => range(57, (j) => (j > i ? 1 : j === i ? 0.5 : 0)));
  const terms = mul(x, add(1, matvec(behind, x)));
  const rows = slopes.map((row, k) => spread(row, k % 6));
  model.equal(matvec(rows, terms), rights);
  return model;
}

export const problems: readonly Problem[] = [
  { name: 'ba-l1', source, minima: [0], build: adjustment },
  { name: 'ba-l1sp', source, minima: [0], build: quadratics },
];
