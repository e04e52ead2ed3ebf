// Results as the addon packs them: native/binding/packed_result.hpp.

/**
 * The number of the shape, and numbers, truth values as 0 and 1, values of enumerations, and short arrays behind their lengths; in an
 * array before all other values, if there are any.
 */
export type Packed = Float64Array | [numbers: Float64Array, ...others: unknown[]];

/** Knows shapes by their numbers. A shape has a line for each member: a letter that says what it is, its name, and further texts behind spaces. */
interface Shapes {
  shapeOf(number: number): string;
}

/** The members of an object, in order. */
interface Layout {
  members: Member[];
  /** An object that has them, all null. */
  empty: Record<string, unknown>;
}

interface Member {
  kind: string;
  name: string;
  /** The names of an enumeration by its values, or the text that this member always is. */
  names: string[];
  /** The members of a member that is an object, or those that a report may have. */
  inner: Layout | undefined;
}

/** Layouts by the numbers of shapes that were read before. */
const known = new WeakMap<Shapes, Layout[]>();

function layoutOf(number: number, shapes: Shapes): Layout {
  let layouts = known.get(shapes);
  if (!layouts) {
    layouts = [];
    known.set(shapes, layouts);
  }
  layouts[number] ??= readLayout(shapes.shapeOf(number).split('\n')[Symbol.iterator]());
  return layouts[number];
}

/** Reads up to the line that ends an object. */
function readLayout(lines: Iterator<string>): Layout {
  const members: Member[] = [];
  for (let next = lines.next(); !next.done && next.value !== '' && next.value !== '}'; next = lines.next()) {
    const kind = next.value.charAt(0);
    const [name = '', ...names] = next.value.slice(1).split(' ');
    members.push({ kind, name, names, inner: kind === '{' || kind === '[' ? readLayout(lines) : undefined });
  }
  return { members, empty: emptyWith(members.map(({ name }) => name)) };
}

/** An object of which copies are fast: V8 then knows that any of its members may be a number or something else. */
function emptyWith(names: readonly string[]): Record<string, unknown> {
  const made = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:0`).join()}}`);
  for (const name of names) made[name] = null;
  return made;
}

/** Makes the object that was packed by an addon. Longer than most: its steps share one place in the numbers. */
export function unpack(packed: Packed, shapes: Shapes): Record<string, unknown> {
  const others: readonly unknown[] = Array.isArray(packed) ? packed : [packed];
  const numbers = others[0] as Float64Array;
  let place = 0;
  let other = 1;
  const next = (): number => numbers[place++] as number;
  const filled = <List extends Float64Array | Int32Array>(list: List): List => {
    for (let i = 0; i < list.length; ++i) list[i] = next();
    return list;
  };
  /** Makes reports, plain objects, of columns. Column by column, since assigning one name over and over is fast. */
  const reports = ({ members, empty }: Layout): Record<string, unknown>[] => {
    const count = next();
    const made: Record<string, unknown>[] = [];
    // With all of its members from the start no report changes its form, unless some of them lack one.
    const whole = members.every(({ kind }) => kind !== kind.toUpperCase());
    for (let i = 0; i < count; ++i) made.push(whole ? { ...empty } : {});
    for (const { kind, name, names } of members) {
      const [type, partly] = kind === kind.toUpperCase() ? [kind.toLowerCase(), true] : [kind, false];
      const has = partly ? made.map(next) : undefined;
      for (let i = 0; i < count; ++i) {
        if (has?.[i] === 0) continue;
        const report = made[i] as Record<string, unknown>;
        if (type === 'n') report[name] = next();
        else if (type === 'b') report[name] = next() !== 0;
        else if (type === 'e') report[name] = names[next()];
        else report[name] = others[other++];
      }
    }
    return made;
  };
  const make = ({ members, empty }: Layout): Record<string, unknown> => {
    // V8 makes a hash table of an object to which more than a dozen members are added by computed names, and copying that is slow.
    const object = members.length > 12 ? { ...empty } : {};
    for (const { kind, name, names, inner } of members) {
      if (kind === 'n') object[name] = next();
      else if (kind === 'b') object[name] = next() !== 0;
      else if (kind === 'e') object[name] = names[next()];
      else if (kind === 'c') object[name] = names[0];
      else if (kind === 'v') object[name] = others[other++];
      else if (kind === 'f') object[name] = filled(new Float64Array(next()));
      else if (kind === 'i') object[name] = filled(new Int32Array(next()));
      else if (kind === '[') object[name] = reports(inner as Layout);
      else object[name] = make(inner as Layout);
    }
    return object;
  };
  return make(layoutOf(next(), shapes));
}
