/** Browser-safe: the documents state the limits as they are enforced. */
export {
  apiKeyLimits,
  explanationLimits,
  generationLimits,
  idempotencyLimits,
  imageLimits,
  outboundLimits,
  requestLimits,
  usageLimits,
} from './limits.ts';
