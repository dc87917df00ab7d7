export interface CountedPair {
  readonly pair: number;
  readonly count: number;
}

export interface PairHeap {
  push(entry: CountedPair): void;
  /** The most frequent; of equally frequent ones the pair with the lowest numbers. */
  pop(): CountedPair | undefined;
}

export function createPairHeap(): PairHeap {
  const entries: CountedPair[] = [];
  const at = (index: number) => entries[index] as CountedPair;
  const swap = (one: number, other: number) => {
    const held = at(one);
    entries[one] = at(other);
    entries[other] = held;
  };
  return {
    push(entry) {
      let index = entries.push(entry) - 1;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (!isBefore(at(index), at(parent))) break;
        swap(index, parent);
        index = parent;
      }
    },
    pop() {
      const [first] = entries;
      const last = entries.pop();
      if (last === undefined || entries.length === 0) return first;
      entries[0] = last;
      let index = 0;
      for (;;) {
        let least = index;
        for (const child of [2 * index + 1, 2 * index + 2]) {
          if (child < entries.length && isBefore(at(child), at(least))) least = child;
        }
        if (least === index) return first;
        swap(index, least);
        index = least;
      }
    },
  };
}

function isBefore(one: CountedPair, other: CountedPair): boolean {
  return one.count > other.count || (one.count === other.count && one.pair < other.pair);
}
