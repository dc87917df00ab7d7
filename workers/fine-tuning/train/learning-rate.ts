/** Rises in a line to `peak` over `warmUp` (a share of all steps), then falls in a line to nothing. */
export function linearSchedule(peak: number, warmUp: number, steps: number): (step: number) => number {
  const rising = Math.max(1, Math.round(steps * warmUp));
  return (step) =>
    step < rising ? (peak * (step + 1)) / rising : (peak * (steps - step)) / (steps - rising);
}

/** Smith and Topin, 2018: rises in a line to `peak` over `warmUp` (a share of all steps), falls along a cosine to nothing. */
export function oneCycle(peak: number, warmUp: number, steps: number): (step: number) => number {
  const rising = Math.max(1, Math.round(steps * warmUp));
  return (step) =>
    step < rising
      ? (peak * (step + 1)) / rising
      : (peak * (1 + Math.cos((Math.PI * (step + 1 - rising)) / (steps - rising)))) / 2;
}
