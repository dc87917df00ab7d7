import type { AdmitRequest, Assumed, RateWindows } from '#server/domain/usage/metering.ts';

/**
 * Of keys that were let through a moment ago: which requests may run before the database is asked. Nothing depends on it
 * but whether a model may have run in vain, since the database decides over each of them before its answer leaves.
 */
export interface Assumptions {
  /** The workspace of a request that may run; it is under way until `end`. Null: it has to ask first. */
  begin(request: AdmitRequest): string | null;
  end(assumed: Assumed): void;
  /** Requests between the two, of all keys. */
  readonly underWay: number;
  /** The database has let it through. `places`: how many more may be under way at the same time; left out: not known. */
  learn(request: AdmitRequest, found: Learned): void;
  /** The database did not let requests of the key through in the short way: for a while they ask first. */
  doubt(keyId: string): void;
  /** So do all keys. */
  doubtAll(): void;
}

export interface Learned {
  readonly workspaceId: string;
  readonly windows: RateWindows;
  readonly places?: number;
}

interface KnownKey {
  readonly workspaceId: string;
  readonly keyHash: Buffer;
  /** What of it was let through: scope, model and origin. */
  readonly likes: Set<string>;
  untilMs: number;
  left: Left;
}

interface Left {
  readonly places: number;
  readonly requests: number;
  readonly units: number;
}

/** How long what was learned is taken for true, and how long a doubt lasts. */
const knownMs = 60_000;
const doubtMs = 10_000;
/** A workspace of which more come than may run so: all of them ask, since calls of both ways would wait for one another's locks. */
const crowdedMs = 1_000;
/**
 * What of a workspace is under way without having been counted is never more than this part of what was left: so eight gateways together
 * can't go beyond a limit of concurrency, and a window that runs dry has been asked about before.
 */
const shareOfLeft = 8;
/** Each costs its part of the call that settles them all, which is not to become long. */
const workspacesUnderWayMax = 64;
const keysMax = 10_000;
const likesMax = 64;

export function createAssumptions(nowMs: () => number = () => performance.now()): Assumptions {
  const keys = new Map<string, KnownKey>();
  const doubts = new Map<string, number>();
  const underWay = new Map<string, { requests: number; units: number }>();
  const crowded = new Map<string, number>();
  let requestsUnderWay = 0;
  let allDoubtedUntilMs = 0;

  return {
    begin(request) {
      const now = nowMs();
      const key = keys.get(request.keyId);
      if (!key || key.untilMs <= now || !key.keyHash.equals(request.keyHash)) return null;
      if (!key.likes.has(likeOf(request))) return null;
      const { workspaceId, left } = key;
      if (now < (crowded.get(workspaceId) ?? 0)) return null;
      const known = underWay.get(workspaceId);
      const requests = (known?.requests ?? 0) + 1;
      const units = (known?.units ?? 0) + request.unitsMax;
      const isCrowded =
        requests * shareOfLeft > Math.min(left.places, left.requests) || units * shareOfLeft > left.units;
      if (isCrowded || (!known && underWay.size >= workspacesUnderWayMax)) {
        bound(crowded);
        crowded.set(workspaceId, now + crowdedMs);
        return null;
      }
      underWay.set(workspaceId, { requests, units });
      requestsUnderWay++;
      return workspaceId;
    },
    end({ workspaceId, request: { unitsMax } }) {
      const { requests, units } = underWay.get(workspaceId) ?? { requests: 0, units: 0 };
      if (requests > 1) underWay.set(workspaceId, { requests: requests - 1, units: units - unitsMax });
      else underWay.delete(workspaceId);
      requestsUnderWay--;
    },
    get underWay() {
      return requestsUnderWay;
    },
    learn(request, { workspaceId, windows, places }) {
      const now = nowMs();
      if (now < allDoubtedUntilMs || now < (doubts.get(request.keyId) ?? 0)) return;
      let key = keys.get(request.keyId);
      if (!key?.keyHash.equals(request.keyHash)) {
        bound(keys);
        const left = { places: shareOfLeft, requests: 0, units: 0 };
        key = {
          workspaceId,
          keyHash: request.keyHash,
          likes: new Set(),
          untilMs: 0,
          left,
        };
        keys.set(request.keyId, key);
      }
      if (key.likes.size < likesMax) key.likes.add(likeOf(request));
      key.untilMs = now + knownMs;
      key.left = {
        places: places ?? key.left.places,
        requests: windows.requests.remaining,
        units: windows.units.remaining,
      };
    },
    doubt(keyId) {
      bound(doubts);
      doubts.set(keyId, nowMs() + doubtMs);
      keys.delete(keyId);
    },
    doubtAll() {
      allDoubtedUntilMs = nowMs() + doubtMs;
      keys.clear();
    },
  };
}

function likeOf({ scope, model, origin }: AdmitRequest): string {
  return `${scope} ${model} ${origin}`;
}

function bound(map: Map<string, unknown>): void {
  if (map.size >= keysMax) map.clear();
}
