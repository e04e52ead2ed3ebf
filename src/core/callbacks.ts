// Functions of the user: those on vectors, for any solver, and listeners.
import { AsyncResource } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isError, isPromise, messageOf, show } from './check.js';
import { SolverError } from './error.js';

/** A number, now or later. */
export type Numeric = number | PromiseLike<number>;

/**
 * Makes of a function that the solver calls one that ends the solve if it throws, its promise is rejected or its value is not a
 * number. The solver waits for promises.
 */
export type Guard = <Arguments extends unknown[]>(
  name: string,
  f: (...values: Arguments) => Numeric,
) => (...values: Arguments) => Numeric;

/**
 * Function that the addon calls from the thread of a solve (native/binding/callbacks.hpp): `call` reads `inputs` and a few numbers, writes
 * `outputs` and returns a number, or a promise of one once all is written. Both sides see the arrays, and several functions may
 * share them.
 */
export interface VectorFunction {
  call: (...numbers: number[]) => Numeric;
  inputs: readonly Float64Array[];
  outputs: readonly Float64Array[];
}

/** A function that ends the solve if it throws, rejects or its value is not a number; messages call it `name`. */
export function vectorFunction(
  guard: Guard,
  name: string,
  f: (...numbers: number[]) => Numeric,
  memory: { inputs: readonly Float64Array[]; outputs: readonly Float64Array[] },
): VectorFunction {
  return { call: guard(name, f), ...memory };
}

/** Applies f to a value, now, or when the promise of it is fulfilled. */
export function chain<T, R>(value: T | PromiseLike<T>, next: (value: T) => R | PromiseLike<R>): R | PromiseLike<R> {
  return isPromise(value) ? (value as PromiseLike<T>).then(next) : next(value as T);
}

/** The error of a solve whose function of this name threw, or gave a promise that was rejected. */
export function callbackFailed(name: string, cause: unknown): SolverError {
  return new SolverError('CALLBACK_FAILED', `${name} threw: ${messageOf(cause)}`, { cause });
}

/** Returns true if what was thrown says already that a callback has failed. */
export const isCallbackFailure = (cause: unknown): cause is SolverError =>
  isError(cause) && cause instanceof SolverError && cause.code === 'CALLBACK_FAILED';

/** The promises that an asynchronous listener gives. Each of them has a handler of its rejection. */
export class Listeners {
  readonly #name: string;
  readonly #failed: (cause: unknown) => void;
  #waiting = 0;
  #ended = false;

  /** `failed` is told of rejections until the end. */
  constructor(name: string, failed: (cause: unknown) => void) {
    this.#name = name;
    this.#failed = failed;
  }

  /** Takes what the listener has returned. */
  watch(returned: unknown): void {
    if (!isPromise(returned)) return;
    ++this.#waiting;
    Promise.resolve(returned).then(
      () => {
        --this.#waiting;
      },
      (cause) => {
        --this.#waiting;
        if (!this.#ended) this.#failed(cause);
        else this.#warn(cause);
      },
    );
  }

  /** Lets promises that are about to be rejected be so; from then on rejections are not reported but are warnings. */
  async end(): Promise<void> {
    if (this.#waiting > 0) await nextTurn();
    this.#ended = true;
  }

  #warn(cause: unknown): void {
    process.emitWarning(`${this.#name} rejected when its solve had ended: ${messageOf(cause)}`, 'SolverWarning');
  }
}

/** Reports to a listener. When it throws, or gives a promise that is rejected, the next report or the end throws. */
export class Reports {
  readonly #listeners = new Listeners('onProgress', (cause) => {
    this.#failure ??= callbackFailed('onProgress', cause);
  });
  #failure: SolverError | undefined;

  report(tell: () => unknown): void {
    if (this.#failure) throw this.#failure;
    try {
      this.#listeners.watch(tell());
    } catch (cause) {
      throw callbackFailed('onProgress', cause);
    }
  }

  async end(): Promise<void> {
    await this.#listeners.end();
    if (this.#failure) throw this.#failure;
  }
}

/** The user's functions while a solve runs. The first that fails ends it. */
export class Callbacks {
  /** How to end the solve, once it runs. */
  abort: (() => void) | undefined;
  failure: SolverError | undefined;
  readonly #listeners = new Listeners('onProgress', (cause) => this.#threw('onProgress', cause));

  /** Calls the listener; `listen` gives what it returns. */
  hear(listen: () => unknown): void {
    try {
      this.#listeners.watch(listen());
    } catch (cause) {
      this.#threw('onProgress', cause);
    }
  }

  readonly guard: Guard = (name, f) =>
    AsyncResource.bind((...values) => {
      if (this.failure) return Number.NaN;
      const checked = (value: unknown): number => {
        if (typeof value === 'number') return value;
        this.#fail(new SolverError('CALLBACK_FAILED', `${name} = ${show(value)}: expected a number`));
        return Number.NaN;
      };
      const broken = (cause: unknown): number => {
        this.#threw(name, cause);
        return Number.NaN;
      };
      try {
        const value: unknown = f(...values);
        // One of the language itself, never rejected: what the addon waits for.
        return isPromise(value) ? Promise.resolve(value).then(checked, broken) : checked(value);
      } catch (cause) {
        return broken(cause);
      }
    });

  /** Ends the listening; throws what has failed. */
  async end(): Promise<void> {
    await this.#listeners.end();
    if (this.failure) throw this.failure;
  }

  #fail(failure: SolverError): void {
    this.failure ??= failure;
    this.abort?.();
  }

  #threw(name: string, cause: unknown): void {
    this.#fail(isCallbackFailure(cause) ? cause : callbackFailed(name, cause));
  }
}
