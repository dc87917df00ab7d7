import type { CodeVariant } from '../_components/code-sample.tsx';

/** A picture to try it with. */
export function samplePicture(webUrl: string): CodeVariant {
  return { name: 'shell', code: `curl -O ${webUrl}/samples/cat.jpg` };
}

/** One picture in three languages; the key is read from the environment. */
export function imageCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `curl ${apiUrl}/v1/images/classify \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -F image=@cat.jpg \\
  -F top_k=3`,
    },
    {
      name: 'TypeScript',
      code: `import { readFile } from "node:fs/promises";

const form = new FormData();
form.append("image", new Blob([await readFile("cat.jpg")]));
form.append("top_k", "3");
const answer = await fetch("${apiUrl}/v1/images/classify", {
  method: "POST",
  headers: { Authorization: \`Bearer \${process.env.MODELYARD_KEY}\` },
  body: form,
});
const { data } = await answer.json();
for (const { label, score } of data[0].scores) console.log(score.toFixed(3), label);`,
    },
    {
      name: 'Python',
      code: `import json, os, urllib.request

request = urllib.request.Request(
    "${apiUrl}/v1/images/classify",
    open("cat.jpg", "rb").read(),
    {
        "Authorization": f"Bearer {os.environ['MODELYARD_KEY']}",
        "Content-Type": "image/jpeg",
    },
)
for best in json.load(urllib.request.urlopen(request))["data"][0]["scores"]:
    print(f"{best['score']:.3f} {best['label']}")`,
    },
  ];
}

/** The other ways of sending pictures. */
export function otherImageCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'bytes',
      code: `curl ${apiUrl}/v1/images/classify \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -H "Content-Type: image/jpeg" \\
  --data-binary @cat.jpg`,
    },
    {
      name: 'base64',
      code: `echo "{\\"input\\": {\\"base64\\": \\"$(base64 < cat.jpg | tr -d '\\n')\\"}}" |
  curl ${apiUrl}/v1/images/classify \\
    -H "Authorization: Bearer $MODELYARD_KEY" \\
    -H "Content-Type: application/json" \\
    -d @-`,
    },
    {
      name: 'URL',
      code: `curl ${apiUrl}/v1/images/classify \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"input": {"url": "https://example.com/cat.jpg"}}'`,
    },
    {
      name: 'several',
      code: `curl ${apiUrl}/v1/images/classify \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -F image=@cat.jpg \\
  -F image=@cat.jpg \\
  -F abstain_below=0.5`,
    },
  ];
}
