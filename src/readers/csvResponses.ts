// The responses of a table of text: numbers or labels of one column, or times until an event of several.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkMembers, show, visible } from '../core/check.js';
import type { Values } from './csvValues.js';
import { Growing } from './growing.js';
import { HeapMemory, type Memory } from './memory.js';

/** The columns of times until an event, by their names: `readCsv` makes of them the y of the family `cox`. */
export interface TimesTarget {
  /** Times of the events, or until when there was none. */
  time: string;
  /** The column that says if the event came then. */
  event: string;
  /** The value of that column with which the event came; others are censored. Default: it has 0 and 1, or false and true. */
  eventIs?: number | string | undefined;
  /** Starts, for rows that are at risk from then on. Default: from the beginning. */
  start?: string | undefined;
  /** The strata, of which each has a baseline hazard of its own. Default: one. */
  strata?: string | undefined;
}

/** Times until an event of the rows of a table, as the family `cox` takes them. */
export interface TableTimes {
  time: Float64Array;
  /** 1 where the event came, 0 where the row is censored. */
  event: Float64Array;
  start?: Float64Array;
  strata?: string[];
}

/** Labels or numbers, or times. */
export type TableResponses = Float64Array | string[] | TableTimes;

const members = ['time', 'event', 'eventIs', 'start', 'strata'];

/** The target of a table, checked: a name, or those of the columns of times. */
export function checkTarget(target: unknown): void {
  if (typeof target === 'string') return;
  if (typeof target !== 'object' || target === null) {
    throw typeError(`target = ${show(target)}: expected a string, or { time, event }`);
  }
  const { eventIs, ...columns } = checkMembers('target', target as TimesTarget, members);
  for (const name of ['time', 'event', 'start', 'strata'] as const) {
    const column = columns[name];
    if (typeof column === 'string' || (column === undefined && (name === 'start' || name === 'strata'))) continue;
    throw typeError(`target.${name} = ${show(column)}: expected a string, the name of a column`);
  }
  if (eventIs !== undefined && typeof eventIs !== 'number' && typeof eventIs !== 'string') {
    throw typeError(`target.eventIs = ${show(eventIs)}: expected a number or a string`);
  }
}

/** The names of the columns that a target is made of. */
export function columnsOfTarget(target: string | TimesTarget | undefined): string[] {
  if (target === undefined) return [];
  if (typeof target === 'string') return [target];
  const { time, event, start, strata } = target;
  return [time, event, start, strata].filter((name) => name !== undefined);
}

/** Helpers that responses are read with. */
export interface ResponseTools {
  values: Values;
  /** The bytes of numbers, and those of texts. */
  memory: Memory;
  lists: HeapMemory;
}

/** Takes the responses of one row after the other. */
export interface Responses {
  add(place: string, row: readonly string[]): void;
  finish(file: string, signal: AbortSignal | undefined): Promise<TableResponses>;
}

/** A reader of responses, whose columns have these places in the order of {@link columnsOfTarget}. */
export function responsesOf(target: string | TimesTarget, places: readonly number[], tools: ResponseTools): Responses {
  if (typeof target === 'string') return new Labels(places[0] as number, tools);
  return new Times(target, places, tools);
}

/** A column of numbers, or of labels where one of its values is none. */
class Labels implements Responses {
  readonly #at: number;
  readonly #tools: ResponseTools;
  /** The responses as texts, and as numbers, NaN where one is none. */
  readonly #texts: string[] = [];
  readonly #numbers: Growing<Float64Array>;
  #numeric = true;

  constructor(at: number, tools: ResponseTools) {
    this.#at = at;
    this.#tools = tools;
    this.#numbers = new Growing(Float64Array, 'responses', tools.memory);
  }

  add(place: string, row: readonly string[]): void {
    const text = (row[this.#at] as string).trim();
    keep(this.#texts, text, place, this.#tools.lists);
    const value = this.#tools.values.number(text) ?? Number.NaN;
    this.#numbers.push(place, value);
    if (Number.isNaN(value)) this.#numeric = false;
  }

  async finish(file: string, signal: AbortSignal | undefined): Promise<Float64Array | string[]> {
    return this.#numeric ? this.#numbers.joined(file, signal) : this.#texts;
  }
}

function keep(texts: string[], text: string, place: string, lists: HeapMemory): void {
  if (texts.length >= HeapMemory.longest)
    throw rangeError(`${place}: more than ${HeapMemory.longest} rows with a target`);
  texts.push(lists.keep(place, 'responses', text));
}

/** Columns of times, events, and where they are asked for of starts and strata. */
class Times implements Responses {
  readonly #target: TimesTarget;
  readonly #at: Record<'time' | 'event' | 'start' | 'strata', number>;
  readonly #tools: ResponseTools;
  readonly #time: Growing<Float64Array>;
  readonly #event: Growing<Float64Array>;
  readonly #start: Growing<Float64Array>;
  readonly #strata: string[] = [];
  #events = 0;

  constructor(target: TimesTarget, places: readonly number[], tools: ResponseTools) {
    this.#target = target;
    this.#tools = tools;
    const [time, event, ...more] = places as [number, number, ...number[]];
    const start = target.start === undefined ? -1 : (more.shift() as number);
    this.#at = { time, event, start, strata: more[0] ?? -1 };
    const list = () => new Growing(Float64Array, 'responses', tools.memory);
    [this.#time, this.#event, this.#start] = [list(), list(), list()];
  }

  add(place: string, row: readonly string[]): void {
    const { time, event, start, strata } = this.#at;
    this.#time.push(place, this.#number(place, this.#target.time, row[time] as string));
    const came = this.#came(place, row[event] as string);
    this.#events += came;
    this.#event.push(place, came);
    if (start >= 0) this.#start.push(place, this.#number(place, this.#target.start as string, row[start] as string));
    if (strata >= 0) keep(this.#strata, (row[strata] as string).trim(), place, this.#tools.lists);
  }

  async finish(file: string, signal: AbortSignal | undefined): Promise<TableTimes> {
    const { event, eventIs } = this.#target;
    if (this.#events === 0 && this.#event.length > 0 && eventIs !== undefined) {
      throw rangeError(`${file}: column ${quoted(event)}: target.eventIs = ${show(eventIs)}: no row has this value`);
    }
    return {
      time: await this.#time.joined(file, signal),
      event: await this.#event.joined(file, signal),
      ...(this.#at.start >= 0 && { start: await this.#start.joined(file, signal) }),
      ...(this.#at.strata >= 0 && { strata: this.#strata }),
    };
  }

  #number(place: string, column: string, text: string): number {
    const value = this.#tools.values.number(text);
    if (value !== undefined) return value;
    throw new SyntaxError(`${place}: column ${quoted(column)}: ${quoted(text)}: expected a number`);
  }

  /** 1 if a text says that the event came, else 0. */
  #came(place: string, given: string): 0 | 1 {
    const { event, eventIs } = this.#target;
    const text = given.trim();
    if (typeof eventIs === 'string') return text === eventIs ? 1 : 0;
    if (typeof eventIs === 'number') return this.#tools.values.number(text) === eventIs ? 1 : 0;
    if (/^(1|true)$/i.test(text)) return 1;
    if (/^(0|false)$/i.test(text)) return 0;
    const hint = 'target.eventIs says which value is the event';
    throw new SyntaxError(`${place}: column ${quoted(event)}: ${quoted(text)}: expected 0, 1, false or true; ${hint}`);
  }
}

/** A text of a file in a message. */
const quoted = (text: string): string => visible(show(text));
