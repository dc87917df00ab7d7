/** Browser-safe: the documents state the limits as they are enforced. */
export {
  explanationLimits,
  generationLimits,
  idempotencyLimits,
  imageLimits,
  outboundLimits,
  requestLimits,
  retention,
  usageLimits,
  webhookLimits,
} from './limits.ts';
