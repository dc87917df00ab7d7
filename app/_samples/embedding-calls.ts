import type { CodeVariant } from '../_components/code-sample.tsx';

/** Pictures to try it with. */
export function samplePictures(webUrl: string): CodeVariant {
  return { name: 'shell', code: `curl -O "${webUrl}/samples/{cat,coffee,rocket}.jpg"` };
}

/** Which picture is nearest to the first, in three languages; the key is read from the environment. */
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

/** With the clients of the OpenAI API, whose types know of texts alone. */
export function openAiEmbeddingCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'TypeScript',
      code: `import { readFile } from "node:fs/promises";
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${apiUrl}/v1",
  apiKey: process.env.MODELYARD_KEY,
});
const picture: any = { base64: await readFile("cat.jpg", "base64") };
const { data } = await client.embeddings.create({ model: "image-1", input: [picture] });
console.log(data[0].embedding.length);`,
    },
    {
      name: 'Python',
      code: `import base64, os
from openai import OpenAI

client = OpenAI(base_url="${apiUrl}/v1", api_key=os.environ["MODELYARD_KEY"])
picture = {"base64": base64.b64encode(open("cat.jpg", "rb").read()).decode()}
answer = client.embeddings.create(model="image-1", input=[picture])
print(len(answer.data[0].embedding))`,
    },
  ];
}
