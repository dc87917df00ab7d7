import type { CodeVariant } from '../_components/code-sample.tsx';

/** A text's labels with Hugging Face's clients, of which only the address and the key change. */
export function hubTextCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'TypeScript',
      code: `import { InferenceClient } from "@huggingface/inference";

const client = new InferenceClient(process.env.MODELYARD_KEY, {
  endpointUrl: "${apiUrl}/models/sentiment-1",
});
const labels = await client.textClassification({ inputs: "The film was a delight." });
for (const { label, score } of labels) console.log(score.toFixed(3), label);`,
    },
    {
      name: 'Python',
      code: `import os
from huggingface_hub import InferenceClient

client = InferenceClient("${apiUrl}/models/sentiment-1", token=os.environ["MODELYARD_KEY"])
for one in client.text_classification("The film was a delight."):
    print(f"{one.score:.3f} {one.label}")`,
    },
    {
      name: 'curl',
      code: `curl ${apiUrl}/models/sentiment-1 \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"inputs": "The film was a delight.", "parameters": {"top_k": 3}}'`,
    },
  ];
}

export function hubPictureCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'TypeScript',
      code: `import { readFile } from "node:fs/promises";
import { InferenceClient } from "@huggingface/inference";

const client = new InferenceClient(process.env.MODELYARD_KEY, {
  endpointUrl: "${apiUrl}/models/image-1",
});
const inputs = new Blob([await readFile("cat.jpg")]);
for (const { label, score } of await client.imageClassification({ inputs })) {
  console.log(score.toFixed(3), label);
}`,
    },
    {
      name: 'Python',
      code: `import os
from huggingface_hub import InferenceClient

client = InferenceClient("${apiUrl}/models/image-1", token=os.environ["MODELYARD_KEY"])
for one in client.image_classification("cat.jpg"):
    print(f"{one.score:.3f} {one.label}")`,
    },
    {
      name: 'curl',
      code: `curl ${apiUrl}/models/image-1 \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  --data-binary @cat.jpg`,
    },
  ];
}

export function hubChatCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'TypeScript',
      code: `import { InferenceClient } from "@huggingface/inference";

const client = new InferenceClient(process.env.MODELYARD_KEY, {
  endpointUrl: "${apiUrl}/models/text-1",
});
const stream = client.chatCompletionStream({
  messages: [{ role: "user", content: "Name three colours." }],
  max_tokens: 60,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? "");
}`,
    },
    {
      name: 'Python',
      code: `import os
from huggingface_hub import InferenceClient

client = InferenceClient("${apiUrl}/models/text-1", token=os.environ["MODELYARD_KEY"])
stream = client.chat_completion(
    [{"role": "user", "content": "Name three colours."}],
    max_tokens=60,
    stream=True,
)
for chunk in stream:
    print(chunk.choices[0].delta.content or "", end="", flush=True)`,
    },
  ];
}

export function hubGenerateCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `curl -N ${apiUrl}/generate_stream \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"inputs": "Once upon a time", "parameters": {"max_new_tokens": 30}}'`,
    },
    {
      name: 'Python',
      code: `import os
from huggingface_hub import InferenceClient

client = InferenceClient("${apiUrl}/models/text-1", token=os.environ["MODELYARD_KEY"])
for piece in client.text_generation("Once upon a time", max_new_tokens=30, stream=True):
    print(piece, end="", flush=True)`,
    },
  ];
}
