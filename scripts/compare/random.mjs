// Numbers, vectors and matrices for the cases, the same in every run.

/** Uniform numbers in (0, 1) by the generator mulberry32, the same in every run. */
export function uniforms(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** Standard normal numbers, the same in every run. */
export function normals(seed) {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

export const vector = (length, entry) => Float64Array.from({ length }, (_, i) => entry(i));

export const matrix = (rows, columns, entry) => ({
  data: vector(rows * columns, (k) => entry(Math.floor(k / columns), k % columns)),
  rows,
  columns,
});

/** The product of a dense matrix and a vector. */
export function multiply({ data, rows, columns }, x) {
  return vector(rows, (i) => {
    let sum = 0;
    for (let j = 0; j < columns; ++j) sum += data[i * columns + j] * x[j];
    return sum;
  });
}

/** A^T A + diagonal I. */
export function gram({ data, rows, columns }, diagonal = 0) {
  return matrix(columns, columns, (i, j) => {
    let sum = i === j ? diagonal : 0;
    for (let k = 0; k < rows; ++k) sum += data[k * columns + i] * data[k * columns + j];
    return sum;
  });
}

/** A sparse matrix, by columns or by rows, of the entries of a dense one that are not 0. */
export function sparse({ data, rows, columns }, format) {
  const [outer, inner] = format === 'csc' ? [columns, rows] : [rows, columns];
  const [offsets, indices, values] = [[0], [], []];
  for (let o = 0; o < outer; ++o) {
    for (let k = 0; k < inner; ++k) {
      const value = format === 'csc' ? data[k * columns + o] : data[o * columns + k];
      if (value === 0) continue;
      indices.push(k);
      values.push(value);
    }
    offsets.push(values.length);
  }
  return {
    format,
    rows,
    columns,
    offsets: Int32Array.from(offsets),
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  };
}

/** A function that computes its value once. */
export function once(make) {
  let made;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A seed for a case of this name, so that cases beside it do not change it. */
export function seedOf(name) {
  let hash = 2166136261;
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619);
  return hash >>> 0;
}
