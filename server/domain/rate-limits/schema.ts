/** Browser-safe: the documents state the limits as they are enforced. */
export { requestLimits } from './limits.ts';
