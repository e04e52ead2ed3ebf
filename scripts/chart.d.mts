/** Draws a Vega-Lite specification, without `$schema` and `config`, and writes it as SVG. */
export function writeChart(path: string, specification: object): Promise<void>;
