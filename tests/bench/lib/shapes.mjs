// Python files that hold much of one thing, of any length: where time must grow as the text does.

const repeat = (count, piece) => Array.from({ length: count }, (_, i) => piece(i)).join('');

/** Statements of many kinds, at one depth, that share their names. */
const statements = (pad) => (i) => [
  `total = total + values[${i}] * len(names)`,
  `for item in values:`,
  `    if item in names and item not in seen:`,
  `        names.append(str(item) + ",")`,
  `        seen[item] = lookup(item, key=${i})`,
  `text = "%s: %d" % (total, ${i})`,
  `found = [name.strip() for name in names if name in seen]`,
  `log.debug("step %s", found)`,
].map((line) => `${pad}${line}\n`).join('');

const SETUP = ['total = 0', 'values = list(range(10))', 'names = []', 'seen = {}'];
const setup = (pad) => SETUP.map((line) => `${pad}${line}\n`).join('');

/** name -> (how much) -> text; 1 makes some 32 KB. */
export const SHAPES = {
  'one big function': (times) => `def work(log, lookup):\n${setup('    ')}${repeat(85 * times, statements('    '))}    return total\n`,
  'module level': (times) => `${setup('')}${repeat(90 * times, statements(''))}`,
  'many small functions': (times) => repeat(64 * times, (i) => `def step_${i}(log, lookup):\n${setup('    ')}${statements('    ')(i)}    return total, text\n\n\n`),
  'one class': (times) => `class Store:\n    def __init__(self):\n        self.rows = []\n        self.names = {}\n\n${repeat(95 * times, (i) => [
    `def get_${i}(self, key, default=None):`,
    `    for row in self.rows:`,
    `        if row.key == key and self.names[key] == ${i}:`,
    `            self.total_${i} = row.value + self.get_${Math.max(0, i - 1)}(key)`,
    `            self.rows.append(row)`,
    `    return self.names.get(key, default)`,
  ].map((line) => `    ${line}\n`).join('') + '\n')}`,
  'deep nesting': (times) => repeat(7 * times, (i) => `def deep_${i}(a, log):\n${repeat(24, (d) => `${'    '.repeat(d + 1)}${d % 2 ? 'if a' : `for x${d} in a`}:\n${'    '.repeat(d + 2)}a = log(a, ${'['.repeat(d)}a${']'.repeat(d)})\n`)}\n`),
  'chained calls': (times) => repeat(8 * times, (i) => `query_${i} = (table\n${repeat(200, (k) => `    .step_${k}(x)\n`)})\n`),
  'long literal': (times) => `TABLE = [\n${repeat(550 * times, (i) => `    ("name ${i}", ${i}, {"kind": "a", "at": [${i}, 2.5]}, None),\n`)}]\n\nfor row in TABLE:\n    if row in TABLE:\n        print(row)\n`,
  'one long loop': (times) => `def walk(rows, log):\n    parts = []\n    for row in rows:\n${repeat(330 * times, (i) => `        value_${i % 50} = row.get("k${i}") or parts\n        parts.append(value_${i % 50}.strip())\n`)}    return parts\n`,
};
