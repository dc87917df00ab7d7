export interface Progress {
  readonly step: number; // from 1
  readonly steps: number;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly examples: number; // of this step
  readonly stepMs: number;
}

/** Sums steps up and gives a line every `everySteps`: loss, examples a second, estimated finish. */
export function progressLines(everySteps: number, now: () => Date = () => new Date()) {
  let sum = { steps: 0, loss: 0, examples: 0, ms: 0 };
  return (progress: Progress): string | undefined => {
    sum = {
      steps: sum.steps + 1,
      loss: sum.loss + progress.loss,
      examples: sum.examples + progress.examples,
      ms: sum.ms + progress.stepMs,
    };
    if (progress.step % everySteps !== 0 && progress.step !== progress.steps) return undefined;
    const { steps, loss, examples, ms } = sum;
    sum = { steps: 0, loss: 0, examples: 0, ms: 0 };
    const leftMs = ((progress.steps - progress.step) * ms) / steps;
    const finish = new Date(now().getTime() + leftMs).toISOString().slice(0, 16).replace('T', ' ');
    const examplesPerS = ((examples * 1000) / ms).toFixed(0);
    return (
      `step ${progress.step}/${progress.steps}, loss ${(loss / steps).toFixed(4)}, ` +
      `${examplesPerS} examples/s, finish about ${finish} UTC`
    );
  };
}
