// Regressions of every family, which the files of cases share. Everything is drawn by the name of a case.
import { matrix, normals, seedOf, sparse, uniforms, vector } from '../../../random.mjs';

/** Responses of a link and a normal number, by families. */
const responses = {
  gaussian: (link, noise) => link + noise,
  binomial: (link, noise) => Number(link + noise > 0),
  poisson: (link, noise) => Math.round(Math.exp((link + noise) / 2)),
  gamma: (link, noise) => Math.exp((link + noise) / 2),
  multinomial: (link, noise) => Math.min(2, Math.max(0, Math.round(link + noise + 1))),
};
responses.huber = (link, noise) => link + (Math.abs(noise) > 1.5 ? 5 : 1) * noise;
responses.quantile = responses.gaussian;

/** y of `links`. Families of their own are 'cox', with times and events, and 'several', two responses. */
export function responsesOf(family, links, draw) {
  if (family === 'cox') {
    const time = Array.from(links, (link) => Math.ceil(5 * Math.exp((draw() - link) / 2)));
    return { time, event: time.map((_, i) => i % 4 > 0) };
  }
  if (family === 'several') return matrix(links.length, 2, (i, k) => (k === 0 ? links[i] : -links[i] / 2) + draw());
  return Array.from(links, (link) => responses[family](link, draw()));
}

/** The argument `family` of a function of the library. */
export function familyOf(family, { huber, quantile, cox }) {
  const made = { huber: () => huber(0.8), quantile: () => quantile(0.4), cox: () => cox(), several: () => 'gaussian' };
  return made[family]?.() ?? family;
}

/** A regression on `format` x ('dense', 'csc', 'csr'): { x, y, groups, draw, some }, and numbers drawn by its name from then on. */
export function regression(name, family, format, [rows, columns]) {
  const [draw, uniform] = [normals(seedOf(name)), uniforms(seedOf(name) + 1)];
  const dense = matrix(rows, columns, () => (format === 'dense' || uniform() < 0.3 ? draw() : 0));
  const x = format === 'dense' ? dense : sparse(dense, format);
  const links = vector(
    rows,
    (i) => dense.data[i * columns] - dense.data[i * columns + 3] + dense.data[i * columns + 5] / 2,
  );
  const groups = Array.from({ length: columns }, (_, j) => Math.floor(j / 3));
  return { x, y: responsesOf(family, links, draw), groups, draw, uniform, some: (share) => uniform() < share };
}
