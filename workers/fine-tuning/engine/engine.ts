export type EngineName = 'tfjs-node-gpu' | 'tfjs-node' | 'wasm';

/** What trains: logged, shown, and written on each job and card. */
export interface Engine {
  readonly name: EngineName;
  /** Of TensorFlow.js. */
  readonly tfjsVersion: string;
  /** Of the native library; null on WebAssembly. */
  readonly tensorflowVersion: string | null;
  readonly usesGpu: boolean;
  /** The processor's or the GPU's name. */
  readonly device: string;
}

/** `auto`: the fastest that is there. `native`: TensorFlow itself, with a GPU or without. */
export const WANTED_ENGINES = ['auto', 'gpu', 'native', 'wasm'] as const;
export type WantedEngine = (typeof WANTED_ENGINES)[number];

/** Its message says what to install. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

/** Reads the variable ENGINE. */
export function wantedEngine(value: string | undefined): WantedEngine {
  const wanted = WANTED_ENGINES.find((name) => name === (value || 'auto'));
  if (wanted) return wanted;
  throw new EngineError(`ENGINE is ${JSON.stringify(value)}; it is one of ${WANTED_ENGINES.join(', ')}.`);
}

export function describeEngine({ name, tfjsVersion, tensorflowVersion, device }: Engine): string {
  const native = tensorflowVersion ? ` on TensorFlow ${tensorflowVersion}` : '';
  return `${name}, TensorFlow.js ${tfjsVersion}${native}, ${device}`;
}
