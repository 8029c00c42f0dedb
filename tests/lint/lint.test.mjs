// Each check refuses a small tree that breaks what it holds, at the right line, and takes one that does not.
import { spawnSync } from 'node:child_process';
import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'node:test';

const HERE = dirname(fileURLToPath(import.meta.url));
const LATER = 'TO' + 'DO'; // in pieces, so that this file passes its own check
const NPMRC = 'ignore-scripts=true\nomit-lockfile-registry-resolved=true\n';

const many = (count, line) => `${line}\n`.repeat(count);
const GOOD = {
  'cmake/Modules.cmake': 'set(MODULE_ORDER\n  base syntax engine review # below\n  settings git cli) # above\n',
  'analysis/base/view.h': '#pragma once\n#include <stddef.h>\n',
  'analysis/base/pattern.c': '#include "base/view.h"\n#include <pcre2.h>\n',
  'analysis/base/CMakeLists.txt': 'add_module(base LAYER analysis WRAPS PkgConfig::pcre2)\n',
  'analysis/engine/engine_internal.h': '#pragma once\n#include "base/view.h"\n',
  'analysis/engine/match.c': '#include "engine_internal.h"\n/* never strcpy(a, b) */\nstatic const char *T = "gets(x)";\n',
  'analysis/engine/rule.h': '#pragma once\n',
  'include/perfreview/review.h': '#include "engine/rule.h"\n',
  'service/git/mirror.c': '#include "base/view.h"\n#include "engine/rule.h"\n#include "perfreview/review.h"\n#include <git2.h>\n',
  'service/cli/main.c': '#include "git/mirror.h"\n#include <stdio.h>\n\nint main(void)\n{\n    return 0;\n}\n',
  'service/cli/table.c': `void f(void)\n{\n    static const char *const ROWS[] = {\n${many(100, `        "${'a'.repeat(80)}",`)}    };\n    g(ROWS);\n}\n`,
  'tests/unit/git/test_mirror.c': '#include <git2.h>\n',
  'grammars/.npmrc': NPMRC,
  'grammars/package-lock.json': '{"packages":{"":{},"node_modules/a":{"integrity":"sha512-x"}}}\n',
  'deploy/run.sh': '#!/usr/bin/env bash\nset -euo pipefail\necho hello\n',
};

/** [check, what the tree breaks, files that differ from GOOD, the line that must be named] */
const BREACHES = [
  ['layers', 'an arrow that points up', { 'analysis/base/view.h': '#include "engine/rule.h"\n' }, 'analysis/base/view.h:1:'],
  ['layers', 'the service in the analysis', { 'analysis/engine/match.c': '\n#include "git/mirror.h"\n' }, 'analysis/engine/match.c:2:'],
  ['layers', 'the service past the door', { 'service/git/mirror.c': '#include "engine/match.h"\n' }, 'service/git/mirror.c:1:'],
  ['layers', 'the private header of another', { 'service/cli/main.c': '#include "git/git_internal.h"\n' }, 'service/cli/main.c:1:'],
  ['layers', 'a way around', { 'analysis/engine/match.c': '#include "../../service/git/mirror.h"\n' }, 'analysis/engine/match.c:1:'],
  ['layers', 'the world by its header', { 'analysis/engine/match.c': '#include <time.h>\n' }, 'analysis/engine/match.c:1:'],
  ['layers', 'the world by a call', { 'analysis/engine/match.c': '\n\nint f(void) { return fopen("a", "r") != 0; }\n' }, 'analysis/engine/match.c:3:'],
  ['foreign', 'a second user of a library', { 'service/cli/main.c': '\n#include <git2.h>\n' }, 'service/cli/main.c:2:'],
  ['foreign', 'a library that nobody owns', { 'service/cli/main.c': '#include <zlib.h>\n' }, 'service/cli/main.c:1:'],
  ['foreign', 'a test of another module', { 'tests/unit/cli/test_main.c': '#include <git2.h>\n' }, 'tests/unit/cli/test_main.c:1:'],
  ['foreign', 'a second one who links it', { 'service/cli/CMakeLists.txt': 'add_module(cli WRAPS PkgConfig::git2)\n' }, 'service/cli/CMakeLists.txt:1:'],
  ['length', 'a long file', { 'service/cli/main.c': many(601, 'int x;') }, 'service/cli/main.c:601:'],
  ['length', 'a long function', { 'service/cli/main.c': `void f(void)\n{\n${many(81, '    g();')}}\n` }, 'service/cli/main.c:1:'],
  ['banned', 'a banned call', { 'service/cli/main.c': 'void f(char *a)\n{\n    strcpy (a, "b");\n}\n' }, 'service/cli/main.c:3:'],
  ['banned', 'a banned builtin', { 'service/cli/main.c': 'void *f = __builtin_alloca(3);\n' }, 'service/cli/main.c:1:'],
  ['text', 'work left for later', { 'service/cli/main.c': `/* ${LATER} */\n` }, 'service/cli/main.c:1:'],
  ['text', "a registry's address", { 'deploy/run.sh': `#!/bin/sh\ncurl https://${'registry'}.example.org/x\n` }, 'deploy/run.sh:2:'],
  ['text', "a machine's path", { 'deploy/run.sh': `#!/bin/sh\nls "/${'root'}/x"\n` }, 'deploy/run.sh:2:'],
  ['text', 'a lock file with addresses', { 'grammars/package-lock.json': '{"packages":{"node_modules/a":{"integrity":"x",\n"resolved": "y"}}}\n' }, 'grammars/package-lock.json:2:'],
  ['text', 'a lock file without hashes', { 'grammars/package-lock.json': '{"packages":{\n"node_modules/a":{}}}\n' }, 'grammars/package-lock.json:2:'],
  ['text', 'packages that may run scripts', { 'grammars/.npmrc': NPMRC.replace('ignore', '#') }, 'grammars/.npmrc:1:'],
  ['scripts', 'a script that does not parse', { 'deploy/run.sh': '#!/bin/sh\necho hello\nif true; then\n' }, 'deploy/run.sh:4:'],
  ['scripts', 'a bash script that goes on', { 'deploy/run.sh': '#!/usr/bin/env bash\nfalse\n' }, 'deploy/run.sh:1:'],
  ['scripts', 'a script that cannot be run', { 'deploy/other.sh': '#!/bin/sh\n' }, 'deploy/other.sh:1:'],
  ['format', 'code by another taste', { 'service/cli/main.c': '#include <stdio.h>\n\nint main(void) {\n  return 0;\n}\n' }, 'service/cli/main.c:3:'],
];

function lint(check, differs = {}) {
  const root = mkdtempSync(join(tmpdir(), 'perf-review-lint-'));
  try {
    for (const [path, content] of Object.entries({ ...GOOD, ...differs })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    chmodSync(join(root, 'deploy/run.sh'), 0o755);
    cpSync(join(HERE, '..', '..', '.clang-format'), join(root, '.clang-format'));
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(HERE, 'lint.mjs'), check, root], { encoding: 'utf8' });
    return { status, said: stdout + stderr };
  } finally {
    rmSync(root, { recursive: true });
  }
}

for (const check of new Set(BREACHES.map(([name]) => name)))
  test(`${check} takes a tree that keeps it`, (t) => {
    const { status, said } = lint(check);
    if (status === 77) return t.skip(said.trim());
    assert.equal(status, 0, said);
  });

for (const [check, what, differs, place] of BREACHES)
  test(`${check} refuses ${what}`, (t) => {
    const { status, said } = lint(check, differs);
    if (status === 77) return t.skip(said.trim());
    assert.equal(status, 1, said);
    assert.ok(said.split('\n').some((line) => line.startsWith(place)), `no line begins with ${place}\n${said}`);
    assert.match(said, /, 1 breach\n/);
  });
