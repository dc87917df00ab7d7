import { beforeAll, describe, expect, it } from 'vitest';
import { TemplateRefusedError } from '../text/text-engine.ts';
import { loadLlamaBinding } from './binding.ts';
import type { RenderTemplate } from './chat-prompt.ts';
import { templateRenderer } from './template-renderer.ts';

/** As Gemma's begins. */
const template =
  "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" +
  "{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}{% endfor %}";

describe('a chat template', () => {
  let render: RenderTemplate;
  beforeAll(async () => {
    render = templateRenderer(await loadLlamaBinding('cpu'), template);
  });

  it('writes the messages that it takes', () => {
    expect(render({ messages: [{ role: 'user', content: 'Hi' }] })).toBe('<user>Hi');
  });

  it('refuses those that it does not', () => {
    const system = { role: 'system', content: 'Be brief.' };
    expect(() => render({ messages: [system] })).toThrow(TemplateRefusedError);
  });
});
