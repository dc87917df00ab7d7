/** Browser-safe: the documents state the limits as they are enforced. */
export {
  apiKeyLimits,
  batchLimits,
  budgetLimits,
  embeddingLimits,
  explanationLimits,
  feedbackLimits,
  fileLimits,
  generationLimits,
  idempotencyLimits,
  imageLimits,
  outboundLimits,
  playgroundLimits,
  requestLimits,
  retention,
  usageLimits,
  webhookLimits,
} from './limits.ts';
