/** How far a model's confidence can be trusted, measured on rows kept out of its training. */
export interface Calibration {
  /** Logits are divided by it. */
  readonly temperature: number;
  /** By confidence, ascending; the last one reaches to 1. */
  readonly bins: readonly CalibrationBin[];
}

export interface CalibrationBin {
  /** Answers of this confidence and below, down to the bin before. */
  readonly upTo: number;
  /** Share of them that was right, with its 90 % interval, and how many there were. */
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

export class CalibrationError extends Error {
  override readonly name = 'CalibrationError';
}

export function parseCalibration(json: Record<string, unknown>): Calibration {
  const { temperature, bins } = json;
  if (typeof temperature !== 'number' || !(temperature > 0) || !Number.isFinite(temperature)) {
    throw new CalibrationError('calibration.json: temperature is no positive number.');
  }
  if (!Array.isArray(bins) || bins.length === 0 || !bins.every(isBin)) {
    throw new CalibrationError('calibration.json: bins are not of {upTo, accuracy, low, high, n}.');
  }
  const limits = (bins as CalibrationBin[]).map(({ upTo }) => upTo);
  if (limits.some((upTo, index) => upTo <= (limits[index - 1] ?? -1)) || limits.at(-1) !== 1) {
    throw new CalibrationError('calibration.json: bins do not ascend to 1.');
  }
  return { temperature, bins };
}

function isBin(value: unknown): value is CalibrationBin {
  if (typeof value !== 'object' || value === null) return false;
  const { upTo, accuracy, low, high, n } = value as Record<string, unknown>;
  return (
    [upTo, accuracy, low, high].every((share) => typeof share === 'number' && share >= 0 && share <= 1) &&
    typeof n === 'number' &&
    n > 0
  );
}

/** Calibrated probabilities of one row of logits. */
export function probabilities(logits: ArrayLike<number>, temperature: number): number[] {
  const scaled = Array.from(logits, (logit) => logit / temperature);
  const largest = Math.max(...scaled);
  const exponentials = scaled.map((logit) => Math.exp(logit - largest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

export function intervalOf(
  calibration: Calibration,
  confidence: number,
): readonly [low: number, high: number] {
  const bin = calibration.bins.find(({ upTo }) => confidence <= upTo) ?? calibration.bins.at(-1);
  return bin ? [bin.low, bin.high] : [0, 1];
}
