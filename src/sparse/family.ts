// Families of responses: what a linear prediction says of the mean, and how far a response is from it.

/** The distribution of the responses: numbers, two classes or shares, counts, positive numbers. The last two have the logarithmic link. */
export type SparseFamily = 'gaussian' | 'binomial' | 'poisson' | 'gamma';

export const families: readonly SparseFamily[] = ['gaussian', 'binomial', 'poisson', 'gamma'];

/** The losses of src/problems by which responses are read. */
export const losses = { gaussian: 'squared', binomial: 'logistic', poisson: 'poisson', gamma: 'gamma' } as const;

/** The mean of a response whose linear prediction is t. */
export function meanOf(family: SparseFamily, t: number): number {
  if (family === 'gaussian') return t;
  return family === 'binomial' ? 1 / (1 + Math.exp(-t)) : Math.exp(t);
}

/** The deviance of a response y whose linear prediction is t: twice its loss less that of a perfect prediction. */
export function devianceOf(family: SparseFamily, t: number, y: number): number {
  switch (family) {
    case 'gaussian':
      return (t - y) ** 2;
    case 'binomial':
      return 2 * (Math.max(0, t) + Math.log1p(Math.exp(-Math.abs(t))) - y * t + xLogX(y) + xLogX(1 - y));
    case 'poisson':
      return 2 * (Math.exp(t) - y * t - y + xLogX(y));
    case 'gamma':
      return 2 * (t + y * Math.exp(-t) - 1 - Math.log(y));
  }
}

const xLogX = (x: number): number => (x > 0 ? x * Math.log(x) : 0);
