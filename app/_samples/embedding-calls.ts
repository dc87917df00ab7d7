import type { CodeVariant } from '../_components/code-sample.tsx';

/** Which passage answers a question, in three languages; the key is read from the environment. */
export function searchCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `curl ${apiUrl}/v1/embeddings \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "text-embedding-1", "input": ["When do I get my money back?", "Refunds take five working days."]}'`,
    },
    {
      name: 'TypeScript',
      code: `const passages = [
  "Refunds take five working days.",
  "The office is closed on public holidays.",
  "A parcel that left on Monday arrives on Thursday.",
];
const answer = await fetch("${apiUrl}/v1/embeddings", {
  method: "POST",
  headers: {
    Authorization: \`Bearer \${process.env.MODELYARD_KEY}\`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({ input: ["When do I get my money back?", ...passages] }),
});
const [question, ...found] = (await answer.json()).data.map(({ embedding }) => embedding);
const cosine = (a, b) => a.reduce((sum, value, at) => sum + value * b[at], 0);
const scored = passages.map((text, at) => ({ text, score: cosine(question, found[at]) }));
scored.sort((a, b) => b.score - a.score);
for (const { text, score } of scored) console.log(score.toFixed(3), text);`,
    },
    {
      name: 'Python',
      code: `import json, os, urllib.request

passages = [
    "Refunds take five working days.",
    "The office is closed on public holidays.",
    "A parcel that left on Monday arrives on Thursday.",
]
request = urllib.request.Request(
    "${apiUrl}/v1/embeddings",
    json.dumps({"input": ["When do I get my money back?", *passages]}).encode(),
    {
        "Authorization": f"Bearer {os.environ['MODELYARD_KEY']}",
        "Content-Type": "application/json",
    },
)
data = json.load(urllib.request.urlopen(request))["data"]
question, *found = [row["embedding"] for row in data]
scores = [sum(a * b for a, b in zip(question, vector)) for vector in found]
for score, text in sorted(zip(scores, passages), reverse=True):
    print(f"{score:.3f} {text}")`,
    },
  ];
}

/** Pictures to try it with. */
export function samplePictures(webUrl: string): CodeVariant {
  return { name: 'shell', code: `curl -O "${webUrl}/samples/{cat,coffee,rocket}.jpg"` };
}

/** Which picture is nearest to the first, in three languages. */
export function embeddingCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `curl ${apiUrl}/v1/embeddings \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -F image=@cat.jpg \\
  -F image=@coffee.jpg`,
    },
    {
      name: 'TypeScript',
      code: `import { readFile } from "node:fs/promises";

const files = ["cat.jpg", "coffee.jpg", "rocket.jpg"];
const form = new FormData();
for (const file of files) form.append("image", new Blob([await readFile(file)]));
const answer = await fetch("${apiUrl}/v1/embeddings", {
  method: "POST",
  headers: { Authorization: \`Bearer \${process.env.MODELYARD_KEY}\` },
  body: form,
});
const { data } = await answer.json();
const [query] = data;
for (const { index, embedding } of data) {
  const cosine = embedding.reduce((sum, value, at) => sum + value * query.embedding[at], 0);
  console.log(cosine.toFixed(3), files[index]);
}`,
    },
    {
      name: 'Python',
      code: `import base64, json, os, urllib.request

files = ["cat.jpg", "coffee.jpg", "rocket.jpg"]
pictures = [{"base64": base64.b64encode(open(file, "rb").read()).decode()} for file in files]
request = urllib.request.Request(
    "${apiUrl}/v1/embeddings",
    json.dumps({"input": pictures}).encode(),
    {
        "Authorization": f"Bearer {os.environ['MODELYARD_KEY']}",
        "Content-Type": "application/json",
    },
)
data = json.load(urllib.request.urlopen(request))["data"]
query = data[0]["embedding"]
for file, picture in zip(files, data):
    cosine = sum(a * b for a, b in zip(query, picture["embedding"]))
    print(f"{cosine:.3f} {file}")`,
    },
  ];
}

/** With the clients of the OpenAI API, as they are, and Vercel's. */
export function openAiEmbeddingCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'TypeScript',
      code: `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${apiUrl}/v1",
  apiKey: process.env.MODELYARD_KEY,
});
const { data } = await client.embeddings.create({
  model: "text-embedding-1",
  input: ["a cat on a mat", "a dog on a rug"],
});
console.log(data.length, data[0].embedding.length);`,
    },
    {
      name: 'Python',
      code: `import os
from openai import OpenAI

client = OpenAI(base_url="${apiUrl}/v1", api_key=os.environ["MODELYARD_KEY"])
answer = client.embeddings.create(
    model="text-embedding-1",
    input=["a cat on a mat", "a dog on a rug"],
)
print(len(answer.data), len(answer.data[0].embedding))`,
    },
    {
      name: 'AI SDK',
      code: `import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { cosineSimilarity, embedMany } from "ai";

const modelyard = createOpenAICompatible({
  name: "modelyard",
  baseURL: "${apiUrl}/v1",
  apiKey: process.env.MODELYARD_KEY,
});
const { embeddings } = await embedMany({
  model: modelyard.embeddingModel("text-embedding-1"),
  values: ["a cat on a mat", "a dog on a rug"],
});
console.log(cosineSimilarity(embeddings[0], embeddings[1]).toFixed(3));`,
    },
  ];
}
