/** Browser-safe: what is sold and what it costs, for the pages that say so. */
export { alertPercents, type Budget, budgetSchema } from './budget.ts';
export { type Plan, type PlanId, planOf, plans } from './plans.ts';
export { priceMicroUsd, prices } from './prices.ts';
