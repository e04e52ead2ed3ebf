// The line of an .mps file that is read at present: its numbers, and errors that name it.
import { type ArgumentError, rangeError } from '../core/argumentError.js';
import { show, visible } from '../core/check.js';
import { SolverError, type SolverErrorCode } from '../core/error.js';
import { numberOf } from './mpsFields.js';
import type { Scanner } from './scanner.js';

export class MpsLine {
  /** The scanner whose line it is. */
  text!: Scanner;
  /** The section that the line is in. */
  section = '';

  /** Names with numbers behind them. */
  pairs(words: readonly string[], expected: string): [string, number][] {
    if (words.length !== 2 && words.length !== 4) throw this.misfit(expected);
    const [first = '', one = '', second, other = ''] = words;
    const pairs: [string, number][] = [[first, this.number(first, one)]];
    if (second !== undefined) pairs.push([second, this.number(second, other)]);
    return pairs;
  }

  number(name: string, word: string): number {
    const value = numberOf(word);
    if (value === undefined) throw this.wrong(`${quoted(name)} ${quoted(word)}: expected a number behind the name`);
    return value;
  }

  finite(name: string, value: number): number {
    if (!Number.isFinite(value)) throw this.notFinite(name, value);
    return value;
  }

  misfit(expected: string): SolverError {
    return this.wrong(`${this.section}: expected ${expected}`);
  }

  notFinite(name: string, value: number): SolverError {
    return this.wrong(`${quoted(name)} ${value}: expected a number below 1e19 in size`);
  }

  tooMany(what: string, limit: string, most: number): ArgumentError {
    return rangeError(`${this.text.place()}: more ${what} than ${limit} = ${most}`);
  }

  unsupported(what: string, hint = ''): SolverError {
    return this.#error('UNSUPPORTED', `${what} are not supported${hint}`);
  }

  wrong(what: string, line = this.text.line): SolverError {
    return this.#error('INVALID_FILE', what, line);
  }

  #error(code: SolverErrorCode, what: string, line = this.text.line): SolverError {
    return new SolverError(code, `${this.text.name}, line ${line}: ${what}`);
  }
}

/** A word of the file in a message. */
export const quoted = (word: string): string => show(visible(word.slice(0, 60)));
