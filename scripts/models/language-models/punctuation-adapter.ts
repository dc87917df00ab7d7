/** The adapter of `npm run train:lora`. */
export const PUNCTUATION = {
  id: 'punctuation-1',
  base: 'HuggingFaceTB/SmolLM2-135M-Instruct',
  gguf: 'adapter.gguf',
} as const;
