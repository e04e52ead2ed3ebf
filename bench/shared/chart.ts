// Parts that the pictures of the benchmarks share.

/** An axis of decades, with lines and labels at the powers of ten alone. */
export function logAxis(title: string): object {
  const values = Array.from({ length: 14 }, (_, i) => Number(`1e${i - 9}`));
  const labelExpr =
    "datum.value >= 0.001 && datum.value <= 1000 ? format(datum.value, '~g') : format(datum.value, '.0e')";
  return { title, values, labelExpr, grid: true, domain: false, ticks: false, labelPadding: 6 };
}
