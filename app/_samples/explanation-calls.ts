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
