// Dependencies point one way (STYLE.md 1): the order of modules is the one CMake refuses arrows by.
import { bareCode, includesOf, lineAt } from '../tree.mjs';

/** Besides perfreview/ and base/ what include/perfreview/ itself includes, and the service may too. */
const DOORS = new Set(['engine/rule.h', 'syntax/tree.h']);
/** The world, which the analysis does not know: files, clocks, processes, sockets. (pthread_once is none of it.) */
const WORLD = /^(time|signal|locale|unistd|fcntl|poll|dirent|netdb|dlfcn|ftw|pwd|sched|semaphore|spawn|syslog|termios)\.h$|^(sys|netinet|arpa|net|linux)\//;
const WORLD_CALL = /(?<![\w.>])(fopen|freopen|getenv|secure_getenv|system|popen|time|clock|clock_gettime|printf|puts|putchar|perror|exit)\s*\(/g;

function moduleOrder(tree) {
  const found = /set\(MODULE_ORDER([^)]*)\)/.exec(tree.read('cmake/Modules.cmake'));
  const order = found[1].replace(/#[^\n]*/g, ' ').split(/\s+/).filter(Boolean);
  return new Map(order.map((name, at) => [name, at]));
}

function judge(tree, order, own, include) {
  if (include.name.includes('..')) return `"${include.name}": a way out of the module; include a door by MODULE/FILE.h`;
  const [module, ...rest] = include.name.split('/');
  const folder = `${own.layer}/${own.module}`;
  if (rest.length === 0)
    return tree.has(`${folder}/${include.name}`) ? null : `"${include.name}" is not a file of ${folder}; include a door by MODULE/FILE.h`;
  if (module === 'perfreview')
    return own.layer === 'service' || order.get(own.module) >= order.get('review') ? null
      : `"${include.name}": the public header belongs to review, above ${own.module}`;
  if (!order.has(module)) return `"${include.name}": no module ${module} in cmake/Modules.cmake`;
  if (module === own.module) return null;
  if (order.get(module) > order.get(own.module)) return `"${include.name}": points up, ${own.module} stands below ${module} (cmake/Modules.cmake)`;
  if (/_internal\.h$/.test(include.name)) return `"${include.name}": private to ${module}`;
  if (own.layer === 'service' && tree.has(`analysis/${module}`) && module !== 'base' && !DOORS.has(include.name))
    return `"${include.name}": the service enters the analysis by perfreview/, base/ and ${[...DOORS].join(', ')} only`;
  return null;
}

export function layers(tree) {
  const order = moduleOrder(tree);
  const breaches = [];
  const looked = tree.c.filter((path) => /^(analysis|service)\/[^/]+\//.test(path));

  for (const path of looked) {
    const [layer, module] = path.split('/');
    const source = tree.read(path);
    for (const include of includesOf(source)) {
      const what = include.quoted ? judge(tree, order, { layer, module }, include)
        : layer === 'analysis' && WORLD.test(include.name) ? `<${include.name}>: the analysis knows no file, clock, process or socket` : null;
      if (what) breaches.push({ path, line: include.line, what });
    }
    if (layer === 'analysis')
      for (const call of bareCode(source).matchAll(WORLD_CALL))
        breaches.push({ path, line: lineAt(source, call.index), what: `${call[1]}(): the analysis knows no file, clock or environment` });
  }
  return { looked: looked.length, breaches };
}
