import { z } from '@hono/zod-openapi';
import { generationLimits, requestLimits } from '#server/domain/rate-limits/limits.ts';
import type { ChatMessage } from '#workers/model-runtime/text-generator.ts';
import { listUpTo } from '../codecs/list-up-to.ts';
import { emptySentence, textOrNone } from '../codecs/text-input.ts';
import { messageRefusals, refuseFields } from './refused-fields.ts';

const { messagesMax, contentPartsMax } = generationLimits;
const { textCharactersMax } = requestLimits;

const contentError =
  'content is a text, or a list of parts {"type": "text", "text": …}. Other parts are not read: pictures go to POST /v1/images/classify.';
const part = z.looseObject(
  { type: z.literal('text', { error: contentError }), text: textOrNone },
  { error: contentError },
);
const parts = listUpTo(contentPartsMax, {
  list: z
    .array(part, { error: contentError })
    .min(1, { error: 'content has no part.' })
    .openapi({ maxItems: contentPartsMax }),
  tooMany: `A message has at most ${contentPartsMax} parts.`,
});
const content = z
  .union([textOrNone, parts], { error: contentError })
  .transform((value) => (typeof value === 'string' ? value : value.map((one) => one.text).join('')))
  .refine((value) => value.length <= textCharactersMax, {
    error: `The texts of a message have at most ${textCharactersMax} characters together.`,
  });

const roleError =
  'role is system, developer, user or assistant. Results of tools are not read: the models call no functions.';
const role = z.enum(['system', 'developer', 'user', 'assistant'], { error: roleError });
interface GivenMessage {
  readonly role: z.infer<typeof role>;
  readonly content: z.infer<typeof content>;
}
const messageError = 'A message is {"role": …, "content": …}.';

const bounded = <Message extends z.ZodType>(message: Message) =>
  listUpTo(messagesMax, {
    list: z
      .array(message, { error: 'messages is a list of messages.' })
      .refine((list) => list.length > 0, { error: 'messages is empty.' })
      .openapi({ minItems: 1, maxItems: messagesMax }),
    tooMany: `A request has at most ${messagesMax} messages.`,
  });

/**
 * An answer may have been empty, and goes with the next question all the same. So may what chat programs have a field for:
 * an empty system message keeps the template's own away. A question has to say something.
 */
function refuseEmpty({ role: from, content: said }: GivenMessage, refine: z.RefinementCtx) {
  // What failed before is not what its type says.
  if (from !== 'user' || typeof said !== 'string' || said.trim() !== '') return;
  refine.addIssue({ code: 'custom', path: ['content'], message: emptySentence });
}

/** Only what is listed is taken. */
export const ownMessages = bounded(
  z.strictObject({ role, content }, { error: issueOf(messageError) }).superRefine(refuseEmpty),
).openapi({
  description: 'A conversation, the oldest message first; the answer is the next one.',
});

/** Left out, or null, where an assistant called functions or refused to answer: as empty. */
const contentOrNone = content
  .nullish()
  .transform((value) => value ?? '')
  .openapi({ description: 'Of an assistant it may be null.' });

/** As OpenAI's clients send them: fields that change nothing are let through, those that would are refused. */
export const openAiMessages = bounded(
  z
    .looseObject({ role, content: contentOrNone }, { error: messageError })
    .superRefine(refuseEmpty)
    .superRefine(refuseFields(messageRefusals)),
);

export function toChatMessages(messages: readonly GivenMessage[]): readonly ChatMessage[] {
  return messages.map(({ role: given, content: said }) => ({
    role: given === 'developer' ? 'system' : given,
    content: said,
  }));
}

/** For the type alone: a field too many has its own sentence. */
function issueOf(sentence: string) {
  return (issue: { readonly code?: string | undefined }) =>
    issue.code === 'invalid_type' ? sentence : undefined;
}
