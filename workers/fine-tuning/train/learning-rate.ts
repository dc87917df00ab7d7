/** Rises in a line to `peak` over `warmUp` (a share of all steps), then falls in a line to nothing. */
export function linearSchedule(peak: number, warmUp: number, steps: number): (step: number) => number {
  const rising = Math.max(1, Math.round(steps * warmUp));
  return (step) =>
    step < rising ? (peak * (step + 1)) / rising : (peak * (steps - step)) / (steps - rising);
}
