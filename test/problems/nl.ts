// AMPL's .nl files (text), read and differentiated without the package: every function is a sum of terms, and a term
// carries its value, gradient and Hessian in its own few variables forward through its operations.
import type { Matrix } from '../../src/index.js';

type Dense = Matrix & { data: Float64Array };

interface Operation {
  op: number;
  inputs: Tree[];
}
type Tree = Operation | { constant: number } | { variable: number };

interface Term {
  factor: number;
  variables: number[];
  steps: Step[];
}
interface Step {
  op: number; // -1: constant, -2: variable
  inputs: number[];
  value: number;
}
interface Sum {
  constant: number;
  linear: Map<number, number>;
  terms: Term[];
}

const [ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, LEAST, LARGEST, NEGATE, ATAN2, SUM] = [
  0, 1, 2, 3, 5, 11, 12, 16, 48, 54,
];
const lists = [SUM, LEAST, LARGEST];
const [CONSTANT, VARIABLE] = [-1, -2];

const isConstant = (tree: Tree): tree is { constant: number } => 'constant' in tree;

/** Value, first and second derivative. */
const unary: Record<number, (a: number) => [number, number, number]> = {
  15: (a) => [Math.abs(a), Math.sign(a), 0],
  37: (a) => {
    const t = Math.tanh(a);
    return [t, 1 - t * t, -2 * t * (1 - t * t)];
  },
  38: (a) => {
    const t = Math.tan(a);
    return [t, 1 + t * t, 2 * t * (1 + t * t)];
  },
  39: (a) => [Math.sqrt(a), 0.5 / Math.sqrt(a), -0.25 / (a * Math.sqrt(a))],
  40: (a) => [Math.sinh(a), Math.cosh(a), Math.sinh(a)],
  41: (a) => [Math.sin(a), Math.cos(a), -Math.sin(a)],
  42: (a) => [Math.log10(a), Math.LOG10E / a, -Math.LOG10E / (a * a)],
  43: (a) => [Math.log(a), 1 / a, -1 / (a * a)],
  44: (a) => [Math.exp(a), Math.exp(a), Math.exp(a)],
  45: (a) => [Math.cosh(a), Math.sinh(a), Math.cosh(a)],
  46: (a) => [Math.cos(a), -Math.sin(a), -Math.cos(a)],
  47: (a) => [Math.atanh(a), 1 / (1 - a * a), (2 * a) / (1 - a * a) ** 2],
  49: (a) => [Math.atan(a), 1 / (1 + a * a), (-2 * a) / (1 + a * a) ** 2],
  50: (a) => [Math.asinh(a), (1 + a * a) ** -0.5, -a * (1 + a * a) ** -1.5],
  51: (a) => [Math.asin(a), (1 - a * a) ** -0.5, a * (1 - a * a) ** -1.5],
  52: (a) => [Math.acosh(a), (a * a - 1) ** -0.5, -a * (a * a - 1) ** -1.5],
  53: (a) => [Math.acos(a), -((1 - a * a) ** -0.5), -a * (1 - a * a) ** -1.5],
};

/** Value; by a, by b; by a a, by a b, by b b. */
function binary(op: number, a: number, b: number, fixed: boolean): [number, number, number, number, number, number] {
  if (op === MULTIPLY) return [a * b, b, a, 0, 1, 0];
  if (op === DIVIDE) return [a / b, 1 / b, -a / (b * b), 0, -1 / (b * b), (2 * a) / (b * b * b)];
  if (op === ATAN2) {
    const r = a * a + b * b;
    return [Math.atan2(a, b), b / r, -a / r, (-2 * a * b) / (r * r), (a * a - b * b) / (r * r), (2 * a * b) / (r * r)];
  }
  if (op !== POWER) throw new Error(`operation ${op} of an .nl file is not supported here`);
  const by = b === 0 ? 0 : b * a ** (b - 1);
  const twice = b === 0 || b === 1 ? 0 : b * (b - 1) * a ** (b - 2);
  if (fixed) return [a ** b, by, 0, twice, 0, 0];
  const log = Math.log(a);
  const value = a ** b;
  return [value, by, value * log, twice, a ** (b - 1) * (1 + b * log), value * log * log];
}

export class NlFile {
  readonly n: number;
  readonly m: number;
  readonly start: Float64Array;
  private readonly objective: Sum;
  private readonly constraints: Sum[];

  constructor(text: string) {
    const lines = text.split('\n').map((line) => line.replace(/\s*#.*$/, '').trim());
    if (!lines[0]?.startsWith('g')) throw new Error('not the text form of an .nl file');
    const header = (line: number) => (lines[line] as string).split(/\s+/).map(Number);
    const [n, m, objectives] = header(1) as [number, number, number];
    this.n = n;
    this.m = m;
    this.start = new Float64Array(n);
    const empty = (): Sum => ({ constant: 0, linear: new Map(), terms: [] });
    this.objective = empty();
    this.constraints = Array.from({ length: m }, empty);
    const defined = new Map<number, Tree>();
    let at = 10;

    const tree = (): Tree => {
      const line = lines[at++] as string;
      const number = Number(line.slice(1));
      if (line.startsWith('n')) return { constant: number };
      if (line.startsWith('v')) return number < n ? { variable: number } : (defined.get(number) as Tree);
      if (!line.startsWith('o')) throw new Error(`line ${at}: '${line}' is no expression`);
      const count = lists.includes(number) ? Number(lines[at++]) : number in unary || number === NEGATE ? 1 : 2;
      return { op: number, inputs: Array.from({ length: count }, tree) };
    };
    const entries = (count: number, store: (index: number, value: number) => void) => {
      for (let k = 0; k < count; ++k) {
        const [index, value] = (lines[at++] as string).split(/\s+/).map(Number) as [number, number];
        store(index, value);
      }
    };
    const addLinear = (sum: Sum, count: number, sign: number) =>
      entries(count, (j, value) => sum.linear.set(j, (sum.linear.get(j) ?? 0) + sign * value));

    let sense = 1;
    while (at < lines.length) {
      const line = lines[at++] as string;
      const [first = 0, second = 0] = line.slice(1).trim().split(/\s+/).map(Number);
      switch (line[0]) {
        case undefined:
          break;
        case 'V': {
          const parts: Tree[] = [];
          entries(second, (variable, value) =>
            parts.push({ op: MULTIPLY, inputs: [{ constant: value }, { variable }] }),
          );
          parts.push(tree());
          defined.set(first, { op: SUM, inputs: parts });
          break;
        }
        case 'C':
          split(tree(), 1, this.constraints[first] as Sum);
          break;
        case 'O':
          if (first === 0) {
            sense = second === 1 ? -1 : 1;
            split(tree(), sense, this.objective);
          } else tree();
          break;
        case 'J':
          addLinear(this.constraints[first] as Sum, second, 1);
          break;
        case 'G':
          addLinear(first === 0 ? this.objective : empty(), second, sense);
          break;
        case 'x':
          entries(first, (j, value) => {
            this.start[j] = value;
          });
          break;
        case 'd':
          at += first;
          break;
        case 'S':
          at += second;
          break;
        case 'k':
          at += first;
          break;
        case 'b':
          for (let j = 0; j < n; ++j) if (lines[at++] !== '3') throw new Error(`line ${at}: a bound`);
          break;
        case 'r':
          for (let i = 0; i < m; ++i) {
            const [kind, value] = (lines[at++] as string).split(/\s+/).map(Number) as [number, number];
            if (kind !== 4) throw new Error(`line ${at}: not an equation`);
            (this.constraints[i] as Sum).constant -= value;
          }
          break;
        default:
          throw new Error(`line ${at}: '${line}'`);
      }
    }
    if (objectives === 0 && m === 0) throw new Error('neither objective nor constraints');
  }

  value(x: Float64Array): number {
    return sumOf(this.objective, x);
  }

  constraintValues(x: Float64Array): Float64Array {
    return Float64Array.from(this.constraints, (sum) => sumOf(sum, x));
  }

  gradient(x: Float64Array): Float64Array {
    const g = new Float64Array(this.n);
    addGradient(this.objective, x, g);
    return g;
  }

  /** m x n, row after row. */
  jacobian(x: Float64Array): Dense {
    const { n, m } = this;
    const data = new Float64Array(m * n);
    for (const [i, sum] of this.constraints.entries()) addGradient(sum, x, data.subarray(i * n, (i + 1) * n));
    return { data, rows: m, columns: n };
  }

  /** Hessian of sigma f + lambda^T c. */
  hessian(x: Float64Array, lambda: ArrayLike<number>, sigma = 1): Dense {
    const data = new Float64Array(this.n * this.n);
    addHessian(this.objective, x, sigma, data, this.n);
    for (const [i, sum] of this.constraints.entries()) addHessian(sum, x, lambda[i] as number, data, this.n);
    return { data, rows: this.n, columns: this.n };
  }
}

function split(tree: Tree, factor: number, sum: Sum): void {
  if (isConstant(tree)) {
    sum.constant += factor * tree.constant;
  } else if ('variable' in tree) {
    sum.linear.set(tree.variable, (sum.linear.get(tree.variable) ?? 0) + factor);
  } else {
    const [a, b] = tree.inputs as [Tree, Tree];
    if (tree.op === SUM || tree.op === ADD) for (const input of tree.inputs) split(input, factor, sum);
    else if (tree.op === NEGATE) split(a, -factor, sum);
    else if (tree.op === SUBTRACT) {
      split(a, factor, sum);
      split(b, -factor, sum);
    } else if (tree.op === MULTIPLY && isConstant(a)) split(b, factor * a.constant, sum);
    else if (tree.op === MULTIPLY && isConstant(b)) split(a, factor * b.constant, sum);
    else sum.terms.push(compile(tree, factor));
  }
}

function compile(tree: Tree, factor: number): Term {
  const variables: number[] = [];
  const steps: Step[] = [];
  const places = new Map<Tree, number>();
  const place = (node: Tree): number => {
    const known = places.get(node);
    if (known !== undefined) return known;
    let step: Step;
    if (isConstant(node)) step = { op: CONSTANT, inputs: [], value: node.constant };
    else if ('variable' in node) {
      if (!variables.includes(node.variable)) variables.push(node.variable);
      step = { op: VARIABLE, inputs: [], value: variables.indexOf(node.variable) };
    } else step = { op: node.op, inputs: node.inputs.map(place), value: 0 };
    places.set(node, steps.push(step) - 1);
    return steps.length - 1;
  };
  place(tree);
  return { factor, variables, steps };
}

interface Jet {
  value: number;
  g: Float64Array;
  H: Float64Array;
}

/** Derivatives up to `order` in the term's variables. */
function evaluate({ variables, steps }: Term, x: Float64Array, order: 0 | 1 | 2): Jet {
  const k = order > 0 ? variables.length : 0;
  const k2 = order > 1 ? k : 0;
  const jets: Jet[] = [];
  for (const { op, inputs, value } of steps) {
    const jet: Jet = { value, g: new Float64Array(k), H: new Float64Array(k2 * k2) };
    jets.push(jet);
    if (op === CONSTANT) continue;
    if (op === VARIABLE) {
      jet.value = x[variables[value] as number] as number;
      if (order > 0) jet.g[value] = 1;
      continue;
    }
    const [a, b] = [jets[inputs[0] as number] as Jet, jets[inputs[1] ?? 0] as Jet];
    if (op === SUM || op === ADD || op === SUBTRACT || op === NEGATE) {
      jet.value = 0;
      for (const [at, input] of inputs.entries()) {
        const part = jets[input] as Jet;
        const sign = op === NEGATE || (op === SUBTRACT && at === 1) ? -1 : 1;
        jet.value += sign * part.value;
        for (let i = 0; i < k; ++i) (jet.g[i] as number) += sign * (part.g[i] as number);
        for (let i = 0; i < k2 * k2; ++i) (jet.H[i] as number) += sign * (part.H[i] as number);
      }
      continue;
    }
    if (op === LEAST || op === LARGEST) {
      const parts = inputs.map((input) => jets[input] as Jet);
      const most = parts.reduce((best, part) => (part.value > best.value === (op === LARGEST) ? part : best));
      Object.assign(jet, most);
      continue;
    }
    const rule = unary[op];
    if (rule) {
      const [f, d, dd] = rule(a.value);
      jet.value = f;
      for (let i = 0; i < k; ++i) jet.g[i] = d * (a.g[i] as number);
      for (let i = 0; i < k2; ++i) {
        for (let j = 0; j < k2; ++j) {
          jet.H[i * k + j] = d * (a.H[i * k + j] as number) + dd * (a.g[i] as number) * (a.g[j] as number);
        }
      }
      continue;
    }
    const fixed = steps[inputs[1] as number]?.op === CONSTANT;
    const [f, da, db, daa, dab, dbb] = binary(op, a.value, b.value, fixed);
    jet.value = f;
    for (let i = 0; i < k; ++i) jet.g[i] = da * (a.g[i] as number) + db * (b.g[i] as number);
    for (let i = 0; i < k2; ++i) {
      const [ai, bi] = [a.g[i] as number, b.g[i] as number];
      for (let j = 0; j < k2; ++j) {
        const [aj, bj, at] = [a.g[j] as number, b.g[j] as number, i * k + j];
        const curved = daa * ai * aj + dab * (ai * bj + bi * aj) + dbb * bi * bj;
        jet.H[at] = da * (a.H[at] as number) + db * (b.H[at] as number) + curved;
      }
    }
  }
  return jets.at(-1) as Jet;
}

function sumOf({ constant, linear, terms }: Sum, x: Float64Array): number {
  let value = constant;
  for (const [j, factor] of linear) value += factor * (x[j] as number);
  for (const term of terms) value += term.factor * evaluate(term, x, 0).value;
  return value;
}

function addGradient({ linear, terms }: Sum, x: Float64Array, g: Float64Array): void {
  for (const [j, factor] of linear) (g[j] as number) += factor;
  for (const term of terms) {
    const jet = evaluate(term, x, 1);
    for (const [i, j] of term.variables.entries()) (g[j] as number) += term.factor * (jet.g[i] as number);
  }
}

function addHessian({ terms }: Sum, x: Float64Array, weight: number, H: Float64Array, n: number): void {
  if (weight === 0) return;
  for (const term of terms) {
    const jet = evaluate(term, x, 2);
    const k = term.variables.length;
    for (const [a, i] of term.variables.entries()) {
      for (const [b, j] of term.variables.entries()) {
        (H[i * n + j] as number) += weight * term.factor * (jet.H[a * k + b] as number);
      }
    }
  }
}
