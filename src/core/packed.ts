// Results as the addon packs them: native/binding/packed_result.hpp.

export interface Packed {
  /** Has a line for each member: a letter that says what it is, and its name. */
  shape: string;
  /** Holds numbers, truth values as 0 and 1, and short arrays behind their lengths. */
  numbers: Float64Array;
  /** All other values. */
  others: unknown[];
}

interface Step {
  kind: string;
  name: string;
}

/** Shapes that were read before: a solver has few. */
const known = new Map<string, Step[]>();

function stepsOf(shape: string): Step[] {
  const most = 256;
  const before = known.get(shape);
  if (before) return before;
  const lines = shape.split('\n').slice(0, -1);
  const steps = lines.map((line) => ({ kind: line.charAt(0), name: line.slice(1) }));
  if (known.size === most) known.clear();
  known.set(shape, steps);
  return steps;
}

/** Makes the object that was packed. */
export function unpack({ shape, numbers, others }: Packed): Record<string, unknown> {
  const outer: Record<string, unknown>[] = [];
  let object: Record<string, unknown> = {};
  let [place, other] = [0, 0];
  const next = (): number => numbers[place++] as number;
  const fill = <List extends Float64Array | Int32Array>(list: List): List => {
    for (let i = 0; i < list.length; ++i) list[i] = next();
    return list;
  };
  for (const { kind, name } of stepsOf(shape)) {
    if (kind === 'n') object[name] = next();
    else if (kind === 'b') object[name] = next() !== 0;
    else if (kind === 'v') object[name] = others[other++];
    else if (kind === 'f') object[name] = fill(new Float64Array(next()));
    else if (kind === 'i') object[name] = fill(new Int32Array(next()));
    else if (kind === '{') {
      outer.push(object);
      const inner = {};
      object[name] = inner;
      object = inner;
    } else object = outer.pop() as Record<string, unknown>;
  }
  return object;
}
