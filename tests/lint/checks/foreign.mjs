// One module alone includes and links a foreign library (STYLE.md 1), so that it is replaced in one place.
import { includesOf } from '../tree.mjs';

/** header: what is included; link: CMake's name of it; tests: folders besides the module's own unit tests. */
const LIBRARIES = [
  { header: /^cjson\//, link: 'cjson', owner: 'analysis/base' },
  { header: /^pcre2\.h$/, link: 'pcre2', owner: 'analysis/base' },
  { header: /^libfyaml\.h$/, link: 'fyaml', owner: 'analysis/base' },
  // The tree itself is read through the core's own headers; the rules' oracle is tree-sitter's own query.
  { header: /^tree_sitter\/|^(tree|subtree|language)\.h$/, owner: 'analysis/syntax', tests: ['tests/unit/engine/', 'tests/rules/', 'tests/bench/'] },
  { header: /^git2(\.h|\/)/, link: 'git2', owner: 'service/git' },
  { header: /^microhttpd\.h$/, link: 'microhttpd', owner: 'service/http' },
  { header: /^curl\//, link: 'curl', owner: 'service/http' },
  { header: /^sqlite3\.h$/, link: 'sqlite', owner: 'service/store' },
  { header: /^libpq-fe\.h$/, link: 'pq', owner: 'service/store' },
  { header: /^openssl\//, link: 'crypto', owner: 'service/forge' },
  { header: /^seccomp\.h$/, link: 'seccomp', owner: 'service/worker' },
  { header: /^cmocka\.h$/, link: 'cmocka', owner: 'tests' },
  { header: /^sanitizer\//, owner: 'analysis/base', tests: ['tests/'] },
];
/** The C library, POSIX and Linux; whatever else is included by <> must have a row above. */
const SYSTEM = /^(assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|tgmath|threads|time|uchar|wchar|wctype|dirent|dlfcn|endian|fcntl|fnmatch|ftw|getopt|glob|grp|libgen|netdb|poll|pthread|pwd|regex|sched|search|semaphore|spawn|strings|syslog|termios|unistd|malloc|execinfo|err|fts)\.h$|^(sys|netinet|arpa|net|linux|asm)\//;

const mayUse = (library, path) => path.startsWith(`${library.owner}/`)
  || path.startsWith(`tests/unit/${library.owner.split('/')[1]}/`)
  || (library.tests ?? []).some((folder) => path.startsWith(folder));

export function foreign(tree) {
  const breaches = [];
  const ours = tree.c.filter((path) => /^(analysis|service|include|tests)\//.test(path));
  for (const path of ours)
    for (const { line, name, quoted } of includesOf(tree.read(path))) {
      const library = LIBRARIES.find(({ header }) => header.test(name));
      if (library && !(quoted && tree.has(`${path.slice(0, path.lastIndexOf('/'))}/${name}`))) {
        if (!mayUse(library, path)) breaches.push({ path, line, what: `<${name}>: only ${library.owner} includes this library` });
      } else if (!quoted && !SYSTEM.test(name)) {
        breaches.push({ path, line, what: `<${name}>: a foreign library without an owner in tests/lint/checks/foreign.mjs` });
      }
    }

  const lists = tree.files.filter((path) => /^(analysis|service)\/.*CMakeLists\.txt$/.test(path));
  for (const path of lists)
    tree.read(path).split('\n').forEach((text, at) => {
      for (const [, name] of text.replace(/#.*/, '').matchAll(/PkgConfig::(\w+)/g)) {
        const library = LIBRARIES.find(({ link }) => link === name);
        if (!library) breaches.push({ path, line: at + 1, what: `PkgConfig::${name}: no owner in tests/lint/checks/foreign.mjs` });
        else if (!path.startsWith(`${library.owner}/`)) breaches.push({ path, line: at + 1, what: `PkgConfig::${name}: only ${library.owner} links it` });
      }
    });
  return { looked: ours.length + lists.length, breaches };
}
