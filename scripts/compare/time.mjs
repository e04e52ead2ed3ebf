// Times of cases on both sides in turn.

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Times each solve of a part in turn on both sides. Short ones are repeated, so that each turn takes some 20 ms. */
export async function timePart(part, sides, solves, rounds) {
  const good = solves.filter(({ failed }) => !failed);
  const times = good.map(() => sides.map(() => ({ seconds: [], walls: [], processor: [] })));
  for (let round = 0; round < rounds; ++round) {
    for (const [k, { name, answers }] of good.entries()) {
      const repeats = Math.min(20, Math.max(1, Math.ceil(0.02 / answers[0].wall)));
      for (const side of (round + k) % 2 === 0 ? [0, 1] : [1, 0]) {
        const { seconds, walls, processor } = await sides[side].time(part, name, repeats);
        times[k][side].seconds.push(...seconds);
        times[k][side].processor.push(processor);
        times[k][side].walls.push(...walls);
      }
    }
  }
  for (const [k, solve] of good.entries()) {
    const [before, after] = times[k].map(({ seconds, walls, processor }) => ({
      wall: median(walls),
      processor: median(processor),
      ...(seconds.length > 0 && { seconds: median(seconds) }),
    }));
    solve.time = { before, after };
  }
}
