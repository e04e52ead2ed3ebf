/**
 * Makes `value instanceof Class` hold for instances that also another copy of this package has made: a program may load its
 * ES modules and its CommonJS modules in one process, each with a class of its own. Subclasses are told apart as usual.
 */
export function acrossCopies(made: abstract new (...values: never[]) => object, name: string): void {
  const brand = Symbol.for(`nonconvex.${name}`);
  Object.defineProperty(made.prototype, brand, { value: true });
  Object.defineProperty(made, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this !== made) return Function.prototype[Symbol.hasInstance].call(this, value);
      return typeof value === 'object' && value !== null && brand in value;
    },
  });
}
