/** Browser-safe: the documents state the limits as they are enforced. */
export { explanationLimits, generationLimits, imageLimits, outboundLimits, requestLimits } from './limits.ts';
