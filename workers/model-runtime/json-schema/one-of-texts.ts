import { literal } from './json-rules.ts';

interface Node {
  isEnd: boolean;
  readonly next: Map<string, Node>;
}

/**
 * One of these texts, in GBNF, character by character where they part: llama.cpp follows every alternative that is open, and
 * tries each with every token of the vocabulary, so that a thousand beside one another held up everybody's answers.
 */
export function oneOfTexts(texts: readonly string[]): string {
  return write(treeOf(texts));
}

/** The most characters of which any may be the next one. */
export function widestFork(texts: readonly string[]): number {
  let widest = 0;
  const open = [treeOf(texts)];
  for (let node = open.pop(); node; node = open.pop()) {
    widest = Math.max(widest, node.next.size);
    open.push(...node.next.values());
  }
  return widest;
}

function treeOf(texts: readonly string[]): Node {
  const root: Node = { isEnd: false, next: new Map() };
  for (const text of texts) {
    let node = root;
    for (const character of text) {
      const next = node.next.get(character) ?? { isEnd: false, next: new Map() };
      node.next.set(character, next);
      node = next;
    }
    node.isEnd = true;
  }
  return root;
}

function write({ isEnd, next }: Node): string {
  const bodies = [...next].map(([character, node]) => {
    let text = character;
    let last = node;
    while (!last.isEnd && last.next.size === 1) {
      const [only] = last.next;
      if (!only) break;
      text += only[0];
      last = only[1];
    }
    return last.next.size === 0 ? literal(text) : `${literal(text)} ${write(last)}`;
  });
  if (bodies.length === 1 && !isEnd) return bodies[0] as string;
  // Not "?": llama.cpp bounds what stands before it, as it bounds repetitions.
  return `(${[...bodies, ...(isEnd ? ['""'] : [])].join(' | ')})`;
}
