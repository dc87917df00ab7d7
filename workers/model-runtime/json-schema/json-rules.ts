/** What the rules let a whole number be at the most, either side of 0: below 2^53, which readers keep exactly. */
export const INTEGER_MAX = 999_999_999_999_999;

/**
 * JSON (RFC 8259) in GBNF. White space, digits and escapes are bounded or narrowed, so that a model can't go round in
 * circles: all that these rules let through is JSON, not the other way round. Escapes of surrogates are left out, which
 * keeps a string's length in code points countable.
 */
export const JSON_RULES: Readonly<Record<string, string>> = {
  ws: '| " " | "\\n" [ \\t]{0,20}',
  hex: '[0-9a-fA-F]',
  char: '[^"\\\\\\x00-\\x1F\\x7F] | "\\\\" (["\\\\/bfnrt] | "u" ([0-9abcefABCEF] hex{3} | [dD] [0-7] hex{2}))',
  string: '"\\"" char* "\\""',
  integer: '"-"? ("0" | [1-9] [0-9]{0,14})',
  number: 'integer ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?',
  boolean: '"true" | "false"',
  null: '"null"',
  member: 'string ws ":" ws value',
  object: '"{" ws (member (ws "," ws member)*)? ws "}"',
  array: '"[" ws (value (ws "," ws value)*)? ws "]"',
  value: 'object | array | string | number | boolean | null',
};

/** A rule and those that it needs. */
export function writeGrammar(rules: ReadonlyMap<string, string>): string {
  const written = new Map([...rules, ...Object.entries(JSON_RULES)]);
  const needed = new Set<string>();
  const visit = (name: string) => {
    const body = written.get(name);
    if (body === undefined || needed.has(name)) return;
    needed.add(name);
    for (const other of namesIn(body)) visit(other);
  };
  visit('root');
  return [...needed].map((name) => `${name} ::= ${written.get(name)}\n`).join('');
}

function namesIn(body: string): readonly string[] {
  const bare = body.replace(/"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]/g, ' ');
  return bare.match(/[a-z][a-z0-9-]*/g) ?? [];
}

/** A text as it stands, in GBNF. */
export function literal(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `"${escaped}"`;
}
