import type { CodeVariant } from '../_components/code-sample.tsx';

const text = 'The plot is thin but the acting is wonderful.';

/** One explanation in three languages; the key is read from the environment. */
export function explanationCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `curl ${apiUrl}/v1/explanations \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"input": "${text}", "method": "shap"}'`,
    },
    {
      name: 'TypeScript',
      code: `const answer = await fetch("${apiUrl}/v1/explanations", {
  method: "POST",
  headers: {
    Authorization: \`Bearer \${process.env.MODELYARD_KEY}\`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({ input: "${text}", method: "shap" }),
});
const { data } = await answer.json();
for (const { text, value } of data) console.log(value.toFixed(3), text);`,
    },
    {
      name: 'Python',
      code: `import json, os, urllib.request

request = urllib.request.Request(
    "${apiUrl}/v1/explanations",
    json.dumps({"input": "${text}", "method": "shap"}).encode(),
    {
        "Authorization": f"Bearer {os.environ['MODELYARD_KEY']}",
        "Content-Type": "application/json",
    },
)
for part in json.load(urllib.request.urlopen(request))["data"]:
    print(f"{part['value']:+.3f} {part['text']}")`,
    },
  ];
}

/** Of a picture: the strongest cells are printed, and the map is kept to be laid over it. */
export function pictureExplanationCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `curl ${apiUrl}/v1/explanations \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -F image=@cat.jpg`,
    },
    {
      name: 'TypeScript',
      code: `import { readFile, writeFile } from "node:fs/promises";

const form = new FormData();
form.append("image", new Blob([await readFile("cat.jpg")]));
const answer = await fetch("${apiUrl}/v1/explanations", {
  method: "POST",
  headers: { Authorization: \`Bearer \${process.env.MODELYARD_KEY}\` },
  body: form,
});
const { label, data, heat_map } = await answer.json();
await writeFile("heat.png", Buffer.from(heat_map.base64, "base64"));
data.sort((a, b) => b.value - a.value);
for (const { row, column, value } of data.slice(0, 3)) console.log(label, row, column, value.toFixed(3));`,
    },
    {
      name: 'Python',
      code: `import base64, json, os, urllib.request

request = urllib.request.Request(
    "${apiUrl}/v1/explanations",
    json.dumps({"input": {"base64": base64.b64encode(open("cat.jpg", "rb").read()).decode()}}).encode(),
    {
        "Authorization": f"Bearer {os.environ['MODELYARD_KEY']}",
        "Content-Type": "application/json",
    },
)
answer = json.load(urllib.request.urlopen(request))
open("heat.png", "wb").write(base64.b64decode(answer["heat_map"]["base64"]))
for cell in sorted(answer["data"], key=lambda cell: -cell["value"])[:3]:
    print(answer["label"], cell["row"], cell["column"], f"{cell['value']:.3f}")`,
    },
  ];
}
