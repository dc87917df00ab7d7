import type { CodeVariant } from '../_components/code-sample.tsx';

/** The same call twice under one Idempotency-Key: the second is told what the first has cost. */
export function retryCalls(apiUrl: string): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `name=$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen)
for try in 1 2; do
  curl -s ${apiUrl}/v1/sentiment \\
    -H "Authorization: Bearer $MODELYARD_KEY" \\
    -H "Content-Type: application/json" \\
    -H "Idempotency-Key: $name" \\
    -d '{"input": "It works."}'
  echo
done`,
    },
    {
      name: 'OpenAI, TypeScript',
      code: `import { randomUUID } from "node:crypto";
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${apiUrl}/v1",
  apiKey: process.env.MODELYARD_KEY,
});
const headers = { "Idempotency-Key": randomUUID() };
const body = {
  model: "text-1",
  messages: [{ role: "user", content: "Name three colours." }],
  max_completion_tokens: 20,
};
const answer = await client.chat.completions.create(body, { headers });
console.log(answer.choices[0].message.content);
try {
  await client.chat.completions.create(body, { headers });
} catch (error) {
  if (error.code !== "already_completed") throw error;
  console.log(error.error.receipt.id, error.error.receipt.price_micro_usd);
}`,
    },
  ];
}
