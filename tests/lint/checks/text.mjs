// What no tracked file may hold: work left for later, addresses and paths of one machine. The patterns are
// written so that they do not match themselves.
const PATTERNS = [
  { pattern: /\b(TO[D]O|FIX[M]E|X[X]X)\b/, what: 'work left for later: do it or file an issue' },
  { pattern: /https?:\/\/(registr[y]|[\w.-]*npm[j]s|[\w.-]*pyp[i]|[\w.-]*crates\.i[o]|proxy\.golan[g])\b/, what: 'the address of a package registry: name packages, not places' },
  { pattern: /(^|[^\w.$}-])\/(wor[k]|roo[t]|home\/\w+)\//, what: "a path of somebody's machine" },
  { pattern: /\/tmp\/b-\w/, what: "a path of somebody's machine" },
];
/** Bytes that are tests' input, not text of ours. */
const NOT_TEXT = /^tests\/fuzz\/corpus\//;

function lockFile(path, text) {
  const breaches = [];
  const lines = text.split('\n');
  lines.forEach((line, at) => {
    if (/"resolved"\s*:/.test(line)) breaches.push({ path, line: at + 1, what: '"resolved": an address in a lock file; install with omit-lockfile-registry-resolved=true' });
  });
  for (const [name, entry] of Object.entries(JSON.parse(text).packages ?? {}))
    if (name !== '' && !entry.integrity)
      breaches.push({ path, line: lines.findIndex((line) => line.includes(`"${name}"`)) + 1, what: `${name} has no integrity hash` });
  return breaches;
}

function npmrc(path, text) {
  const breaches = text.split('\n').flatMap((line, at) => (/(^|:)\s*registry\s*=|_auth/i.test(line) ? [{ path, line: at + 1, what: 'a registry or its credentials: they belong to the machine' }] : []));
  for (const setting of ['ignore-scripts=true', 'omit-lockfile-registry-resolved=true'])
    if (!text.includes(setting)) breaches.push({ path, line: 1, what: `${setting} is missing` });
  return breaches;
}

export function text(tree) {
  const breaches = [];
  const looked = tree.files.filter((path) => !NOT_TEXT.test(path));
  for (const path of looked) {
    const content = tree.read(path);
    if (/package-lock\.json$/.test(path)) breaches.push(...lockFile(path, content));
    else if (/\.npmrc$/.test(path)) breaches.push(...npmrc(path, content));
    content.split('\n').forEach((line, at) => {
      for (const { pattern, what } of PATTERNS) {
        const found = pattern.exec(line);
        if (found) breaches.push({ path, line: at + 1, what: `"${found[0].trim()}": ${what}` });
      }
    });
  }
  return { looked: looked.length, breaches };
}
