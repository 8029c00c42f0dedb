// Calls that write without a bound, hide errors, or share state between threads (STYLE.md 7).
import { bareCode, lineAt } from '../tree.mjs';

const WHY = {
  strcpy: 'writes without a bound; use a buffer or arena_copy()',
  strcat: 'writes without a bound; use a buffer',
  stpcpy: 'writes without a bound; use a buffer',
  sprintf: 'writes without a bound; use snprintf() or a buffer',
  vsprintf: 'writes without a bound; use vsnprintf() or a buffer',
  gets: 'writes without a bound',
  strtok: 'keeps hidden state between calls; use views',
  atoi: 'cannot tell an error from 0; use strtoll() or base/checked.h',
  atol: 'cannot tell an error from 0; use strtoll() or base/checked.h',
  atoll: 'cannot tell an error from 0; use strtoll() or base/checked.h',
  atof: 'cannot tell an error from 0; use strtod()',
  gmtime: 'shares its result between threads; use gmtime_r()',
  localtime: 'shares its result between threads; use localtime_r()',
  ctime: 'shares its result between threads; use strftime()',
  asctime: 'shares its result between threads; use strftime()',
  alloca: 'takes unbounded stack; use an arena',
  tmpnam: 'is a race; use mkstemp()',
  mktemp: 'is a race; use mkstemp()',
};
const CALL = new RegExp(`(?<![\\w.>])(?:__builtin_)?(${Object.keys(WHY).join('|')})\\s*\\(`, 'g');

export function banned(tree) {
  const breaches = tree.c.flatMap((path) => {
    const source = tree.read(path);
    return [...bareCode(source).matchAll(CALL)].map((call) => ({
      path, line: lineAt(source, call.index), what: `${call[1]}(): ${WHY[call[1]]}`,
    }));
  });
  return { looked: tree.c.length, breaches };
}
