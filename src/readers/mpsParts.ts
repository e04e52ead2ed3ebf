// The rows and columns of an .mps file with their numbers, in the order of the file.

/** The numbers of a column. The flags say which bounds the file gives. */
export class Columns {
  readonly names: string[] = [];
  readonly places = new Map<string, number>();
  readonly costs: number[] = [];
  readonly lower: number[] = [];
  readonly upper: number[] = [];
  readonly lowerGiven: boolean[] = [];
  readonly upperGiven: boolean[] = [];
  readonly integer: boolean[] = [];

  add(name: string): number {
    const j = this.names.push(name) - 1;
    this.places.set(name, j);
    for (const list of [this.costs, this.lower]) list.push(0);
    this.upper.push(Number.POSITIVE_INFINITY);
    for (const flags of [this.lowerGiven, this.upperGiven, this.integer]) flags.push(false);
    return j;
  }

  bounds(j: number): [number, number] {
    return [this.lower[j] as number, this.upper[j] as number];
  }

  /**
   * Sets the bounds that the file leaves to convention: an integer without any is 0 or 1, and a column with an upper bound below 0 and no
   * lower one is free below. Returns the number of the latter.
   */
  followConventions(): number {
    let opened = 0;
    for (const j of this.names.keys()) {
      if (this.lowerGiven[j]) continue;
      if (this.integer[j] && !this.upperGiven[j]) this.upper[j] = 1;
      if ((this.upper[j] as number) >= 0) continue;
      this.lower[j] = Number.NEGATIVE_INFINITY;
      ++opened;
    }
    return opened;
  }
}

/** The rows, those that are constraints with their numbers. */
export class Rows {
  readonly names: string[] = [];
  readonly places = new Map<string, number>();
  readonly types: string[] = [];
  readonly right: (number | undefined)[] = [];
  readonly ranges: (number | undefined)[] = [];

  add(name: string, type: string): void {
    this.places.set(name, this.names.push(name) - 1);
    this.types.push(type);
    for (const list of [this.right, this.ranges]) list.push(undefined);
  }

  /** The sides that type, right-hand side and range make. */
  sides(i: number): [number, number] {
    const right = this.right[i] ?? 0;
    const range = this.ranges[i];
    const { POSITIVE_INFINITY: above, NEGATIVE_INFINITY: below } = Number;
    if (this.types[i] === 'G') return [right, right === below ? above : right + Math.abs(range ?? above)];
    if (this.types[i] === 'L') return [right === above ? below : right - Math.abs(range ?? above), right];
    return range === undefined ? [right, right] : [right + Math.min(range, 0), right + Math.max(range, 0)];
  }
}
