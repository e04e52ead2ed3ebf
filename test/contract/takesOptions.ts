// What the folders of tests give the contract test of options: each has a file options.ts with `taking` and `others`.

export type Options = Record<string, unknown>;

/** How a function is called with options, on top of those that it needs, and one that it knows. */
export type Takes = [known: string, call: (options: never) => unknown];

/** Each function with options, as subpath/name; where it takes several objects, 'subpath/name, which' for each. */
export type Taking = Record<string, Takes>;
