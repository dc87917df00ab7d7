/**
 * Who is next, fairly at two levels: lanes (a lane is a workspace) take turns, by weight, and inside a lane its jobs
 * (a job is a request with its items) take turns, so a request of 256 texts delays a request of one by one item.
 */
export interface FairQueue<Item> {
  add(job: Job<Item>): void;
  /** Takes what has not been taken of a job out of the queue. */
  remove(job: Job<Item>): void;
  /** The next item, without taking it. */
  peek(): Turn<Item> | undefined;
  /** Takes what `peek` gave, and passes the turn on. */
  take(turn: Turn<Item>): void;
  readonly waitingItems: number;
  /** Of one lane. */
  waitingItemsOf(lane: string): number;
  /** Items of others that are taken before the last of so many that a lane would add now, if nothing more came. */
  itemsBefore(lane: string, items: number): number;
}

export interface Job<Item> {
  readonly lane: string;
  /** Items that the lane may take in one turn; 1 unless the workspace has bought a greater share. */
  readonly share: number;
  readonly items: readonly Item[];
}

export interface Turn<Item> {
  readonly job: Job<Item>;
  readonly index: number;
  readonly item: Item;
}

interface Waiting<Item> {
  readonly job: Job<Item>;
  next: number;
}

interface Lane<Item> {
  readonly name: string;
  jobs: Waiting<Item>[];
  takenThisTurn: number;
}

export function createFairQueue<Item>(): FairQueue<Item> {
  const byName = new Map<string, Lane<Item>>();
  let turns: Lane<Item>[] = [];
  let waitingItems = 0;

  function add(job: Job<Item>) {
    if (job.items.length === 0) return;
    waitingItems += job.items.length;
    const lane = byName.get(job.lane);
    if (lane) {
      lane.jobs.push({ job, next: 0 });
      return;
    }
    const added = { name: job.lane, jobs: [{ job, next: 0 }], takenThisTurn: 0 };
    byName.set(job.lane, added);
    turns.push(added);
  }

  function remove(job: Job<Item>) {
    const lane = byName.get(job.lane);
    const waiting = lane?.jobs.find((candidate) => candidate.job === job);
    if (!lane || !waiting) return;
    waitingItems -= job.items.length - waiting.next;
    lane.jobs = lane.jobs.filter((candidate) => candidate !== waiting);
    if (lane.jobs.length === 0) dropLane(lane);
  }

  function peek(): Turn<Item> | undefined {
    const waiting = turns[0]?.jobs[0];
    if (!waiting) return undefined;
    const item = waiting.job.items[waiting.next];
    if (item === undefined) throw new Error('A job without items is queued.');
    return { job: waiting.job, index: waiting.next, item };
  }

  function take(turn: Turn<Item>) {
    const lane = turns[0];
    const waiting = lane?.jobs[0];
    if (!lane || waiting?.job !== turn.job) throw new Error('Only the item whose turn it is can be taken.');
    waitingItems--;
    waiting.next++;
    lane.jobs.shift();
    if (waiting.next < waiting.job.items.length) lane.jobs.push(waiting);
    if (lane.jobs.length === 0) {
      dropLane(lane);
      return;
    }
    lane.takenThisTurn++;
    if (lane.takenThisTurn < turn.job.share) return;
    lane.takenThisTurn = 0;
    turns.shift();
    turns.push(lane);
  }

  const left = ({ job, next }: Waiting<Item>) => job.items.length - next;

  function waitingItemsOf(name: string): number {
    return byName.get(name)?.jobs.reduce((sum, waiting) => sum + left(waiting), 0) ?? 0;
  }

  /** By turns: a job waits for no more items of each other than it has itself, and so does a lane. */
  function itemsBefore(name: string, items: number): number {
    const own = byName.get(name);
    const ofOwn = own?.jobs.reduce((sum, waiting) => sum + Math.min(left(waiting), items), 0) ?? 0;
    const turnsMax = ofOwn + items;
    const ofOthers = turns
      .filter((lane) => lane !== own)
      .map((lane) => sumUpTo(lane.jobs, left, turnsMax))
      .reduce((sum, taken) => sum + taken, 0);
    return ofOwn + ofOthers;
  }

  function dropLane(lane: Lane<Item>) {
    byName.delete(lane.name);
    turns = turns.filter((candidate) => candidate !== lane);
  }

  return {
    add,
    remove,
    peek,
    take,
    get waitingItems() {
      return waitingItems;
    },
    waitingItemsOf,
    itemsBefore,
  };
}

/** Goes through no more of them than it takes to come to `max`. */
function sumUpTo<One>(ones: readonly One[], of: (one: One) => number, max: number): number {
  let sum = 0;
  for (const one of ones) {
    sum += of(one);
    if (sum >= max) return max;
  }
  return sum;
}
