import { ModelRuntimeError } from '../model-runtime.ts';
import type { RuntimeLogger } from '../onnx/runtime-logger.ts';
import type { TextGenerator } from '../text-generator.ts';

export interface LoadTextGeneratorOptions {
  readonly folder: string;
  readonly threads: number;
  readonly logger: RuntimeLogger;
  /** The file that a compute process begins with. */
  readonly entry: URL;
}

export async function loadTextGenerator({ folder }: LoadTextGeneratorOptions): Promise<TextGenerator> {
  throw new ModelRuntimeError(`No engine here loads ${folder}.`);
}
