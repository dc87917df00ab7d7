/** A plan is worked out once a request: its cost, its runs and its answer all follow from it. */
export function planOnce<Request extends object, Plan>(
  makePlan: (request: Request) => Plan,
): (request: Request) => Plan {
  const plans = new WeakMap<Request, Plan>();
  return (request) => {
    const known = plans.get(request);
    if (known) return known;
    const plan = makePlan(request);
    plans.set(request, plan);
    return plan;
  };
}
