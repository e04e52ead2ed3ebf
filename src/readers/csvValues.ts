// Values of tables of text: numbers, what is missing, and texts.

const usualMissing = ['', 'NA', 'N/A', 'NaN', 'null', '?', '.'];

/** A decimal number: no two ways to read its digits, as a long text would be tried in all of them. */
export const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Tells numbers, what is missing, and texts: `undefined`. */
export class Values {
  readonly #missing: ReadonlySet<string>;

  constructor({ missingTexts = usualMissing }: { missingTexts?: readonly string[] | undefined }) {
    this.#missing = new Set(missingTexts.map((text) => text.trim().toLowerCase()));
  }

  isMissing(text: string): boolean {
    return this.#missing.has(text.trim().toLowerCase());
  }

  number(text: string): number | undefined {
    const word = text.trim();
    if (decimal.test(word)) {
      const value = Number(word);
      return Number.isFinite(value) ? value : undefined; // beyond the range of double precision
    }
    return this.isMissing(word) ? Number.NaN : undefined;
  }
}
