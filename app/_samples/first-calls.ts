import type { CodeVariant } from '../_components/code-sample.tsx';

/** The name of the variable that the samples read when they hold no key themselves. */
const variable = 'MODELYARD_KEY';

/** The same first call in three languages. Every one runs as it stands; without a key it reads the environment. */
export function firstCalls(apiUrl: string, key?: string): readonly CodeVariant[] {
  const inShell = key ?? `$${variable}`;
  const inTypeScript = key ? `"Bearer ${key}"` : `\`Bearer \${process.env.${variable}}\``;
  const inPython = key ? `"Bearer ${key}"` : `f"Bearer {os.environ['${variable}']}"`;
  return [
    {
      name: 'curl',
      code: `curl ${apiUrl}/v1/sentiment \\
  -H "Authorization: Bearer ${inShell}" \\
  -H "Content-Type: application/json" \\
  -d '{"input": "It works."}'`,
    },
    {
      name: 'TypeScript',
      code: `const answer = await fetch("${apiUrl}/v1/sentiment", {
  method: "POST",
  headers: {
    Authorization: ${inTypeScript},
    "Content-Type": "application/json",
  },
  body: JSON.stringify({ input: "It works." }),
});
console.log(await answer.json());`,
    },
    {
      name: 'Python',
      code: `import json, ${key ? '' : 'os, '}urllib.request

request = urllib.request.Request(
    "${apiUrl}/v1/sentiment",
    json.dumps({"input": "It works."}).encode(),
    {
        "Authorization": ${inPython},
        "Content-Type": "application/json",
    },
)
print(json.load(urllib.request.urlopen(request)))`,
    },
  ];
}
