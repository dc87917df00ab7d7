import type { CodeVariant } from '../_components/code-sample.tsx';

/** A receiver that verifies, in two languages: a server of its own, with the secret in the environment. */
export function webhookReceivers(): readonly CodeVariant[] {
  return [
    {
      name: 'TypeScript',
      code: `import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
createServer(async (request, response) => {
  try {
    const event = webhook.verify(await text(request), request.headers);
    response.writeHead(204).end();
    console.log(event.id, event.type, JSON.stringify(event.data));
  } catch {
    response.writeHead(400).end("The signature is wrong.");
  }
}).listen(process.env.PORT ?? 8080);`,
    },
    {
      name: 'Python',
      code: `import base64, hmac, json, os, time
from http.server import BaseHTTPRequestHandler, HTTPServer

key = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))

def verified(headers, body):
    sent_at = headers["webhook-timestamp"]
    if abs(time.time() - int(sent_at)) > 300:
        return False
    content = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    digest = hmac.digest(key, content, "sha256")
    expected = "v1," + base64.b64encode(digest).decode()
    signatures = headers["webhook-signature"].split()
    return any(hmac.compare_digest(expected, one) for one in signatures)

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        taken = verified(self.headers, body)
        self.send_response(204 if taken else 400)
        self.end_headers()
        if taken:
            event = json.loads(body)
            print(event["id"], event["type"], json.dumps(event["data"]), flush=True)

HTTPServer(("", int(os.environ.get("PORT", 8080))), Receiver).serve_forever()`,
    },
  ];
}

/** What we send, made by hand: to try a receiver before there is an endpoint. */
export function webhookDelivery(): readonly CodeVariant[] {
  return [
    {
      name: 'curl',
      code: `id=evt_019ab2f00c1e7d53a1c85f1f0f3f6f10
now=$(date +%s)
body='{"id":"'$id'","object":"event","type":"webhook.test","created_at":'$now',"data":{"id":"by-hand"}}'
key=$(printf %s "\${WEBHOOK_SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')
signature=$(printf %s "$id.$now.$body" |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)

curl -i "http://localhost:\${PORT:-8080}/" \\
  -H "Content-Type: application/json" \\
  -H "webhook-id: $id" \\
  -H "webhook-timestamp: $now" \\
  -H "webhook-signature: v1,$signature" \\
  -d "$body"`,
    },
  ];
}
