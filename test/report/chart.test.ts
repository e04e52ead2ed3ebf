// Parts of charts that pictures of the documentation have: bars side by side, matrices, axes that fall, texts below ticks.
import { describe, expect, it } from 'vitest';
import { chart } from '../../src/report/chart.js';
import type { ChartOptions } from '../../src/report/frame.js';

const drawn = (options: Partial<ChartOptions>): string =>
  chart({ name: 'n', x: '', y: '', series: [], ...options }) ?? '';
const numbers = (svg: string, attribute: string): number[] =>
  Array.from(svg.matchAll(new RegExp(` ${attribute}="([-\\d.]+)"`, 'g')), ([, value]) => Number(value));

describe('charts', () => {
  it('have bars of several series side by side, with their numbers', () => {
    const bars = (name: string, y: number[], colour: number) => ({ name, as: 'bars' as const, x: [0, 1], y, colour });
    const svg = drawn({ series: [bars('a', [1, 2], 1), bars('b', [3, 4.25], 2)], labelled: true, plain: true });
    const rects = svg.match(/<rect [^>]*>/g) ?? [];
    const lefts = numbers(rects.join(), 'x');
    const [wide = 0] = numbers(rects.join(), 'width');
    expect(lefts.length).toBe(4);
    // The bars of a place touch, and those of a series are as far from one another as the places.
    expect((lefts[2] as number) - (lefts[0] as number)).toBeCloseTo(wide, 0);
    expect(Array.from(svg.matchAll(/class="number">([^<]*)</g), ([, said]) => said)).toEqual(['1', '2', '3', '4.25']);
  });

  it('have bars in the middle of their places, however wide', () => {
    const svg = drawn({ series: [{ name: 'a', as: 'bars', x: [0, 1], y: [1, 2], colour: 1 }], plain: true });
    const rect = svg.match(/<rect [^>]*>/)?.[0] ?? '';
    const middle = (numbers(rect, 'x')[0] as number) + (numbers(rect, 'width')[0] as number) / 2;
    expect(middle).toBeCloseTo(numbers(svg.match(/<line class="tick"[^>]*>/)?.[0] ?? '', 'x1')[0] as number, 1);
  });

  it('have numbers that fall from left to right', () => {
    const series = [{ name: 'a', as: 'points' as const, x: [1, 2, 3], y: [1, 1, 2], colour: 1 }];
    const rising = numbers(drawn({ series, plain: true }), 'cx');
    const falling = numbers(drawn({ series, plain: true, falling: true }), 'cx');
    expect(rising).toEqual(rising.toSorted((a, b) => a - b));
    expect(falling).toEqual(rising.toReversed());
  });

  it('have lines that keep their height, with circles at their points', () => {
    const svg = drawn({
      series: [{ name: 'a', as: 'line', step: true, dots: true, x: [0, 1, 2], y: [1, 3, 2], colour: 1 }],
      plain: true,
    });
    const path = svg.match(/<path class="line" d="([^"]*)"/)?.[1] ?? '';
    expect(path.replaceAll(/[-\d. ]+/g, '')).toBe('MHLHL');
    expect(svg.match(/<circle/g)?.length).toBe(3);
  });

  it('have shades between heights, which stay the same up to the next place', () => {
    const series = [{ name: 'a', as: 'line' as const, step: true, x: [0, 1, 2], y: [0, 4, 4], colour: 1 }];
    const shade = { x: [0, 1, 2], low: [0, 1, 1], high: [4, 4, 3], colour: 2, step: true };
    const corners = (svg: string) =>
      (svg.match(/<path class="shade c2" d="M([^"]*)Z"/)?.[1] ?? '').split('L').map((at) => at.split(' ').map(Number));
    const drawnOnes = corners(drawn({ series, shades: [shade], plain: true, width: 400, height: 276 }));
    // 62 to 378 along x, 230 to 30 along y.
    const [x, y] = [(at: number) => 62 + 158 * at, (height: number) => 230 - 50 * height];
    const above = [4, 4, 4, 4, 3].map((height, k) => [x([0, 1, 1, 2, 2][k] as number), y(height)]);
    const below = [1, 1, 1, 0, 0].map((height, k) => [x([2, 2, 1, 1, 0][k] as number), y(height)]);
    expect(drawnOnes).toEqual([...above, ...below]);
    const holes = { ...shade, low: [0, Number.NaN, 1] };
    expect(corners(drawn({ series, shades: [holes], plain: true }))).toHaveLength(6);
    expect(drawn({ series, shades: [{ ...shade, low: [Number.NaN, 1, Number.NaN] }], plain: true })).not.toContain(
      'shade',
    );
  });

  it('have a matrix between its ends, the first row below', () => {
    const svg = drawn({ field: { values: [1, -1, 0, 0], rows: 2, columns: 2, x: [0, 2], y: [0, 2] }, width: 400 });
    expect(svg).toMatch(/<image x="62" y="30" [^>]*href="data:image\/png;base64,/);
  });

  it('have all texts below ticks, in lines, and numbers that do not overlap', () => {
    const y = [1, 2, 3];
    const texts = drawn({
      series: [{ name: 'a', as: 'bars', x: [0, 1, 2], y, colour: 1 }],
      ...{ xTicks: ['one standard error', 'minimum', 'EBIC'], width: 300 },
    });
    expect(texts).toMatch(/>one<\/text><text [^>]*>standard<\/text><text [^>]*>error<\/text>/);
    const xTicks = [1, 10, 100, 110, 120, 1000];
    const some = drawn({ series: [{ name: 'a', as: 'line', x: xTicks, y: xTicks, colour: 1 }], xTicks, logX: true });
    expect(some).toContain('>100</text>');
    expect(some).not.toContain('>110</text>');
  });

  it('have no picture where no number can be drawn', () => {
    expect(chart({ name: 'n', x: '', y: '', series: [] })).toBeUndefined();
  });
});
