/** Folders of the models folder that gateways load. */
export const servedModelFolders = {
  sentiment: 'sentiment',
  images: 'image-classification',
  embeddings: 'text-embedding',
  texts: 'text-generation',
} as const;
