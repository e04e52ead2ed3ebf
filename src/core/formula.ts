// Formulas as text, such as 'a * (1 - exp(-k * x))', for the command line and for models in files.
import { typeError } from './argumentError.js';
import { closest, show } from './check.js';

/** Functions of formulas with the number of their arguments: those of entries in nonconvex/model. */
const functions = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  log10: Math.log10,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  square: (a: number) => a * a,
  softplus: (a: number) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
  sigmoid: (a: number) => (a >= 0 ? 1 / (1 + Math.exp(-a)) : Math.exp(a) / (1 + Math.exp(a))),
  pow: (a: number, b: number) => a ** b,
  atan2: (a: number, b: number) => Math.atan2(a, b),
} satisfies Record<string, (...operands: [number, number]) => number>;

/** All operations by the names that operators of nonconvex/model have, on numbers. */
export const operations = {
  ...functions,
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  neg: (a: number) => -a,
} satisfies Record<string, (...operands: [number, number]) => number>;

export type Operation = keyof typeof operations;

/** A number, a name, or an operation with its operands. */
type Term = number | string | { operation: Operation; operands: Term[] };

export interface Formula {
  /** The name of the argument or option that it is, for messages. */
  argument: string;
  text: string;
  term: Term;
  /** The names in it, each with the place where it stands first. */
  names: ReadonlyMap<string, number>;
}

const signs: Record<string, Operation> = { '+': 'add', '-': 'sub', '*': 'mul', '/': 'div', '^': 'pow' };

/** Safeguards of the stack: the longest text, and the most parentheses, signs and powers within each other. */
const [longest, deepest] = [4000, 200];

/** Blanks, and behind them a number, a name, a name in backquotes, or one other character. */
const token = /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([\p{L}_][\p{L}\p{N}_.]*)|`([^`]+)`|(\S))/iuy;

/**
 * Parses a formula: numbers, names, + - * / ^, parentheses and the functions of entries of nonconvex/model. A name with other characters
 * than letters, digits, `_` and `.` stands in backquotes.
 * @throws TypeError with the column, and a caret below it.
 */
export function parseFormula(argument: string, text: string): Formula {
  if (text.length > longest) throw typeError(`${argument}: expected at most ${longest} characters, got ${text.length}`);
  const parser = new Parser(argument, text);
  return { argument, text, term: parser.whole(), names: parser.names };
}

/** The error of a place of a formula. */
export function formulaError(
  { argument, text }: Pick<Formula, 'argument' | 'text'>,
  at: number,
  message: string,
): TypeError {
  const line = text.replaceAll(/\s/g, ' ');
  return typeError(`${argument}: column ${at + 1}: ${message}\n  ${line}\n  ${' '.repeat(at)}^`);
}

interface Token {
  kind: 'number' | 'name' | 'sign' | 'end';
  text: string;
  at: number;
}

class Parser {
  readonly names = new Map<string, number>();
  readonly argument: string;
  readonly text: string;
  #end = 0;
  #next: Token;
  #depth = 0;

  constructor(argument: string, text: string) {
    this.argument = argument;
    this.text = text;
    this.#next = this.#read();
  }

  whole(): Term {
    const term = this.#sum();
    if (this.#next.kind !== 'end') this.#refuse("an operator, such as '*',");
    return term;
  }

  #read(): Token {
    token.lastIndex = this.#end;
    const found = token.exec(this.text);
    if (!found) return { kind: 'end', text: 'the end', at: this.text.trimEnd().length };
    this.#end = token.lastIndex;
    const [all, digits, name, quoted, sign] = found;
    const at = found.index + all.length - all.trimStart().length;
    if (digits !== undefined) return { kind: 'number', text: digits, at };
    if (sign !== undefined) return { kind: 'sign', text: sign, at };
    return { kind: 'name', text: (name ?? quoted) as string, at };
  }

  #take(): Token {
    const taken = this.#next;
    this.#next = this.#read();
    return taken;
  }

  #takeSign(...expected: string[]): string | undefined {
    const { kind, text } = this.#next;
    return kind === 'sign' && expected.includes(text) ? this.#take().text : undefined;
  }

  #refuse(expected: string): never {
    const { kind, text, at } = this.#next;
    throw formulaError(this, at, `expected ${expected} got ${kind === 'end' ? text : show(text)}`);
  }

  #sum(): Term {
    return this.#joined(['+', '-'], () => this.#joined(['*', '/'], () => this.#signed()));
  }

  /** Operands between signs, from left to right. */
  #joined(between: string[], operand: () => Term): Term {
    let left = operand();
    for (let sign = this.#takeSign(...between); sign !== undefined; sign = this.#takeSign(...between)) {
      left = { operation: signs[sign] as Operation, operands: [left, operand()] };
    }
    return left;
  }

  /** A power with signs before it: -x^2 is -(x^2), and 2^3^2 is 2^(3^2). */
  #signed(): Term {
    if (++this.#depth > deepest) throw formulaError(this, this.#next.at, 'nested too deeply');
    const sign = this.#takeSign('+', '-');
    let term: Term;
    if (sign !== undefined) {
      const operand = this.#signed();
      if (sign === '+') term = operand;
      else term = typeof operand === 'number' ? -operand : { operation: 'neg', operands: [operand] };
    } else {
      term = this.#primary();
      if (this.#takeSign('^')) term = { operation: 'pow', operands: [term, this.#signed()] };
    }
    --this.#depth;
    return term;
  }

  #primary(): Term {
    if (this.#takeSign('(')) {
      const inner = this.#sum();
      this.#close();
      return inner;
    }
    const { kind } = this.#next;
    if (kind !== 'number' && kind !== 'name') this.#refuse("a number, a name or '(',");
    const { text, at } = this.#take();
    if (kind === 'number') return Number(text);
    if (this.#takeSign('(')) return this.#call(text, at);
    if (!this.names.has(text)) this.names.set(text, at);
    return text;
  }

  #call(name: string, at: number): Term {
    if (!Object.hasOwn(functions, name)) {
      const near = closest(name, Object.keys(functions));
      const hint =
        near === undefined ? `expected one of ${Object.keys(functions).join(', ')}` : `did you mean ${near}?`;
      throw formulaError(this, at, `there is no function ${show(name)}: ${hint}`);
    }
    const operation = name as keyof typeof functions;
    const operands = [this.#sum()];
    while (this.#takeSign(',')) operands.push(this.#sum());
    this.#close();
    const { length } = functions[operation];
    if (operands.length !== length) {
      throw formulaError(
        this,
        at,
        `${name}: expected ${length === 1 ? 'one argument' : `${length} arguments`}, got ${operands.length}`,
      );
    }
    return { operation, operands };
  }

  #close(): void {
    if (this.#takeSign(')') === undefined) this.#refuse("')',");
  }
}

/** The value of a term: `named` has those of names, `apply` those of operations. */
export function foldTerm<Value>(
  term: Term,
  named: (name: string) => Value,
  apply: (operation: Operation, operands: (Value | number)[]) => Value | number,
): Value | number {
  if (typeof term === 'number') return term;
  if (typeof term === 'string') return named(term);
  const operands = term.operands.map((operand) => foldTerm(operand, named, apply));
  return apply(term.operation, operands);
}

/** The operation on numbers and columns, entry by entry. */
export function onColumns(operation: Operation, operands: readonly (number | Float64Array)[]): number | Float64Array {
  const f = operations[operation] as (...values: number[]) => number;
  const columns = operands.filter((each) => typeof each !== 'number');
  if (columns.length === 0) return f(...(operands as number[]));
  return (columns[0] as Float64Array).map((_, i) =>
    f(...operands.map((each) => (typeof each === 'number' ? each : (each[i] as number)))),
  );
}
