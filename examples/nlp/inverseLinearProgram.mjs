// The costs of roads on rainy and on dry days, from routes that were driven, and the route for a day with some rain.
import { inverseLinearProgram } from 'nonconvex/nlp';

// Roads of a small town, each one way, from the harbour to the station.
const places = ['harbour', 'market', 'bridge', 'park', 'station'];
const roads = [
  ['harbour', 'market'],
  ['harbour', 'park'],
  ['market', 'bridge'],
  ['park', 'bridge'],
  ['market', 'station'],
  ['bridge', 'station'],
  ['park', 'station'],
];
// All that comes into a place goes on: the last row would say nothing new.
const a = places.slice(0, 4).map((place) => roads.map(([from, to]) => Number(from === place) - Number(to === place)));
const b = [1, 0, 0, 0];

const route = (...stops) =>
  roads.map(([from, to]) => Number(stops.some((stop, k) => stop === from && stops[k + 1] === to)));
const dry = route('harbour', 'park', 'station');
const rain = route('harbour', 'market', 'station');
const some = route('harbour', 'park', 'bridge', 'station');
// Contexts: a 1, and how much it rains.
const contexts = [
  [1, 0],
  [1, 0.1],
  [1, 0.4],
  [1, 0.5],
  [1, 0.9],
  [1, 1],
];
const solutions = [dry, dry, some, some, rain, rain];

const { decide, certificate, loss } = await inverseLinearProgram({ a, b, contexts, solutions }, { lambda: 1e-4 });
for (const wet of [0.05, 0.45, 0.95]) {
  const { x } = await decide([1, wet]);
  const driven = roads.filter((_, k) => x[k] > 0.5).map(([, to]) => to);
  console.log(`rain ${wet}: harbour, ${driven.join(', ')}`);
}
console.log(`${certificate.kind}, loss ${loss.toFixed(2)}`);

// heading: Costs that explain decisions
// prints: rain 0.05: harbour, park, station
// prints: rain 0.45: harbour, park, bridge, station
// prints: rain 0.95: harbour, market, station
// prints: /global, loss \d\.\d\d/
