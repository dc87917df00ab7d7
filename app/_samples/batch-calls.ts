import type { CodeVariant } from '../_components/code-sample.tsx';

/** From two lines to their answers; the key is read from the environment. */
export function batchCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `cat > lines.jsonl <<'END'
{"custom_id": "one", "method": "POST", "url": "/v1/sentiment", "body": {"input": "It works."}}
{"custom_id": "two", "method": "POST", "url": "/v1/sentiment", "body": {"input": "It broke."}}
END

key="Authorization: Bearer $MODELYARD_KEY"
of() { sed -n "s/.*\\"$1\\":\\"\\([^\\"]*\\)\\".*/\\1/p"; }

file=$(curl -s ${apiUrl}/v1/files -H "$key" \\
  -F purpose=batch -F file=@lines.jsonl | of id)
batch=$(curl -s ${apiUrl}/v1/batches -H "$key" \\
  -H "Content-Type: application/json" \\
  -d "{\\"input_file_id\\": \\"$file\\", \\"endpoint\\": \\"/v1/sentiment\\", \\"completion_window\\": \\"24h\\"}" | of id)

until curl -s ${apiUrl}/v1/batches/$batch -H "$key" | grep -qE '"status":"(completed|failed|expired|cancelled)"'; do
  sleep 1
done
output=$(curl -s ${apiUrl}/v1/batches/$batch -H "$key" | of output_file_id)
curl -s ${apiUrl}/v1/files/$output/content -H "$key"`,
    },
    {
      name: 'TypeScript',
      code: `const headers = { Authorization: \`Bearer \${process.env.MODELYARD_KEY}\` };
const ask = async (path, init) => {
  const answer = await fetch(\`${apiUrl}/v1\${path}\`, { headers, ...init });
  if (!answer.ok) throw new Error((await answer.json()).error.message);
  return answer;
};

const lines = ["It works.", "It broke."].map((input, i) =>
  JSON.stringify({ custom_id: \`line-\${i}\`, method: "POST", url: "/v1/sentiment", body: { input } }),
);
const form = new FormData();
form.append("purpose", "batch");
form.append("file", new Blob([lines.join("\\n")]), "lines.jsonl");
const file = await (await ask("/files", { method: "POST", body: form })).json();

let batch = await (await ask("/batches", {
  method: "POST",
  headers: { ...headers, "Content-Type": "application/json" },
  body: JSON.stringify({
    input_file_id: file.id,
    endpoint: "/v1/sentiment",
    completion_window: "24h",
  }),
})).json();
while (["validating", "in_progress", "finalizing"].includes(batch.status)) {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  batch = await (await ask(\`/batches/\${batch.id}\`)).json();
}
if (batch.status !== "completed") throw new Error(\`The batch is \${batch.status}.\`);
const output = await ask(\`/files/\${batch.output_file_id}/content\`);
for (const line of (await output.text()).trim().split("\\n")) {
  const { custom_id, response } = JSON.parse(line);
  console.log(custom_id, response.body.data[0].label);
}`,
    },
  ];
}
