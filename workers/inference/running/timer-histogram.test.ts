import { Histogram, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { TimerHistogram } from './timer-histogram.ts';

it("writes what prom-client's own histogram writes", async () => {
  const ours = new Registry();
  const theirs = new Registry();
  const common = { name: 'stage_seconds', help: 'Time in a stage.' };
  const boundsSeconds = [0.001, 0.01, 0.1];
  const timer = new TimerHistogram({ ...common, labelName: 'stage', boundsSeconds, registers: [ours] });
  const histogram = new Histogram({
    ...common,
    labelNames: ['stage'],
    buckets: boundsSeconds,
    registers: [theirs],
  });
  for (const [stage, ms] of [
    ['admit', 0.5],
    ['admit', 1],
    ['admit', 10.5],
    ['settle', 5_000],
  ] as const) {
    timer.time(stage, ms);
    histogram.labels(stage).observe(ms / 1_000);
  }
  expect(await ours.metrics()).toBe(await theirs.metrics());
});
