import type { LearnedDag } from '../src/report/dag.js';
import type { ChartOptions } from '../src/report/frame.js';

/** A chart of a picture. Names, width and legend come from the picture. */
export type Panel = Omit<ChartOptions, 'name' | 'x' | 'y' | 'width' | 'plain'> & { x?: string; y?: string };

/** A directed graph instead of a chart. */
export type GraphPanel = { graph: LearnedDag; heading?: string; height?: number };

/** A picture of one chart, whose members stand in it, or of several side by side. */
export type Picture = {
  title: string;
  /** A line below the title, or several. */
  subtitle?: string | readonly string[];
  /** Default: 720 pixels, which pages have. */
  width?: number;
} & (Panel | GraphPanel | { charts: readonly (Panel | GraphPanel)[]; columns?: number });

/** Draws a picture and writes it as an SVG file. */
export function writeChart(path: string, picture: Picture): Promise<void>;
