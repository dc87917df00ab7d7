/** The versions that package.json names under `engines`. Returns what is wrong, or undefined. */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
  if (fits) return undefined;
  return `Node ${version} does not run this. Install Node 20.19, 22.12, 24 or newer, then start again.`;
}
