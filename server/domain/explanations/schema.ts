/** Browser-safe: what an explanation can be asked by, and how often the model runs for it. */
export { countTextParts } from './count-text-parts.ts';
export { explanationRuns } from './explanation-runs.ts';
export {
  type PictureExplanationMethod,
  pictureExplanationMethods,
  type TextExplanationMethod,
  textExplanationMethods,
} from './methods.ts';
