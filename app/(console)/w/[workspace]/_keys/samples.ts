import type { CodeVariant } from '../../../../_components/code-sample.tsx';

/** The same first call in three languages. Every line runs as it stands, once the key is in it. */
export function firstCall(apiUrl: string, key: string): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `curl ${apiUrl}/v1/sentiment \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -d '{"input": "It works."}'`,
    },
    {
      name: 'TypeScript',
      code: `const answer = await fetch("${apiUrl}/v1/sentiment", {
  method: "POST",
  headers: {
    Authorization: "Bearer ${key}",
    "Content-Type": "application/json",
  },
  body: JSON.stringify({ input: "It works." }),
});
console.log(await answer.json());`,
    },
    {
      name: 'Python',
      code: `import json, urllib.request

request = urllib.request.Request(
    "${apiUrl}/v1/sentiment",
    json.dumps({"input": "It works."}).encode(),
    {
        "Authorization": "Bearer ${key}",
        "Content-Type": "application/json",
    },
)
print(json.load(urllib.request.urlopen(request)))`,
    },
  ];
}
