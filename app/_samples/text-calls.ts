import type { CodeVariant } from '../_components/code-sample.tsx';

/** A text while it is being written, in three languages; the key is read from the environment. */
export function textCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `curl -N ${apiUrl}/v1/text/generate \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"messages": [{"role": "user", "content": "Name three colours."}], "max_tokens": 60, "temperature": 0, "stream": true}'`,
    },
    {
      name: 'TypeScript',
      code: `const answer = await fetch("${apiUrl}/v1/text/generate", {
  method: "POST",
  headers: {
    Authorization: \`Bearer \${process.env.MODELYARD_KEY}\`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    messages: [{ role: "user", content: "Name three colours." }],
    max_tokens: 60,
    temperature: 0,
    stream: true,
  }),
});
let rest = "";
for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
  const events = (rest + piece).split("\\n\\n");
  rest = events.pop();
  for (const event of events) {
    const data = JSON.parse(event.slice(event.indexOf("data: ") + 6));
    if (data.error) throw new Error(data.error.message);
    if (data.text) process.stdout.write(data.text);
    if (data.usage) console.log("\\n", data.usage);
  }
}`,
    },
    {
      name: 'Python',
      code: `import json, os, urllib.request

request = urllib.request.Request(
    "${apiUrl}/v1/text/generate",
    json.dumps({
        "messages": [{"role": "user", "content": "Name three colours."}],
        "max_tokens": 60,
        "temperature": 0,
        "stream": True,
    }).encode(),
    {
        "Authorization": f"Bearer {os.environ['MODELYARD_KEY']}",
        "Content-Type": "application/json",
    },
)
for line in urllib.request.urlopen(request):
    if line.startswith(b"data: "):
        data = json.loads(line[6:])
        if "error" in data:
            raise RuntimeError(data["error"]["message"])
        print(data.get("text", ""), end="", flush=True)
print("\\n", data["usage"])`,
    },
  ];
}

/** The same with OpenAI's clients, of which only the address and the key change. */
export function openAiCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'TypeScript',
      code: `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${apiUrl}/v1",
  apiKey: process.env.MODELYARD_KEY,
});
const stream = await client.chat.completions.create({
  model: "text-1",
  messages: [{ role: "user", content: "Name three colours." }],
  max_completion_tokens: 60,
  temperature: 0,
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? "");
}`,
    },
    {
      name: 'Python',
      code: `import os
from openai import OpenAI

client = OpenAI(base_url="${apiUrl}/v1", api_key=os.environ["MODELYARD_KEY"])
stream = client.chat.completions.create(
    model="text-1",
    messages=[{"role": "user", "content": "Name three colours."}],
    max_completion_tokens=60,
    temperature=0,
    stream=True,
)
for chunk in stream:
    print(chunk.choices[0].delta.content or "", end="", flush=True)`,
    },
  ];
}

/** An answer that is JSON, in a shape that is asked for. */
export function jsonCall(apiUrl: string): CodeVariant {
  return {
    name: 'curl',
    code: `curl ${apiUrl}/v1/text/generate \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "messages": [{"role": "user", "content": "Invent a person."}],
    "max_tokens": 100,
    "temperature": 0,
    "response_format": {
      "type": "json_schema",
      "json_schema": {
        "name": "person",
        "schema": {
          "type": "object",
          "properties": {"name": {"type": "string", "maxLength": 40}, "age": {"type": "integer"}},
          "required": ["name", "age"],
          "additionalProperties": false
        }
      }
    }
  }'`,
  };
}
