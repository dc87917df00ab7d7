/** A picture that reads well on light and on dark ground, as an `img` or opened by itself. */
export function svgDocument(width: number, height: number, title: string, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>
svg { font: 12px system-ui, sans-serif; --ink: #1c1c1a; --soft: #75736c; --line: #d9d6cd; --mark: #2f5fd0; --ground: #ffffff; }
@media (prefers-color-scheme: dark) { svg { --ink: #ecebe6; --soft: #a3a198; --line: #3b3a36; --mark: #8fb0ff; --ground: #171715; } }
.ground { fill: var(--ground); } text { fill: var(--ink); } .soft { fill: var(--soft); } .share { fill-opacity: 0.85; }
.line { stroke: var(--line); fill: none; } .ideal { stroke: var(--soft); fill: none; } .mark { fill: var(--mark); } .trace { stroke: var(--mark); stroke-width: 2; fill: none; }
</style>
<rect class="ground" width="${width}" height="${height}" rx="8"/>
${body}
</svg>
`;
}

export function escaped(value: string): string {
  return value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
