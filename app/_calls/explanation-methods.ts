import type { PictureExplanationMethod } from '#server/domain/explanations/schema.ts';

export type PartsName = 'word' | 'cell';

/** As it stands in a list. */
export function methodName(method: PictureExplanationMethod, part: PartsName): string {
  if (method === 'occlusion') return `Leaving ${part}s out`;
  return { lime: 'LIME', shap: 'SHAP', 'grad-cam': 'Grad-CAM' }[method];
}
