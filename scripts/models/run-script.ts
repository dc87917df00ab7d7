import { EvaluationError } from '#scripts/evaluate/evaluation-error.ts';
import { EngineError } from '#workers/fine-tuning/engine/engine.ts';
import { BytePairError } from '#workers/fine-tuning/tokenizer/train-byte-pairs.ts';
import { CheckpointError } from '#workers/fine-tuning/train/checkpoint.ts';
import { HubError } from '#workers/model-runtime/hub/hub-error.ts';
import { ModelRuntimeError } from '#workers/model-runtime/model-runtime.ts';
import { ModelFolderError } from '#workers/model-runtime/onnx/model-folder.ts';
import { ModelConfigError } from '#workers/model-zoo/config-fields.ts';
import { GgufError } from '#workers/model-zoo/gguf/gguf-error.ts';
import { SafetensorsError } from '#workers/model-zoo/safetensors.ts';
import { MissingBaseError } from './base-folder.ts';
import { MissingDataError } from './data-folder.ts';

const SAID = [
  MissingDataError,
  EvaluationError,
  MissingBaseError,
  EngineError,
  CheckpointError,
  GgufError,
  HubError,
  BytePairError,
  ModelFolderError,
  ModelConfigError,
  ModelRuntimeError,
  SafetensorsError,
];

/** What the reader can mend is said in a sentence; anything else keeps its stack. */
export async function runScript(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Error) || !SAID.some((kind) => error instanceof kind)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
