/**
 * A number as it was typed, without the commas that group its thousands. Any other comma stays, and makes it no number:
 * whoever writes 12,50 means twelve and a half, not a hundred times as much.
 */
export function ungrouped(typed: string): string {
  return typed.trim().replace(/^\d{1,3}(,\d{3})+(?=\.|$)/, (grouped) => grouped.replaceAll(',', ''));
}
