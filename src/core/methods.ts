// Methods of results and models, which are plain objects otherwise.

const made = new WeakMap<object, object>();

/**
 * Gives a plain object the methods and getters of a class's prototype. They are no members of the object where it is copied,
 * compared or written as JSON, and keep it where they are taken out of it: `const { predict } = model`.
 */
export function withMethods<Result>(object: object, prototype: object): Result {
  let methods = made.get(prototype);
  if (!methods) {
    methods = boundMethods(prototype);
    made.set(prototype, methods);
  }
  return Object.setPrototypeOf(object, methods);
}

/** A prototype whose methods, and those of the classes it extends, are got bound to the object that they are got from. */
function boundMethods(prototype: object): object {
  if (Object.getPrototypeOf(prototype) === null) return prototype;
  const methods: object = Object.create(boundMethods(Object.getPrototypeOf(prototype)));
  for (const name of Reflect.ownKeys(prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
    const { value, get } = descriptor;
    if (name === 'constructor') continue;
    const property = typeof value === 'function' ? boundMethod(value) : get;
    if (property) Object.defineProperty(methods, name, { get: property, configurable: true });
    else Object.defineProperty(methods, name, descriptor);
  }
  return methods;
}

function boundMethod(method: (...args: unknown[]) => unknown) {
  return function get(this: unknown) {
    return method.bind(this);
  };
}
