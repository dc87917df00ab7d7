export const answerFormats = ['text', 'json', 'schema'] as const;
export type AnswerFormat = (typeof answerFormats)[number];

export interface ResponseFormat {
  /** Null: a text, which is not said. */
  readonly value: object | null;
  readonly error: string | null;
}

const none: ResponseFormat = { value: null, error: null };

/** As the API takes it. What the schema may hold is the API's to say. */
export function toResponseFormat(format: AnswerFormat, schema: string): ResponseFormat {
  if (format === 'text') return none;
  if (format === 'json') return { value: { type: 'json_object' }, error: null };
  const parsed = parse(schema);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { value: null, error: 'A schema is a JSON object.' };
  }
  return { value: { type: 'json_schema', json_schema: { name: 'answer', schema: parsed } }, error: null };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
