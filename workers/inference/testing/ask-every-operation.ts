import { exampleName } from '../openapi/examples/with-examples.ts';
import type { Answered } from './as-documented.ts';

export interface DescribedOperations {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
}

export interface DescribedOperation {
  readonly operationId: string;
  /** Empty: it takes no key. */
  readonly security: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: object }>> };
}

export interface AskedOperation extends Answered {
  /** As examples are named. */
  readonly name: string;
  /** What the description shows as its body; undefined: it shows none, or the operation takes no JSON. */
  readonly example: object | undefined;
}

const ENDINGS = ['cancelBatch', 'deleteFile'];

/**
 * Asks a running server for every operation of its description that takes a key, with the body that is shown for it: what
 * ends something comes last. Placeholders of ids are replaced by ids that it gave itself.
 */
export async function askEveryOperation(
  document: DescribedOperations,
  { url, key }: { readonly url: string; readonly key: string },
): Promise<readonly AskedOperation[]> {
  const ids = { req: '', file: '', batch: '' };
  const operations = Object.entries(document.paths)
    .flatMap(([path, byMethod]) =>
      Object.entries(byMethod).map(([method, operation]) => ({ ...operation, method, path })),
    )
    .filter(({ security }) => security.length > 0);
  const order = ({ method, operationId }: (typeof operations)[number]) =>
    ENDINGS.indexOf(operationId) + (method === 'get' ? 0.5 : 0);
  const asked: AskedOperation[] = [];
  for (const { operationId, method, path, requestBody } of operations.toSorted(
    (a, b) => order(a) - order(b),
  )) {
    // One that no batch reads.
    if (operationId === 'deleteFile') ids.file = await uploaded(url, key);
    const example = requestBody?.content['application/json']?.example;
    const response = await fetch(`${url}${withIds(path, ids)}`, {
      method: method.toUpperCase(),
      headers: {
        authorization: `Bearer ${key}`,
        ...(example ? { 'content-type': 'application/json' } : {}),
      },
      ...(example ? { body: withIds(JSON.stringify(example), ids) } : {}),
      ...(operationId === 'createFile' ? { body: batchFile() } : {}),
    });
    const text = await response.text();
    const name = exampleName(operationId);
    if (name === 'createSentiment') ids.req = response.headers.get('x-request-id') ?? '';
    if (name === 'createFile') ids.file = JSON.parse(text).id;
    if (name === 'createBatch') ids.batch = JSON.parse(text).id;
    const { status, headers } = response;
    asked.push({ name, method: method.toUpperCase(), path, status, headers, text, example });
  }
  return asked;
}

async function uploaded(url: string, key: string): Promise<string> {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${url}/v1/files`, { method: 'POST', headers, body: batchFile() });
  return ((await response.json()) as { id: string }).id;
}

function withIds(text: string, { req, file, batch }: Record<'req' | 'file' | 'batch', string>): string {
  return text
    .replaceAll(/req_[0-9a-f]{32}|\{request_id\}/g, req)
    .replaceAll(/file-[0-9a-f]{24}|\{file_id\}/g, file)
    .replaceAll(/batch_[0-9a-f]{24}|\{batch_id\}/g, batch)
    .replaceAll('{model}', 'sentiment-1');
}

/** Long enough that it still runs when it is cancelled. */
const BATCH_LINES = 1_000;

function batchFile(): FormData {
  const lines = Array.from({ length: BATCH_LINES }, (_, at) =>
    JSON.stringify({
      custom_id: `line-${at}`,
      method: 'POST',
      url: '/v1/sentiment',
      body: { input: 'A delight.' },
    }),
  );
  const form = new FormData();
  form.append('purpose', 'batch');
  form.append('file', new Blob([`${lines.join('\n')}\n`]), 'requests.jsonl');
  return form;
}
