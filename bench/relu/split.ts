/** Rows to train on and rows to test on, with the runs of other methods, as bench/relu/scores.py answers. */
export interface Split<Run> {
  x: number[][];
  y: number[];
  xTest: number[][];
  yTest: number[];
  runs: Record<string, Run>;
}
