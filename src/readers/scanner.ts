// Numbers out of bytes, without a string for each.
import { show } from '../core/check.js';

export const LF = 10;
export const CR = 13;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;

/** Blank, tab or carriage return, so that CRLF needs no further care. */
export function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === CR;
}

/** A place in a block of text. Every block ends with a blank or the end of a line, which no number runs over. */
export class Scanner {
  readonly name: string;
  bytes: Uint8Array = new Uint8Array(0);
  /** Has the bytes as text; declarations do not name its class, which only the types of Node know. */
  #buffer: Buffer = Buffer.alloc(0);
  position = 0;
  /** Line of `position`, from 1. */
  line = 1;
  #first = true;

  constructor(name: string) {
    this.name = name;
  }

  /** Goes on with the next block. */
  open(block: Uint8Array): void {
    this.bytes = block;
    this.#buffer = Buffer.from(block.buffer, block.byteOffset, block.length);
    this.position = this.#first && block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf ? 3 : 0; // byte order mark
    this.#first = false;
  }

  /** Bytes from `start` to before `end` as text. */
  text(encoding: 'latin1' | 'utf8', start: number, end: number): string {
    return this.#buffer.toString(encoding, start, end);
  }

  /** Passes blanks, and gives the byte after them. */
  skipBlanks(): number {
    while (isBlank(this.bytes[this.position] as number)) ++this.position;
    return this.bytes[this.position] as number;
  }

  /** Goes to the beginning of the next line. */
  nextLine(): void {
    this.position = this.bytes.indexOf(LF, this.position) + 1;
    ++this.line;
  }

  /** An integer from 0 to 2^31 - 1 without a sign; -1, without moving, where there is none. */
  index(): number {
    const { bytes, position: start } = this;
    let at = start;
    let value = 0;
    for (let digit = digitAt(bytes, at); digit >= 0; digit = digitAt(bytes, ++at)) value = 10 * value + digit;
    if (at === start || value > 0x7fffffff) return -1;
    this.position = at;
    return value;
  }

  /**
   * A finite decimal number, correctly rounded; NaN, without moving, where there is none.
   *
   * m 10^e with integers m < 2^53 and |e| <= 22 is one multiplication or division of two numbers that are exact in double
   * precision, and so is rounded once (Clinger 1990). Others are left to `Number`, but for those with up to 17 digits, as
   * programs print them that lose nothing.
   */
  number(): number {
    const { bytes, position: start } = this;
    let at = start;
    const sign = bytes[at] as number;
    if (sign === MINUS || sign === PLUS) ++at;
    const firstDigit = at;
    let mantissa = 0; // exact if in the end below 2^53, as it never falls
    for (let digit = digitAt(bytes, at); digit >= 0; digit = digitAt(bytes, ++at)) mantissa = 10 * mantissa + digit;
    let digits = at - firstDigit;
    let exponent = 0;
    if (bytes[at] === DOT) {
      const fraction = ++at;
      for (let digit = digitAt(bytes, at); digit >= 0; digit = digitAt(bytes, ++at)) mantissa = 10 * mantissa + digit;
      exponent = fraction - at;
      digits += at - fraction;
    }
    if (digits === 0) return Number.NaN;
    const lastDigit = at;
    if (((bytes[at] as number) | 32) === 101 /* e, E */) {
      const exponentSign = bytes[++at];
      if (exponentSign === MINUS || exponentSign === PLUS) ++at;
      const firstOfExponent = at;
      let power = 0;
      for (let digit = digitAt(bytes, at); digit >= 0; digit = digitAt(bytes, ++at)) power = 10 * power + digit;
      if (at === firstOfExponent) return Number.NaN;
      exponent += exponentSign === MINUS ? -power : power;
    }
    let value: number;
    if (mantissa < 2 ** 53 && exponent >= -22 && exponent <= 22) {
      value = exponent < 0 ? mantissa / power10(-exponent) : mantissa * power10(exponent);
    } else if (mantissa < 1e17 && exponent >= -22 && exponent < 0) {
      value = longQuotient(bytes, firstDigit, lastDigit, power10(-exponent));
      if (Number.isNaN(value)) value = Number(this.text('latin1', firstDigit, at));
    } else {
      value = Number(this.text('latin1', firstDigit, at));
    }
    if (value === Number.POSITIVE_INFINITY) return Number.NaN;
    this.position = at;
    return sign === MINUS ? -value : value;
  }

  /** The word at `position`, for a message: up to a blank or the end of the line. */
  word(): string {
    let end = this.position;
    while (end < this.bytes.length && this.bytes[end] !== LF && !isBlank(this.bytes[end] as number)) ++end;
    return this.#quote(this.position, end);
  }

  /** The line with `position`, as much of it as is in this block, for a message. */
  wholeLine(): string {
    const end = this.bytes.indexOf(LF, this.position);
    const start = this.position === 0 ? 0 : this.bytes.lastIndexOf(LF, this.position - 1) + 1;
    return this.#quote(start, end < 0 ? this.bytes.length : end);
  }

  /** How a message begins. */
  place(): string {
    return `${this.name}, line ${this.line}`;
  }

  #quote(start: number, end: number): string {
    const text = this.text('utf8', start, Math.min(end, start + 240)).trim();
    const printable = text.replace(
      /\p{C}/gu,
      (c) => `\\x${(c.codePointAt(0) as number).toString(16).padStart(2, '0')}`,
    );
    return show(printable.length > 60 ? `${printable.slice(0, 60)}...` : printable);
  }
}

/** 0 to 9, or negative where there is no digit. */
function digitAt(bytes: Uint8Array, at: number): number {
  const digit = (bytes[at] as number) - ZERO;
  return digit <= 9 ? digit : -1;
}

const powers = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

function power10(exponent: number): number {
  return powers[exponent] as number;
}

/**
 * The decimal digits from `start` to `end`, at most 17 with leading zeros left out, over a power of ten up to 10^22, correctly
 * rounded; NaN in the few cases where this way cannot tell.
 *
 * The numerator is s + t without error, the quotient q + (s - q p + t) / p with q = fl(s / p), where s - q p has no error
 * either (Dekker 1971). The second term has a relative error below 2^-51, so where both ends of its range round to the same
 * sum, that is the answer.
 */
function longQuotient(bytes: Uint8Array, start: number, end: number, p: number): number {
  let high = 0; // the first 9 digits
  let low = 0; // the digits after the first 9
  let scale = 1;
  for (let at = start; at < end; ++at) {
    const digit = digitAt(bytes, at);
    if (digit < 0) continue; // the decimal point
    if (high < 1e8) {
      high = 10 * high + digit;
    } else {
      low = 10 * low + digit;
      scale *= 10;
    }
  }
  const product = high * scale; // exact: 30 bits times 5^8 times a power of two
  const s = product + low;
  const t = low - (s - product);
  const q = s / p;
  const qp = q * p;
  const q1 = upperHalf(q);
  const q2 = q - q1;
  const p1 = upperHalf(p);
  const p2 = p - p1;
  const c = (s - qp - (q1 * p1 - qp + q1 * p2 + q2 * p1 + q2 * p2) + t) / p;
  const value = q + c * (1 + 2 ** -50);
  return value === q + c * (1 - 2 ** -50) ? value : Number.NaN;
}

/** The upper 26 bits (Veltkamp). */
function upperHalf(x: number): number {
  const y = x * (2 ** 27 + 1);
  return y - (y - x);
}
