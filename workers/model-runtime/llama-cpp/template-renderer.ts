import { TemplateRefusedError } from '../text/text-engine.ts';
import type { LlamaBinding } from './binding.ts';
import type { RenderTemplate } from './chat-prompt.ts';

/** Templates refuse by themselves what they have no words for: a system message, two questions in a row. */
export function templateRenderer(
  binding: Pick<LlamaBinding, 'AddonJinjaRenderer'>,
  template: string,
): RenderTemplate {
  const renderer = new binding.AddonJinjaRenderer(template);
  return (values) => {
    try {
      return renderer.render(values);
    } catch (cause) {
      throw new TemplateRefusedError('The chat template does not take these messages.', { cause });
    }
  };
}
