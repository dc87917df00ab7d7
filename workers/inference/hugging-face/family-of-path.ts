import type { EndpointFamily } from '../endpoint.ts';

/** Of text-generation-inference, which serves one model and so names none. */
const unnamed: ReadonlySet<string> = new Set(['/', '/generate', '/generate_stream', '/info', '/health']);

/** Whose shape an error has where no endpoint was reached: another method, or a model that is not there. */
export function familyOfPath(path: string): EndpointFamily {
  return path.startsWith('/models/') || unnamed.has(path) ? 'hugging-face' : 'own';
}
