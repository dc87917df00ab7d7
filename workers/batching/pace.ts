/** How fast the model works off what waits, as its last full batches say. */
export interface Pace {
  /** A batch that took all that it may. One that did not says nothing: it might have taken more in the same time. */
  note(items: number, ranMs: number): void;
  /** Until so many items are worked off. 0 before any full batch: nobody is refused on a guess. */
  msOf(items: number): number;
}

/** Of each batch, in the moving mean: a model that slows down is noticed within a few of them. */
const shareOfLast = 0.25;

export function createPace(parallelBatches: number): Pace {
  let msPerItem: number | undefined;
  return {
    note(items, ranMs) {
      const last = ranMs / items;
      msPerItem = msPerItem === undefined ? last : msPerItem + shareOfLast * (last - msPerItem);
    },
    msOf: (items) => (items * (msPerItem ?? 0)) / parallelBatches,
  };
}
