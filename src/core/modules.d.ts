// Declarations for modules that have none of their own, as far as they are used.
declare module 'd3-dsv' {
  /** The text of rows, parted by commas. */
  export function csvFormatRows(rows: readonly (readonly string[])[]): string;
}

declare module 'd3-scale' {
  /** A map of numbers to places. */
  export interface Scale {
    (value: number): number;
    domain(ends: readonly [number, number]): this;
    domain(): [number, number];
    range(ends: readonly [number, number]): this;
    range(): [number, number];
    /** Extends the domain to round numbers. */
    nice(): this;
    /** Round numbers of the domain, about `count`. */
    ticks(count?: number): number[];
    tickFormat(count?: number, specifier?: string): (value: number) => string;
  }
  export function scaleLinear(): Scale;
  export function scaleLog(): Scale;
}

declare module '*/package.json' {
  export const version: string;
}
