import { batchLineSchema, lineSentences, readLines } from '#server/domain/batches/schema.ts';
import { batchLimits, fileLimits } from '#server/domain/rate-limits/schema.ts';
import { count } from '../../../../../_format/number.ts';
import { type BatchEndpoint, bodyFields, isBatchEndpoint, needsOf } from './endpoints.ts';
import { piecesOf } from './pieces-of.ts';
import { shapeOf } from './shape-of.ts';

export interface LineFault {
  /** Null: of the file as a whole. */
  readonly line: number | null;
  readonly sentence: string;
}

export interface FirstLine {
  readonly line: number;
  readonly customId: string;
  /** Null: the line leaves it open. */
  readonly url: string | null;
  readonly body: string;
}

/** Lines without the field that a path needs. */
export interface Lacking {
  readonly lines: number;
  readonly first: number;
}

export interface CheckedFile {
  readonly lines: number;
  /** Null: no line names a path, so it can still be chosen. */
  readonly endpoint: BatchEndpoint | null;
  readonly first: readonly FirstLine[];
  readonly faults: readonly LineFault[];
  readonly lacking: Readonly<Record<string, Lacking>>;
}

/** What the first line that is right names. */
interface NamedPath {
  readonly url: BatchEndpoint | null;
  readonly line: number;
}

export interface CheckOptions {
  readonly signal: AbortSignal;
  readonly onRead?: (bytes: number) => void;
}

const shownLines = 3;

/** What the gateway would say of the whole file, said before any of it is sent: by the same rules. */
export async function checkFile(file: Blob, { signal, onRead }: CheckOptions): Promise<CheckedFile> {
  const faults: LineFault[] = [];
  const first: FirstLine[] = [];
  const seen = new Set<string>();
  const lacking: Record<string, Lacking> = {};
  let named: NamedPath | null = null;
  let lines = 0;
  const result = (): CheckedFile => {
    return { lines, endpoint: named?.url ?? null, first, faults, lacking };
  };

  const tooLarge = tooLargeSentence(file.size);
  if (tooLarge) {
    faults.push({ line: null, sentence: tooLarge });
    return result();
  }
  const pieces = piecesOf(file, { signal, ...(onRead && { onRead }) });
  for await (const { number, bytes } of readLines(pieces, { bytesMax: batchLimits.lineBytesMax })) {
    lines++;
    const sentence = lines > batchLimits.linesMax ? lineSentences.tooManyLines : faultOf(number, bytes);
    if (sentence) faults.push({ line: number, sentence });
    if (lines > batchLimits.linesMax || faults.length >= batchLimits.errorsMax) break;
  }
  if (lines === 0) faults.push({ line: null, sentence: lineSentences.noLines });
  return result();

  function faultOf(line: number, bytes: Uint8Array | null): string | null {
    if (bytes === null) return lineSentences.tooLong;
    const value = parse(bytes);
    if (value === undefined) return lineSentences.notJson;
    const isOpen = leavesOpen(value);
    const parsed = batchLineSchema.safeParse(isOpen ? { method: 'POST', url: '', ...value } : value);
    if (!parsed.success) return sentenceOf(parsed.error.issues[0]);
    const { custom_id: customId, body } = parsed.data;
    const url = isOpen ? null : parsed.data.url;
    if (url !== null && !isBatchEndpoint(url)) return notForBatches(url);
    named ??= { url, line };
    if (url !== named.url) return otherUrl(url, named);
    if (seen.has(customId)) return lineSentences.sameCustomId;
    seen.add(customId);
    if (first.length < shownLines) first.push({ line, customId, url, body: shapeOf(body) });
    for (const field of bodyFields) {
      if (field in body) continue;
      const before = lacking[field];
      lacking[field] = { lines: (before?.lines ?? 0) + 1, first: before?.first ?? line };
    }
    return null;
  }
}

/** What the lines of a file leave out that a path needs. */
export function lackingFor({ lacking }: CheckedFile, endpoint: BatchEndpoint): Lacking | null {
  return lacking[needsOf[endpoint]] ?? null;
}

export function tooLargeSentence(bytes: number): string | null {
  const mebibyte = 1024 * 1024;
  if (bytes <= fileLimits.bytesMax) return null;
  const [has, most] = [Math.ceil(bytes / mebibyte), fileLimits.bytesMax / mebibyte].map(count);
  return `The file has ${has} MiB, and a file may have ${most}. Split it into several batches.`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined: it is no JSON. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

function leavesOpen(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('url' in value);
}

interface Issue {
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

function sentenceOf(issue: Issue | undefined): string {
  // Of a line that is a number or a list zod says so in its own words.
  if (!issue || issue.path.length === 0) return 'The line is not an object: {"custom_id": …, "body": {…}}.';
  return issue.message;
}

const quotedCharactersMax = 60;

function notForBatches(url: string): string {
  return `url is ${quoted(url)}, which is no path that batches are for.`;
}

function otherUrl(url: string | null, named: NamedPath): string {
  const [here, there] = [url ?? 'none', named.url ?? 'none'];
  return `url is ${here}, and that of line ${count(named.line)} is ${there}. A batch is for one path.`;
}

function quoted(text: string): string {
  return `“${text.length > quotedCharactersMax ? `${text.slice(0, quotedCharactersMax)}…` : text}”`;
}
