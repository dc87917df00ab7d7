/** Browser-safe: the documents state the limits as they are enforced. */
export {
  batchLimits,
  explanationLimits,
  fileLimits,
  generationLimits,
  idempotencyLimits,
  imageLimits,
  outboundLimits,
  requestLimits,
  usageLimits,
} from './limits.ts';
