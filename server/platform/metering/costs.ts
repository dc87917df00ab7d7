import { type Cost, latencyBoundsMs } from '#server/domain/usage/metering.ts';

/** They differ in nothing but their units, prices and times. */
export function isOfOneKind(one: Cost, other: Cost): boolean {
  return (
    one.task === other.task &&
    one.modelVersion === other.modelVersion &&
    one.statusClass === other.statusClass &&
    one.unit === other.unit &&
    one.priceVersion === other.priceVersion
  );
}

export function sumUp(costs: readonly Cost[]) {
  const latencyCounts = Array.from({ length: latencyBoundsMs.length + 1 }, () => 0);
  let [inputs, outputs, microUsd, greatestUnits] = [0, 0, 0, 0];
  let firstId: string | null = null;
  let lastId: string | null = null;
  for (const { requestId, inputUnits, outputUnits, priceMicroUsd, latencyMs } of costs) {
    inputs += inputUnits;
    outputs += outputUnits;
    microUsd += priceMicroUsd;
    greatestUnits = Math.max(greatestUnits, inputUnits + outputUnits);
    // UUIDv7: in the order of their times.
    if (firstId === null || requestId < firstId) firstId = requestId;
    if (lastId === null || requestId > lastId) lastId = requestId;
    const within = latencyBoundsMs.findIndex((bound) => latencyMs <= bound);
    const bucket = within < 0 ? latencyBoundsMs.length : within;
    latencyCounts[bucket] = (latencyCounts[bucket] ?? 0) + 1;
  }
  return { inputs, outputs, microUsd, greatestUnits, latencyCounts, firstId, lastId };
}
