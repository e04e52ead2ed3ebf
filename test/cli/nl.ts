// Small .nl files, put together as AMPL's are.

export interface Nl {
  /** Bodies of the constraints and of the objective in prefix form, an operator or operand a word: 'o5 v0 n2' is x0^2. */
  constraints?: string[];
  objective?: string;
  sense?: 'minimize' | 'maximize';
  /** Lines of the r segment, '4 2' for a right-hand side of 2, and of the b segment, '3' for a free variable. */
  rows?: string[];
  bounds: string[];
  start?: number[];
  /** The first line without its 'g'. */
  options?: string;
}

export function nl({
  constraints = [],
  objective = 'n0',
  sense = 'minimize',
  rows = constraints.map(() => '4 0'),
  bounds,
  start = [],
  options = '3 1 1 0',
}: Nl): string {
  const n = bounds.length;
  const m = constraints.length;
  const segment = (head: string, lines: string[]): string[] => [head, ...lines];
  const lines = (prefix: string): string[] => prefix.split(' ');
  return [
    `g${options}\t# problem`,
    ` ${n} ${m} 1 0 ${m}`,
    ` ${m} 1`,
    ' 0 0',
    ` ${n} ${n} ${n}`,
    ' 0 0 0 1',
    ' 0 0 0 0 0',
    ' 0 0', // no linear terms
    ' 0 0',
    ' 0 0 0 0 0',
    ...constraints.flatMap((body, i) => segment(`C${i}`, lines(body))),
    ...segment(`O0 ${sense === 'maximize' ? 1 : 0}`, lines(objective)),
    ...segment(
      `x${start.length}`,
      start.map((value, i) => `${i} ${value}`),
    ),
    ...(m > 0 ? segment('r', rows) : []),
    ...segment('b', bounds),
    '',
  ].join('\n');
}

/** x0 + x1 on the circle of radius sqrt(2): the minimum is at (-1, -1), the maximum at (1, 1). */
export const circle: Nl = {
  constraints: ['o0 o5 v0 n2 o5 v1 n2'],
  rows: ['4 2'],
  objective: 'o0 v0 v1',
  bounds: ['3', '3'],
  start: [-0.5, -1.2],
};

/** Rosenbrock's function along a chain, whose valley takes Newton's method a long time. */
export function chain(n: number): string {
  const terms = Array.from({ length: n - 1 }, (_, i) => `o0 o5 o1 n1 v${i} n2 o2 n100 o5 o1 v${i + 1} o5 v${i} n2 n2`);
  return nl({
    objective: `o54 ${terms.length} ${terms.join(' ')}`,
    bounds: Array.from({ length: n }, () => '3'),
    start: Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1)),
  });
}
