const mapped = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/;

/** The IPv4 address that an IPv6 address stands for, however that is written. Null: for none. */
export function ipv4OfMapped(address: string): string | null {
  const url = `http://[${address}]`;
  // Nearly no address is one, and finding that out costs less than parsing each.
  if (!/ffff:/i.test(address) || !URL.canParse(url)) return null;
  const [, high, low] = mapped.exec(new URL(url).hostname) ?? [];
  if (high === undefined || low === undefined) return null;
  const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}
