// Draws the pictures again whose data the benchmarks have recorded, with the date of the records. Those of races along time
// (fractional-recovery, fractional-ica, relu-gap) and of ranks (scale-ranks) need their benchmarks.
//
//   npm run bench -- shared/pictures
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartGrowth } from '../fractional/charts.js';
import { chartBounds, chartControl, chartInner, chartSmall } from '../nlp/charts.js';
import { chartRefinement, chartScaling } from '../relu/charts.js';
import { root } from './native.js';
import type { Environment } from './report.js';

const recorded = (name: string) => JSON.parse(readFileSync(join(root, `bench/${name}.json`), 'utf8'));
const image = (name: string): string => join(root, `docs/images/${name}.svg`);
const machine = ({ cpu, date }: Environment, how: string): string => `${how}; ${cpu}, ${date}`;

const fractional = recorded('fractional/results');
await chartGrowth(image('fractional-scaling'), fractional.growth, machine(fractional.environment, 'one thread'));

const { small, controls, environment } = recorded('nlp/results');
const where = machine(environment, 'one thread');
await chartSmall(image('newton-small'), small, small, where);
const ones = controls.map(({ side, pairs }: { side: number; pairs: object[] }) => ({ side, pair: pairs[1] }));
await chartControl(image('newton-control'), ones, where);

const inner = recorded('nlp/inner.results');
const square = inner.runs.filter(({ rows, columns }: { rows: number; columns: number }) => rows === 40 * columns);
await chartInner(image('newton-inner'), square, machine(inner.environment, 'two threads'));

const bounds = recorded('nlp/bounds.results');
await chartBounds(image('nlp-bounds'), bounds.runs, bounds.environment);

const relu = recorded('relu/results');
await chartScaling(image('relu-scaling'), relu.scaling, machine(relu.environment, 'two threads'));

const refined = recorded('relu/refine.results');
await chartRefinement(image('relu-refine'), refined.runs, machine(refined.environment, 'one run each, two threads'));
