import type { CodeVariant } from '../_components/code-sample.tsx';

/** A call and its receipt, in three languages; the key is read from the environment. */
export function receiptCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `id=$(curl -s -D - -o /dev/null ${apiUrl}/v1/sentiment \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"input": "It works."}' | tr -d '\\r' | sed -n 's/^x-request-id: //p')

curl -s ${apiUrl}/v1/usage/receipts/$id \\
  -H "Authorization: Bearer $MODELYARD_KEY"`,
    },
    {
      name: 'TypeScript',
      code: `const Authorization = \`Bearer \${process.env.MODELYARD_KEY}\`;
const answer = await fetch("${apiUrl}/v1/sentiment", {
  method: "POST",
  headers: { Authorization, "Content-Type": "application/json" },
  body: JSON.stringify({ input: "It works." }),
});
const id = answer.headers.get("x-request-id");
const receipt = await fetch(\`${apiUrl}/v1/usage/receipts/\${id}\`, {
  headers: { Authorization },
});
console.log(JSON.stringify(await receipt.json(), null, 2));`,
    },
    {
      name: 'Python',
      code: `import json, os, urllib.request

key = {"Authorization": f"Bearer {os.environ['MODELYARD_KEY']}"}
call = urllib.request.Request(
    "${apiUrl}/v1/sentiment",
    json.dumps({"input": "It works."}).encode(),
    {**key, "Content-Type": "application/json"},
)
id = urllib.request.urlopen(call).headers["x-request-id"]
receipt = urllib.request.Request(
    f"${apiUrl}/v1/usage/receipts/{id}", headers=key
)
print(urllib.request.urlopen(receipt).read().decode())`,
    },
  ];
}

/** Usage by day and model, page by page. */
export function usageCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `curl "${apiUrl}/v1/usage?group_by=day,model" \\
  -H "Authorization: Bearer $MODELYARD_KEY"`,
    },
    {
      name: 'TypeScript',
      code: `const headers = { Authorization: \`Bearer \${process.env.MODELYARD_KEY}\` };
const query = new URLSearchParams({ group_by: "day,model", limit: "100" });
for (;;) {
  const answer = await fetch(\`${apiUrl}/v1/usage?\${query}\`, { headers });
  const page = await answer.json();
  if (!answer.ok) throw new Error(page.error.message);
  for (const row of page.data) {
    console.log(row.start, row.model_version, row.requests, row.price_micro_usd);
  }
  if (!page.has_more) break;
  query.set("after", page.data.at(-1).id);
}`,
    },
    {
      name: 'Python',
      code: `import json, os, urllib.parse, urllib.request

key = {"Authorization": f"Bearer {os.environ['MODELYARD_KEY']}"}
query = {"group_by": "day,model", "limit": 100}
while True:
    page = json.load(urllib.request.urlopen(urllib.request.Request(
        "${apiUrl}/v1/usage?" + urllib.parse.urlencode(query), headers=key
    )))
    for row in page["data"]:
        print(row["start"], row["model_version"], row["requests"], row["price_micro_usd"])
    if not page["has_more"]:
        break
    query["after"] = page["data"][-1]["id"]`,
    },
  ];
}
