/** Browser-safe: the documents state the limits as they are enforced. */
export { explanationLimits, requestLimits } from './limits.ts';
