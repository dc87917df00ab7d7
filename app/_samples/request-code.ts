import type { CodeVariant } from '../_components/code-sample.tsx';

export interface JsonRequest {
  readonly path: string;
  readonly body: object;
  /** The answer is read while it comes. */
  readonly isStream?: boolean;
}

export interface PictureRequest {
  readonly path: string;
  readonly fileName: string;
  readonly fields: Readonly<Record<string, string>>;
}

const shortMax = 76;
const indent = '  ';

/** One request of the API as code that runs as it stands, in three languages; the key is read from the environment. */
export function jsonRequestCode(
  apiUrl: string,
  { path, body, isStream = false }: JsonRequest,
): CodeVariant[] {
  const url = `${apiUrl}${path}`;
  const json = layOut(body);
  return [
    {
      name: 'curl',
      code: `curl ${isStream ? '-N ' : ''}${url} \\
  -H "Authorization: Bearer $MODELYARD_KEY" \\
  -H "Content-Type: application/json" \\
  -d ${shellQuoted(json)}`,
    },
    {
      name: 'TypeScript',
      code: `const answer = await fetch("${url}", {
  method: "POST",
  headers: {
    Authorization: \`Bearer \${process.env.MODELYARD_KEY}\`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify(${indented(json, indent)}),
});
${isStream ? 'for await (const part of answer.body.pipeThrough(new TextDecoderStream())) process.stdout.write(part);' : 'console.log(await answer.json());'}`,
    },
    {
      name: 'Python',
      code: `import json, os, urllib.request

request = urllib.request.Request(
    "${url}",
    json.dumps(${indented(inPython(json), indent.repeat(2))}).encode(),
    {
        "Authorization": f"Bearer {os.environ['MODELYARD_KEY']}",
        "Content-Type": "application/json",
    },
)
${isStream ? 'for line in urllib.request.urlopen(request):\n    print(line.decode(), end="")' : 'print(json.load(urllib.request.urlopen(request)))'}`,
    },
  ];
}

/** A picture of a file's, with the options beside it. */
export function pictureRequestCode(
  apiUrl: string,
  { path, fileName, fields }: PictureRequest,
): CodeVariant[] {
  const url = `${apiUrl}${path}`;
  const options = Object.entries(fields);
  const parts = [
    `image=@"${fileName.replaceAll(/["\\]/g, '\\$&')}"`,
    ...options.map(([name, value]) => `${name}=${value}`),
  ];
  const appended = options.map(
    ([name, value]) => `form.append(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  const named = options.map(([name, value]) => `        ${JSON.stringify(name)}: ${Number(value)},\n`);
  return [
    {
      name: 'curl',
      code: [
        `curl ${url}`,
        '-H "Authorization: Bearer $MODELYARD_KEY"',
        ...parts.map((part) => `-F ${shellQuoted(part)}`),
      ].join(' \\\n  '),
    },
    {
      name: 'TypeScript',
      code: `import { readFile } from "node:fs/promises";

const form = new FormData();
form.append("image", new Blob([await readFile(${JSON.stringify(fileName)})]));
${appended.join('')}const answer = await fetch("${url}", {
  method: "POST",
  headers: { Authorization: \`Bearer \${process.env.MODELYARD_KEY}\` },
  body: form,
});
console.log(await answer.json());`,
    },
    {
      name: 'Python',
      code: `import base64, json, os, urllib.request

picture = open(${JSON.stringify(fileName)}, "rb").read()
request = urllib.request.Request(
    "${url}",
    json.dumps({
        "input": {"base64": base64.b64encode(picture).decode()},
${named.join('')}    }).encode(),
    {
        "Authorization": f"Bearer {os.environ['MODELYARD_KEY']}",
        "Content-Type": "application/json",
    },
)
print(json.load(urllib.request.urlopen(request)))`,
    },
  ];
}

/** On one line where it is short. */
function layOut(value: object): string {
  const line = onOneLine(value);
  return line.length <= shortMax ? line : JSON.stringify(value, null, 2);
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(([name, one]) => `${JSON.stringify(name)}: ${onOneLine(one)}`)
    .join(', ')}}`;
}

function indented(text: string, by: string): string {
  return text.replaceAll('\n', `\n${by}`);
}

/** JSON's strings are Python's too; its three words are not. */
function inPython(json: string): string {
  const words = { true: 'True', false: 'False', null: 'None' } as const;
  return json.replaceAll(/"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b/g, (part) =>
    part.startsWith('"') ? part : words[part as keyof typeof words],
  );
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
