export interface Difference {
  member: string;
  /** Values, or length and hash of an array; absent where a result has no such member. */
  before: unknown;
  after: unknown;
  /** The largest difference of two numbers over the largest number. */
  relative?: number;
  /** How many numbers of an array differ, the place where they differ most, and the two numbers there. */
  count?: number;
  place?: number;
  at?: [number, number];
}
/** A name with new words in place of old ones. */
export function nowNamed(name: string, renamed: Record<string, string>): string;
/** Members that two results do not share, with what to say of them. `renamed` has new names of words in names of members. */
export function differencesOf(
  before: Map<string, unknown>,
  after: Map<string, unknown>,
  renamed?: Record<string, string>,
): Difference[];
/** A difference in one line. */
export function describe(difference: Difference): string;
