import { z } from 'zod';
import schemas from './openai-schemas.json' with { type: 'json' };

/** From OpenAI's own description of its API, less what no model here does (tools, audio, moderation, tiers). */
export type OpenAiShape = Extract<keyof typeof schemas, `Create${string}`>;

/** What is wrong with it by that description; null if nothing is. */
export function openAiMismatch(shape: OpenAiShape, value: unknown): string | null {
  const schema = z.fromJSONSchema({ $ref: `#/$defs/${shape}`, $defs: schemas } as never);
  const parsed = schema.safeParse(value);
  return parsed.success ? null : z.prettifyError(parsed.error);
}
