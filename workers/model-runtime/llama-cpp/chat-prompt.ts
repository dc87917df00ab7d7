import type { ChatMessage } from '../text-generator.ts';

export interface PromptPart {
  readonly text: string;
  /** Written by the template, so that its marks are marks; what a customer wrote stays text. */
  readonly fromTemplate: boolean;
}

/** Renders a Jinja template, as Hugging Face's `apply_chat_template` does. */
export type RenderTemplate = (values: object) => string;

/** Noncharacters of Unicode: never in a text that is exchanged. */
const MARK = { open: '\u{1fffe}', close: '\u{1ffff}' };

/**
 * A chat in the words of the model's own template, which ends where the assistant goes on. The messages are put in
 * afterwards, so that none of them can close its turn and open another.
 */
export function chatPromptParts(
  render: RenderTemplate,
  special: { readonly bos: string; readonly eos: string },
  messages: readonly ChatMessage[],
): readonly PromptPart[] {
  const rendered = render({
    messages: messages.map(({ role }, index) => ({ role, content: `${MARK.open}${index}${MARK.close}` })),
    add_generation_prompt: true,
    bos_token: special.bos,
    eos_token: special.eos,
  });
  return rendered
    .split(new RegExp(`${MARK.open}(\\d+)${MARK.close}`, 'u'))
    .map((text, position) =>
      position % 2 === 0
        ? { text, fromTemplate: true }
        : { text: messages[Number(text)]?.content ?? '', fromTemplate: false },
    )
    .filter(({ text }) => text !== '');
}
