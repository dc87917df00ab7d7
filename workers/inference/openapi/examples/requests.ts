/** A picture of one pixel, in PNG. */
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const chat = {
  messages: [{ role: 'user', content: 'What is the capital of France?' }],
  max_tokens: 24,
  temperature: 0,
};
const completion = { prompt: 'Once upon a time', max_tokens: 16, temperature: 0 };
const inputs = { inputs: 'Once upon a time', parameters: { max_new_tokens: 16 } };

/**
 * What the description of the API shows as the body of each operation that takes JSON, by operationId. A test sends every one
 * to a running server and compares what comes back with `answers.json`. Ids are placeholders, for which it puts its own.
 */
export const exampleRequests: Readonly<Record<string, object>> = {
  createSentiment: { input: ['The film was a delight.', 'I waited an hour for cold soup.'] },
  createExplanation: { input: 'The plot is thin but the acting is wonderful.', method: 'occlusion' },
  classifyImages: { input: { base64: pixel }, top_k: 3 },
  createEmbeddings: { input: 'Where is my parcel?' },
  textClassification: { inputs: 'The film was a delight.' },
  imageClassification: { inputs: pixel, parameters: { top_k: 3 } },
  featureExtraction: { inputs: pixel },
  textFeatures: { inputs: 'Where is my parcel?' },
  textFeatureExtraction: { inputs: 'Where is my parcel?' },
  generateText: completion,
  createChatCompletion: chat,
  createCompletion: completion,
  textGeneration: inputs,
  createModelChatCompletion: chat,
  createModelCompletion: completion,
  compatGenerate: inputs,
  generate: inputs,
  generateStream: inputs,
  createFeedback: { request_id: 'req_019ab0f2c4d17a7e8f3b5c6d7e8f9a0b', label: 'negative' },
  createBatch: {
    input_file_id: 'file-5f3c9a0b1d2e4f6a7b8c9d0e',
    endpoint: '/v1/sentiment',
    completion_window: '24h',
  },
};
