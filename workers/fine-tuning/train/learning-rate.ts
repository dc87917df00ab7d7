/** Rises in a line to `peak` over `warmUp` (a share of all steps), then falls in a line to nothing. */
export function linearSchedule(peak: number, warmUp: number, steps: number): (step: number) => number {
  const rising = Math.max(1, Math.round(steps * warmUp));
  return (step) =>
    step < rising ? (peak * (step + 1)) / rising : (peak * (steps - step)) / (steps - rising);
}

/** One after the other, each over its own steps. */
export function oneAfterTheOther(
  schedules: readonly { readonly steps: number; readonly rate: (step: number) => number }[],
): (step: number) => number {
  return (step) => {
    let begun = 0;
    for (const { steps, rate } of schedules) {
      if (step < begun + steps) return rate(step - begun);
      begun += steps;
    }
    return 0;
  };
}

/** Smith and Topin, 2018: rises in a line to `peak` over `warmUp` (a share of all steps), falls along a cosine to nothing. */
export function oneCycle(peak: number, warmUp: number, steps: number): (step: number) => number {
  const rising = Math.max(1, Math.round(steps * warmUp));
  return (step) =>
    step < rising
      ? (peak * (step + 1)) / rising
      : (peak * (1 + Math.cos((Math.PI * (step + 1 - rising)) / (steps - rising)))) / 2;
}
