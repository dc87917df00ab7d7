import type {
  ImageAnswer,
  ImageClass,
  ImageClassification,
  ImageClassifier,
  ImageInput,
  ImageQuestion,
  MaskedImageInput,
  MaskedImageScore,
  SeeImageInput,
  SeenImage,
} from '#workers/model-runtime/model-runtime.ts';
import type { GatewayMetrics } from './metrics.ts';
import { serveModel } from './serve-model.ts';
import type { ServedModel } from './served-model.ts';

export type ExplainedImageItem = SeeImageInput | MaskedImageInput;
export type ExplainedImageOutput = SeenImage | MaskedImageScore;

export interface ServedImages {
  readonly classified: ServedModel<ImageInput, ImageClassification>;
  readonly explained: ServedModel<ExplainedImageItem, ExplainedImageOutput> & {
    readonly classes: readonly ImageClass[];
  };
}

/**
 * One queue for every kind of question, so that a run of the model weighs the same whatever it is for. A question is
 * answered by its kind, so whoever asks questions of one kind alone may take the answers for theirs.
 */
export function serveImages(runtime: ImageClassifier, metrics: GatewayMetrics): ServedImages {
  const served = serveModel<ImageQuestion, ImageAnswer>(runtime, () => 1, metrics);
  return {
    classified: served as ServedModel<ImageInput, ImageClassification>,
    explained: {
      ...(served as ServedModel<ExplainedImageItem, ExplainedImageOutput>),
      classes: runtime.classes,
    },
  };
}
