// The parts of a picture of a fitted curve: it gives them, and a page about it draws them.

export interface Prediction {
  /** Values of the curve. */
  values: Float64Array;
  /** Ends of the intervals, where they were asked for. */
  lower?: Float64Array;
  upper?: Float64Array;
}

/** A curve between data, as it is drawn. */
export interface CurveDrawing {
  /** The columns of x by their names, or x. */
  columns: Record<string, Float64Array>;
  /** The measured numbers. */
  y: Float64Array;
  /** The curve where x is one column of numbers: at places between the least and the largest, with intervals where the fit has errors. */
  curve?: { x: Float64Array; confidence: Prediction; prediction?: Prediction };
}

/** A parameter along which the sum of squares was minimised over the others. */
export interface Profile {
  /** The name of the parameter. */
  name: string;
  /** Values of the parameter, increasing; the estimate is among them. */
  values: Float64Array;
  /** How much the sum of squares has grown: the root of the growth over s, with the sign of value - estimate. A line where the problem is linear. */
  t: Float64Array;
}
