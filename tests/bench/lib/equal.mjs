// Ten rules a language that can be said in the same words here and for ast-grep: syntax alone, so that both must find
// the same places. `ours` is a pattern, `theirs` an ast-grep rule; both report the whole node.

const call = (name, args) => ({ kind: 'call', all: [
  { has: { field: 'function', kind: 'identifier', regex: `^(${name})$` } },
  { has: { field: 'arguments', ...args } }] });
const method = (name, object = {}) => ({ kind: 'call', has: { field: 'function', kind: 'attribute', all: [
  { has: { field: 'attribute', regex: `^(${name})$` } }, { has: { field: 'object', regex: '^', ...object } }] } });
const within = (kind) => ({ inside: { kind, stopBy: { any: [{ kind: 'function_definition' }, { kind: 'lambda' }, { kind }] } } });
const words = (list) => list.split('|').map((word) => `"${word}"`).join(' ');

const PYTHON = [
  ['comprehension-in-reducer', '(call function: (identifier) @f arguments: (argument_list (list_comprehension))) @site (#any-of? @f "sum" "any" "all" "max" "min")',
    call('sum|any|all|max|min', { kind: 'argument_list', has: { kind: 'list_comprehension' } })],
  ['set-of-list', '(call function: (identifier) @f arguments: (argument_list [(list) (list_comprehension)])) @site (#any-of? @f "set" "tuple" "frozenset")',
    call('set|tuple|frozenset', { kind: 'argument_list', has: { any: [{ kind: 'list' }, { kind: 'list_comprehension' }] } })],
  ['eager-log', '(call function: (attribute attribute: (identifier) @m) arguments: (argument_list . (string (interpolation)))) @site (#any-of? @m "debug" "info" "warning" "error")',
    { ...method('debug|info|warning|error'), all: [{ has: { field: 'arguments', has: { kind: 'string', nthChild: 1, has: { kind: 'interpolation' } } } }] }],
  ['pop-front', '(call function: (attribute attribute: (identifier) @m) arguments: (argument_list . (integer) @n .)) @site (#eq? @m "pop") (#eq? @n "0")',
    { ...method('pop'), all: [{ has: { field: 'arguments', regex: '^\\(\\s*0\\s*\\)$' } }] }],
  ['sleep', '(call function: (attribute object: (identifier) @o attribute: (identifier) @m)) @site (#eq? @m "sleep") (#eq? @o "time")',
    method('sleep', { kind: 'identifier', regex: '^time$' })],
  ['compile-in-function', '(call function: (attribute object: (identifier) @o attribute: (identifier) @m)) @site (#eq? @m "compile") (#eq? @o "re") (#in-function? @site)',
    { ...method('compile', { kind: 'identifier', regex: '^re$' }), inside: { kind: 'function_definition', field: 'body', stopBy: 'end' } }],
  ['readlines', '(for_statement right: (call function: (attribute attribute: (identifier) @m))) @site (#eq? @m "readlines")',
    { kind: 'for_statement', has: { field: 'right', ...method('readlines') } }],
  ['keys', '(for_statement right: (call function: (attribute attribute: (identifier) @m))) @site (#eq? @m "keys")',
    { kind: 'for_statement', has: { field: 'right', ...method('keys') } }],
  ['in-literal', '(comparison_operator (_) ["in" "not in"] (list)) @site',
    { kind: 'comparison_operator', all: [{ has: { kind: 'list', nthChild: 2 } }, { has: { any: [{ pattern: 'in' }, { regex: '^(not\\s+)?in$' }] } }] }],
  ['try-in-for', '(try_statement) @site (#inside? @site for_statement)', { kind: 'try_statement', ...within('for_statement') }],
];

const field = (name) => ({ has: { field: 'function', kind: 'field_expression', has: { field: 'field', regex: `^(${name})$` } } });
const path = (type, name) => ({ has: { field: 'function', kind: 'scoped_identifier', all: [
  { has: { field: 'path', kind: 'identifier', regex: `^(${type})$` } }, { has: { field: 'name', regex: `^(${name})$` } }] } });
const chained = (inner, outer) => ({ kind: 'call_expression', has: { field: 'function', kind: 'field_expression', all: [
  { has: { field: 'field', regex: `^(${outer})$` } }, { has: { field: 'value', kind: 'call_expression', ...field(inner) } }] } });
const ours = (inner, outer) => `(call_expression function: (field_expression value: (call_expression function: (field_expression field: (field_identifier) @i)) field: (field_identifier) @o)) @site (#any-of? @o ${words(outer)}) (#any-of? @i ${words(inner)})`;
const inLoop = (kinds) => ({ inside: { any: kinds.map((kind) => ({ kind })), stopBy: { any: [{ kind: 'function_item' }, { kind: 'closure_expression' }, ...kinds.map((kind) => ({ kind }))] } } });

const RUST = [
  ['cloned-first', ours('cloned', 'next|last|nth|count|take|filter'), chained('cloned', 'next|last|nth|count|take|filter')],
  ['filter-next', ours('filter', 'next'), chained('filter', 'next')],
  ['iter-count', ours('iter|into_iter', 'count'), chained('iter|into_iter', 'count')],
  ['chars-count', ours('chars', 'count|nth|next'), chained('chars', 'count|nth|next')],
  ['lowercase-eq', '(binary_expression left: (call_expression function: (field_expression field: (field_identifier) @m)) "==") @site (#any-of? @m "to_lowercase" "to_uppercase" "to_string")',
    { kind: 'binary_expression', all: [{ has: { field: 'operator', regex: '^==$' } }, { has: { field: 'left', kind: 'call_expression', ...field('to_lowercase|to_uppercase|to_string') } }] }],
  ['eager-default', '(call_expression function: (field_expression field: (field_identifier) @m) arguments: (arguments . (macro_invocation macro: (identifier) @n) .)) @site (#any-of? @m "unwrap_or" "ok_or" "or_insert") (#eq? @n "format")',
    { kind: 'call_expression', all: [field('unwrap_or|ok_or|or_insert'), { has: { field: 'arguments', has: { kind: 'macro_invocation', has: { field: 'macro', regex: '^format$' } } } }] }],
  ['regex-new', '(call_expression function: (scoped_identifier path: (identifier) @p name: (identifier) @n)) @site (#eq? @n "new") (#any-of? @p "Regex" "RegexBuilder")',
    { kind: 'call_expression', ...path('Regex|RegexBuilder', 'new') }],
  ['boxed-vec', '(generic_type type: (type_identifier) @b type_arguments: (type_arguments . (generic_type type: (type_identifier) @v) .)) @site (#any-of? @b "Box" "Rc" "Arc") (#any-of? @v "Vec" "Box" "HashMap")',
    { kind: 'generic_type', all: [{ has: { field: 'type', regex: '^(Box|Rc|Arc)$' } }, { has: { field: 'type_arguments', has: { nthChild: { position: 1 }, kind: 'generic_type', has: { field: 'type', regex: '^(Vec|Box|HashMap)$' } } } }] }],
  ['clone-in-for', '(call_expression function: (field_expression field: (field_identifier) @m)) @site (#any-of? @m "clone" "to_vec" "to_owned") (#inside? @site for_expression while_expression loop_expression)',
    { kind: 'call_expression', ...field('clone|to_vec|to_owned'), ...inLoop(['for_expression', 'while_expression', 'loop_expression']) }],
  ['lock-in-for', '(call_expression function: (field_expression field: (field_identifier) @m) arguments: (arguments) @args) @site (#any-of? @m "lock" "read" "write") (#match? @args "^\\\\(\\\\s*\\\\)$") (#inside? @site for_expression while_expression loop_expression)',
    { kind: 'call_expression', all: [field('lock|read|write'), { has: { field: 'arguments', regex: '^\\(\\s*\\)$' } }], ...inLoop(['for_expression', 'while_expression', 'loop_expression']) }],
];

const PREFIX = { python: 'py', rust: 'rs' };
const COMMENT = { python: '#', rust: '//' };

/** A rule of ours as { id, text } of its file, with what every rule must say. */
export function ourRule(language, [name, pattern]) {
  const id = `${PREFIX[language]}-${name}`;
  return { id, text: `id: ${id}\ntitle: ${name}\nchecklist: "-"\nlever: work\nseverity: low\nmatch: |\n  (${pattern})\n`
    + `evidence: it stands here\nfix: none\ntradeoffs: none\nmeasure: none\nexamples:\n  - bad: |\n      x ${COMMENT[language]} expect\n  - good: |\n      x\n` };
}

/** ast-grep's rules of one language, as one text: YAML reads JSON. */
export function theirRules(language, rules) {
  return rules.map(([name, , rule]) => JSON.stringify({ id: `${PREFIX[language]}-${name}`, language, severity: 'info', rule })).join('\n---\n');
}

export const EQUAL = { python: PYTHON, rust: RUST };
