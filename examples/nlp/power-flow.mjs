// AC optimal power flow in polar form: what five generators are to give so that a network of five buses is served at the least cost, with
// voltages, generators and lines within their limits. The case is PJM's with five buses (F. Li, R. Bo, "Small test systems for power system
// economic studies", IEEE PES General Meeting 2010), as MATPOWER and PGLib-OPF have it; its published optimum is 17,551.89 $/h.

import { Model, minimize } from 'nonconvex';
import { add, at, cos, dot, gather, matvec, mul, sin, square, sub } from 'nonconvex/model';

const base = 100; // MVA: all powers below are parts of it, but for those that are read and printed
/** Demand of each bus, MW and MVAr. */
const demand = { active: [0, 300, 300, 400, 0], reactive: [0, 98.61, 98.61, 131.47, 0] };
/** Generators: bus, most MW, most MVAr to either side, $ for a MWh. */
const generators = [
  { bus: 0, active: 40, reactive: 30, cost: 14 },
  { bus: 0, active: 170, reactive: 127.5, cost: 15 },
  { bus: 2, active: 520, reactive: 390, cost: 30 },
  { bus: 3, active: 200, reactive: 150, cost: 40 },
  { bus: 4, active: 600, reactive: 450, cost: 10 },
];
/** Lines: from, to, resistance, reactance, charging susceptance, most MVA. */
const lines = [
  { from: 0, to: 1, r: 0.00281, x: 0.0281, b: 0.00712, rating: 400 },
  { from: 0, to: 3, r: 0.00304, x: 0.0304, b: 0.00658, rating: 426 },
  { from: 0, to: 4, r: 0.00064, x: 0.0064, b: 0.03126, rating: 426 },
  { from: 1, to: 2, r: 0.00108, x: 0.0108, b: 0.01852, rating: 426 },
  { from: 2, to: 3, r: 0.00297, x: 0.0297, b: 0.00674, rating: 426 },
  { from: 3, to: 4, r: 0.00297, x: 0.0297, b: 0.00674, rating: 240 },
];
const buses = demand.active.length;
const reference = 3; // its angle is 0
const widest = Math.PI / 6; // between the angles of a line's ends

const perUnit = (values) => values.map((value) => value / base);
const of = (list, member) => list.map((entry) => entry[member]);
/** A matrix with a 1 where column k belongs to a bus. */
const incidence = (list, member) =>
  Array.from({ length: buses }, (_, bus) => list.map((entry) => (entry[member] === bus ? 1 : 0)));

const model = new Model();
const voltage = model.variable(buses, { lower: 0.9, upper: 1.1, start: 1 });
const angle = model.variable(buses, { start: 0 });
const most = { active: perUnit(of(generators, 'active')), reactive: perUnit(of(generators, 'reactive')) };
const active = model.variable(generators.length, {
  lower: 0,
  upper: most.active,
  start: most.active.map((p) => p / 2),
});
const reactive = model.variable(generators.length, { lower: most.reactive.map((q) => -q), upper: most.reactive });

// The power that flows into a line at either end: V conj(Y V) of its admittance g + i s, written out.
const admittance = lines.map(({ r, x }) => ({ g: r / (r * r + x * x), s: -x / (r * r + x * x) }));
const [g, s] = [of(admittance, 'g'), of(admittance, 's')];
const shunt = lines.map(({ b }, k) => s[k] + b / 2);
const [from, to] = [of(lines, 'from'), of(lines, 'to')];
const [vFrom, vTo] = [gather(voltage, from), gather(voltage, to)];
const apart = sub(gather(angle, from), gather(angle, to));
const both = mul(vFrom, vTo);
const [c, d] = [mul(both, cos(apart)), mul(both, sin(apart))];
const flow = {
  activeFrom: sub(mul(g, square(vFrom)), add(mul(g, c), mul(s, d))),
  reactiveFrom: sub(mul(s, c), add(mul(shunt, square(vFrom)), mul(g, d))),
  activeTo: sub(mul(g, square(vTo)), sub(mul(g, c), mul(s, d))),
  reactiveTo: sub(add(mul(s, c), mul(g, d)), mul(shunt, square(vTo))),
};

// At each bus what is generated is what is used and what flows away.
const [generated, out, back] = [incidence(generators, 'bus'), incidence(lines, 'from'), incidence(lines, 'to')];
const balance = (given, used, atFrom, atTo) =>
  model.equal(sub(matvec(generated, given), add(matvec(out, atFrom), matvec(back, atTo))), perUnit(used));
balance(active, demand.active, flow.activeFrom, flow.activeTo);
balance(reactive, demand.reactive, flow.reactiveFrom, flow.reactiveTo);
const ratings = perUnit(of(lines, 'rating')).map((rating) => rating ** 2);
model.atMost(add(square(flow.activeFrom), square(flow.reactiveFrom)), ratings);
model.atMost(add(square(flow.activeTo), square(flow.reactiveTo)), ratings);
model.between(apart, -widest, widest);
model.equal(at(angle, reference), 0);
model.minimize(mul(base, dot(of(generators, 'cost'), active)));

const result = await minimize(model);
const [v, theta, p, q] = [voltage, angle, active, reactive].map((variable) => variable.valueIn(result));

// The check shares nothing with the model: S = V conj(I) of each line's two-port in complex numbers, summed up at each bus.
const times = ([a, b], [c, d]) => [a * c - b * d, a * d + b * c];
const plus = ([a, b], [c, d]) => [a + c, b + d];
const phasor = Array.from(v, (size, k) => [size * Math.cos(theta[k]), size * Math.sin(theta[k])]);
const left = demand.active.map((value, k) => [-value / base, -demand.reactive[k] / base]);
generators.forEach(({ bus }, k) => {
  left[bus] = plus(left[bus], [p[k], q[k]]);
});
let overloaded = 0;
const loads = lines.map((line) => {
  const size = line.r ** 2 + line.x ** 2;
  const series = [line.r / size, -line.x / size];
  const sent = [
    [line.from, line.to],
    [line.to, line.from],
  ].map(([here, there]) => {
    const drop = plus(
      phasor[here],
      phasor[there].map((value) => -value),
    );
    const current = plus(times(series, drop), times([0, line.b / 2], phasor[here]));
    const power = times(phasor[here], [current[0], -current[1]]);
    left[here] = plus(left[here], [-power[0], -power[1]]);
    return base * Math.hypot(...power);
  });
  overloaded = Math.max(overloaded, Math.max(...sent) - line.rating);
  return Math.max(...sent) / line.rating;
});
const mismatch = base * Math.max(...left.flat().map(Math.abs));
const outside = Math.max(
  ...Array.from(v, (size) => Math.max(0.9 - size, size - 1.1)),
  ...generators.map((_, k) => Math.max(-p[k], p[k] - most.active[k], Math.abs(q[k]) - most.reactive[k])),
  ...lines.map((line) => Math.abs(theta[line.from] - theta[line.to]) - widest),
);

console.log(`${result.status}: ${result.objective.toFixed(2)} $/h`);
console.log(`MW: ${Array.from(p, (value) => (base * value).toFixed(1)).join(', ')}`);
console.log(`voltages: ${Array.from(v, (value) => value.toFixed(4)).join(', ')}`);
console.log(
  `lines at their limit: ${loads.flatMap((load, k) => (load > 1 - 1e-6 ? [`${from[k] + 1}-${to[k] + 1}`] : []))}`,
);
// The first constraints are the active balances: what one more MW at a bus costs is minus its multiplier, for parts of the base.
const prices = Array.from(result.multipliers.subarray(0, buses), (multiplier) => -multiplier / base);
console.log(`$/MWh at the buses: ${prices.map((price) => price.toFixed(2)).join(', ')}`);
console.log(`balance at each bus ${mismatch < 1e-4 ? 'holds' : `misses by ${mismatch} MVA`}`);
console.log(`limits ${Math.max(outside, overloaded / base) < 1e-6 ? 'hold' : 'do not hold'}`);

// heading: Optimal power flow
// prints: solved: 17551.89 $/h
// prints: MW: 40.0, 170.0, 324.5, 0.0, 470.7
// prints: lines at their limit: 4-5
// prints: $/MWh at the buses: 16.94, 26.55, 30.00, 39.71, 10.00
// prints: balance at each bus holds
// prints: limits hold
