/** In the order in which the API's description names them. */
export const textExplanationMethods = ['occlusion', 'lime', 'shap'] as const;
export const pictureExplanationMethods = [...textExplanationMethods, 'grad-cam'] as const;

export type TextExplanationMethod = (typeof textExplanationMethods)[number];
export type PictureExplanationMethod = (typeof pictureExplanationMethods)[number];
