// A reader holds a file and a function whole (STYLE.md 1).
const FILE_LINES = 600;
/** STYLE.md says about 60; what is past this is no matter of taste. */
const FUNCTION_LINES = 80;

/** Functions of formatted C: a brace alone at the first column opens one, and closes it. The rows of a table
 *  in it are data and do not count. */
function functionsOf(lines) {
  const found = [];
  let open = -1;
  let table = null;
  let count = 0;
  lines.forEach((text, at) => {
    if (open < 0) {
      if (text === '{') [open, count, table] = [at, 0, null];
    } else if (/^\}/.test(text)) {
      found.push({ line: open, count });
      open = -1;
    } else {
      if (table === null && /= \{$/.test(text)) table = `${/^\s*/.exec(text)[0]}};`;
      else if (table === null) count++;
      if (text === table) table = null;
    }
  });
  return found;
}

export function length(tree) {
  const breaches = [];
  for (const path of tree.c) {
    const lines = tree.read(path).split('\n');
    if (lines.at(-1) === '') lines.pop();
    if (lines.length > FILE_LINES)
      breaches.push({ path, line: FILE_LINES + 1, what: `${lines.length} lines, at most ${FILE_LINES}: split it by responsibility` });
    for (const { line, count } of functionsOf(lines))
      if (count > FUNCTION_LINES)
        breaches.push({ path, line, what: `a function of ${count} lines, at most ${FUNCTION_LINES}: split it by responsibility` });
  }
  return { looked: tree.c.length, breaches };
}
