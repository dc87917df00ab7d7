import { z } from 'zod';
import { HubError } from './hub-error.ts';
import { hubLimits } from './hub-limits.ts';
import type { HubModel } from './hub-model.ts';

export interface HubFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Of its content, as Git LFS names it. */
  readonly sha256: string;
}

export interface HubClient {
  /** What the hub says of files, in the order in which they were asked for. */
  describe(model: HubModel, paths: readonly string[]): Promise<readonly HubFile[]>;
  /** A file's bytes from `start` on, or from 0 where the hub does not give a part: `start` of the answer says which. */
  open(model: HubModel, file: HubFile, start: number, signal: AbortSignal): Promise<HubBytes>;
}

export interface HubBytes {
  readonly start: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Something that may pass: the network, or the hub's own trouble. */
export class HubUnreachableError extends HubError {}

interface HubRequest extends Omit<RequestInit, 'headers'> {
  readonly headers: Readonly<Record<string, string>>;
}

const pathInfos = z.array(
  z.looseObject({
    type: z.string(),
    path: z.string(),
    size: z.number().int().nonnegative(),
    lfs: z
      .looseObject({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int().positive() })
      .optional(),
  }),
);

/**
 * The hub's documented paths: `POST /api/models/{repository}/paths-info/{revision}` and `GET
 * /{repository}/resolve/{revision}/{path}`, which leads on to where the file lies. fetch leaves the token behind when that is
 * another server.
 */
export function createHubClient({ endpoint, token }: { endpoint: string; token: string | null }): HubClient {
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const ask = async (path: string, { headers, ...request }: HubRequest): Promise<Response> => {
    try {
      return await fetch(`${endpoint}${path}`, { ...request, headers: { ...authorization, ...headers } });
    } catch (cause) {
      throw new HubUnreachableError(
        `The hub at ${endpoint} can't be reached (${reasonOf(cause)}). Without it, put the GGUF file on this machine and name its path, or set HUB_ENDPOINT to a mirror.`,
        { cause },
      );
    }
  };

  return {
    async describe(model, paths) {
      const { repository, revision } = model;
      const response = await ask(`/api/models/${repository}/paths-info/${revision}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ paths }),
        signal: AbortSignal.timeout(hubLimits.answerTimeoutMs),
      });
      expectOk(response, model, endpoint);
      const infos = await readInfos(response, endpoint);
      return paths.map((path) => {
        const info = infos.find((one) => one.path === path && one.type === 'file');
        if (!info) throw new HubError(`${repository} has no ${path} at ${revision}.`);
        if (!info.lfs) throw new HubError(`The hub knows no checksum of ${path}, so it is not fetched.`);
        if (info.lfs.size > hubLimits.fileBytesMax) {
          throw new HubError(
            `${path} has ${info.lfs.size} bytes; up to ${hubLimits.fileBytesMax} are fetched.`,
          );
        }
        return { path, sizeBytes: info.lfs.size, sha256: info.lfs.oid };
      });
    },
    async open(model, { path, sizeBytes }, start, signal) {
      const { repository, revision } = model;
      const response = await ask(`/${repository}/resolve/${revision}/${path}`, {
        headers: { 'accept-encoding': 'identity', ...(start > 0 ? { range: `bytes=${start}-` } : {}) },
        signal,
      });
      expectOk(response, model, endpoint);
      const from = response.status === 206 ? rangeStart(response) : 0;
      if (from !== start && from !== 0) {
        throw new HubUnreachableError(`The hub gave ${path} from byte ${from}; ${start} was asked for.`);
      }
      return { start: from, bytes: bounded(response, sizeBytes - from, path) };
    },
  };
}

function expectOk(response: Response, { repository, revision }: HubModel, endpoint: string) {
  const { status } = response;
  if (response.ok) return;
  // What the hub says is not repeated: nobody reads an error page for it.
  void response.body?.cancel();
  if (status === 401 || status === 403) {
    throw new HubError(
      `The hub does not show ${repository} (${status}): there is no such repository, or it is private or gated. HUB_TOKEN takes a token that may read it.`,
    );
  }
  if (status === 404) throw new HubError(`The hub has no ${repository} at ${revision}.`);
  if (status === 429 || status >= 500) {
    throw new HubUnreachableError(
      `The hub at ${endpoint} is in trouble (status ${status}). Try again later.`,
    );
  }
  throw new HubError(`The hub at ${endpoint} answered with status ${status}.`);
}

async function readInfos(response: Response, endpoint: string) {
  try {
    return pathInfos.parse(JSON.parse(await readText(response)));
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    throw new HubError(`What answers at ${endpoint} is no Hugging Face hub: it describes no files.`, {
      cause,
    });
  }
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of bounded(response, hubLimits.answerBytesMax, 'its description')) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

/** No more than were announced, whatever comes. */
async function* bounded(response: Response, bytesMax: number, what: string): AsyncGenerator<Uint8Array> {
  let left = bytesMax;
  for await (const part of response.body ?? []) {
    left -= part.byteLength;
    if (left < 0) throw new HubError(`The hub sends more of ${what} than it announced.`);
    yield part;
  }
}

function rangeStart(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? Number.NaN);
}

/** The network's own word: `ENOTFOUND`. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.name : 'no reason given';
}
