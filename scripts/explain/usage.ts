export const TEXT_METHODS = ['gradient-x-input', 'attention'] as const;
export const PICTURE_METHODS = ['grad-cam', 'occlusion', 'lime', 'shap'] as const;

export const USAGE = `npm run explain -- MODEL TEXT [--method gradient-x-input | attention] [--label NAME]
npm run explain -- MODEL PICTURE [--method grad-cam | occlusion | lime | shap] [--label NAME] [--out FILE]
                   [--grid 7] [--samples 256] [--seed 0]

MODEL    a folder with its weights (model.safetensors), or the name of one in workers/models: a BERT classifier, as
         train:sentiment writes it, or an image classifier (image-classification)
--method gradient-x-input: what each token does for the label's logit, to first order (the default for texts)
         attention: where the first token's state comes from; a view of the model, not an explanation
         grad-cam: what the last features do for the label's logit, place by place (the default for pictures)
         occlusion, lime, shap: by taking cells of a grid out, as POST /v1/explanations does
--label  the most probable one when left out
--out    the heat map of a picture, as a PNG with alpha

Of texts, occlusion, LIME and SHAP need no weights: POST /v1/explanations.`;

/** Its message says how the command is used. */
export class UsageError extends Error {}

export interface ExplainOptions {
  readonly method: string | undefined;
  readonly label: string | undefined;
}

export interface ExplainPictureOptions extends ExplainOptions {
  readonly out: string | undefined;
  readonly grid: number;
  readonly samples: number;
  readonly seed: number;
}
