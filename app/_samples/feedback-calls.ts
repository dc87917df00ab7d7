import type { CodeVariant } from '../_components/code-sample.tsx';

/** An answer that is put right, in three languages; the key is read from the environment. */
export function feedbackCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `id=$(curl -s -D - -o /dev/null ${apiUrl}/v1/sentiment \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"input": "Well, that went as planned."}' | tr -d '\\r' | sed -n 's/^x-request-id: //p')

curl -s ${apiUrl}/v1/feedback \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -H "Content-Type: application/json" \\
  -d "{\\"request_id\\": \\"$id\\", \\"label\\": \\"negative\\"}"`,
    },
    {
      name: 'TypeScript',
      code: `const headers = {
  Authorization: \`Bearer \${process.env.MODELYARD_KEY}\`,
  "Content-Type": "application/json",
};
const answer = await fetch("${apiUrl}/v1/sentiment", {
  method: "POST",
  headers,
  body: JSON.stringify({ input: "Well, that went as planned." }),
});
const request_id = answer.headers.get("x-request-id");
const kept = await fetch("${apiUrl}/v1/feedback", {
  method: "POST",
  headers,
  body: JSON.stringify({ request_id, label: "negative" }),
});
console.log(kept.status, await kept.json());`,
    },
    {
      name: 'Python',
      code: `import json, os, urllib.request

def post(path, body):
    request = urllib.request.Request(
        "${apiUrl}" + path,
        json.dumps(body).encode(),
        {
            "Authorization": f"Bearer {os.environ['MODELYARD_KEY']}",
            "Content-Type": "application/json",
        },
    )
    return urllib.request.urlopen(request)

answer = post("/v1/sentiment", {"input": "Well, that went as planned."})
request_id = answer.headers["x-request-id"]
print(json.load(post("/v1/feedback", {"request_id": request_id, "label": "negative"})))`,
    },
  ];
}
