"""The same Python in other words: what a rule must see through, or what puts the code into other surroundings.

Each variation takes a text and gives another one, or None where it has nothing to change. Most change the text in
place by what `ast` says of it, so that comments and layout stay. Imported by patches.py and peers.py."""
import ast
import builtins
import re
from textwrap import indent

IMPORT = re.compile(r"(import|from) [^(]*$")  # of one line, at the margin


def tabs(text):
    lines = []
    for line in text.splitlines(keepends=True):
        width = len(line) - len(line.lstrip(" "))
        lines.append("\t" * (width // 4) + " " * (width % 4) + line[width:])
    return "".join(lines)


def nested(*heads):
    """A variation: the text below lines that each open a block; imports stay where they are found by all."""
    def vary(text):
        lines = text.splitlines(keepends=True)
        imports = [line for line in lines if IMPORT.match(line)]
        rest = "".join(line for line in lines if not IMPORT.match(line))
        opened = "".join("    " * depth + head + "\n" for depth, head in enumerate(heads))
        return "".join(imports) + opened + indent(rest, "    " * len(heads))
    return vary


class Editor:
    """Insertions and replacements in a text, at the places that its syntax tree names."""

    def __init__(self, text):
        self.lines = [line.encode() for line in text.splitlines(keepends=True)]
        self.tree = ast.parse(text)
        self.edits = []

    def replace(self, line, start, end, text):
        """Bytes [start, end) of the 1-based line."""
        self.edits.append((line, start, end, text.encode()))

    def replace_node(self, node, text):
        self.replace(node.lineno, node.col_offset, node.col_offset + len(ast.unparse(node).encode()), text)

    def wrap(self, node, before, after):
        self.replace(node.lineno, node.col_offset, node.col_offset, before)
        self.replace(node.end_lineno, node.end_col_offset, node.end_col_offset, after)

    def all(self, *kinds):
        return [node for node in ast.walk(self.tree) if isinstance(node, kinds)]

    def result(self):
        """The text with the edits; None where there are none."""
        if not self.edits:
            return None
        lines = list(self.lines)
        for line, start, end, text in sorted(self.edits, reverse=True):
            lines[line - 1] = lines[line - 1][:start] + text + lines[line - 1][end:]
        return b"".join(lines).decode()


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (*FUNCTIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def in_a_class(text):
    """As the body of a class: only where no name that it would hide from functions is used in one."""
    tree = ast.parse(text)
    bound = {name.id for node in tree.body for name in ast.walk(node)
             if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    bound |= {node.name for node in tree.body if isinstance(node, (*FUNCTIONS, ast.ClassDef))}
    used = {name.id for scope in ast.walk(tree) if isinstance(scope, SCOPES) for name in ast.walk(scope)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load)}
    return None if bound & used else nested("class Around:")(text)


def alias(text):
    """Every import under another name."""
    editor = Editor(text)
    names = {}
    for node in editor.all(ast.Import, ast.ImportFrom):
        for item in node.names:
            if "." not in (item.asname or item.name) and item.name != "*" and item.lineno == item.end_lineno:
                old = item.asname or item.name
                names[old] = f"{old}_alias"
                editor.replace(item.lineno, item.col_offset, item.end_col_offset, f"{item.name} as {old}_alias")
    for node in editor.all(ast.Name):
        if node.id in names:
            editor.replace_node(node, names[node.id])
    return editor.result()


def from_import(text):
    """`import m` and `m.f` become `from m import f` and `f`, where nothing else is called so."""
    editor = Editor(text)
    modules = {}
    taken = {node.id for node in editor.all(ast.Name)} | {node.arg for node in editor.all(ast.arg)} | {
        node.name for node in editor.all(*FUNCTIONS, ast.ClassDef)}
    for node in editor.tree.body:
        if isinstance(node, ast.Import) and len(node.names) == 1 and not node.names[0].asname and "." not in node.names[0].name:
            modules[node.names[0].name] = (node, set())
    through = {id(node.value): node for node in editor.all(ast.Attribute) if isinstance(node.value, ast.Name)}
    for node in editor.all(ast.Name):
        at = through.get(id(node))
        if node.id in modules and (at is None or at.lineno != at.end_lineno or at.attr in taken):
            del modules[node.id]
    for attribute in through.values():
        if attribute.value.id in modules:
            modules[attribute.value.id][1].add(attribute.attr)
            editor.replace(attribute.lineno, attribute.col_offset, attribute.end_col_offset, attribute.attr)
    for name, (node, attributes) in modules.items():
        if attributes:
            editor.replace(node.lineno, node.col_offset, node.end_col_offset, f"from {name} import {', '.join(sorted(attributes))}")
    return editor.result()


def decorated(text):
    editor = Editor(text)
    for node in editor.all(*FUNCTIONS):
        editor.replace(node.lineno, node.col_offset, node.col_offset, "@around\n" + " " * node.col_offset)
    return editor.result()


ANNOTATIONS = {ast.List: "list", ast.ListComp: "list", ast.Dict: "dict", ast.DictComp: "dict", ast.Set: "set",
               ast.SetComp: "set", ast.JoinedStr: "str"}


def annotation(value):
    if isinstance(value, ast.Constant) and type(value.value) in (str, int, float, bytes, bool):
        return type(value.value).__name__
    return ANNOTATIONS.get(type(value))


def annotated(text):
    """Parameters, results, and the first assignments of literals tell their types."""
    editor = Editor(text)
    for function in editor.all(*FUNCTIONS):
        arguments = function.args
        for at, item in enumerate([*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]):
            if item.annotation is None and not (at == 0 and item.arg in ("self", "cls")):
                editor.replace(item.end_lineno, item.end_col_offset, item.end_col_offset, ': "Any"')
        known = {name for node in ast.walk(function) if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names}
        for node in function.body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                name, kind = node.targets[0], annotation(node.value)
                if kind and name.id not in known:
                    editor.replace(name.lineno, name.end_col_offset, name.end_col_offset, f": {kind}")
                known.add(name.id)
    return editor.result()


def walrus(text):
    """A condition is given a name on its way."""
    editor = Editor(text)
    for node in editor.all(ast.If, ast.While):
        if not isinstance(node.test, (ast.NamedExpr, ast.Constant)):
            editor.wrap(node.test, "(checked := (", "))")
    return editor.result()


def generic(text):
    """PEP 695: functions and classes with type parameters."""
    editor = Editor(text)
    for node in editor.all(*FUNCTIONS, ast.ClassDef):
        found = re.search(rb"(?:def|class)\s+" + node.name.encode(), editor.lines[node.lineno - 1][node.col_offset:])
        if found:
            at = node.col_offset + found.end()
            editor.replace(node.lineno, at, at, "[T]")
    return editor.result()


def renamed(text):
    """Other names for variables and parameters, as far as they are not part of what others call. The last word of a
    name stays, for it may tell what a value is that comes from elsewhere."""
    editor = Editor(text)
    names = {node.id for node in editor.all(ast.Name) if isinstance(node.ctx, ast.Store)}
    parameters = [item for node in editor.all(*FUNCTIONS, ast.Lambda)
                  for item in [*node.args.posonlyargs, *node.args.args]]
    names |= {item.arg for item in parameters}
    kept = {"self", "cls", *dir(builtins)} | {node.arg for node in editor.all(ast.keyword)}
    kept |= {name for node in editor.all(ast.Global, ast.Nonlocal) for name in node.names}
    kept |= {item.asname or item.name for node in editor.all(ast.Import, ast.ImportFrom) for item in node.names}
    kept |= {item.arg for node in editor.all(*FUNCTIONS, ast.Lambda) for item in node.args.kwonlyargs}
    kept |= {node.name for node in editor.all(ast.MatchAs, ast.MatchStar, ast.ExceptHandler) if node.name}
    in_class = {name.id for node in editor.all(ast.ClassDef) for part in node.body if not isinstance(part, FUNCTIONS)
                for name in ast.walk(part) if isinstance(name, ast.Name)}
    names -= kept | in_class
    names = {name for name in names if not name.startswith("__")}
    for node in editor.all(ast.Name):
        if node.id in names:
            editor.replace_node(node, f"other_{node.id}")
    for item in parameters:
        if item.arg in names:
            editor.replace(item.lineno, item.col_offset, item.col_offset + len(item.arg.encode()), f"other_{item.arg}")
    return editor.result()


# Nothing that a rule may go by changes here: what is found stays found, what is not stays so.
SAME = {
    "if": nested("if condition:"),
    "with": nested("with around:"),
    "match": nested("match turn:", "case 1:"),
    "alias": alias,
    "from": from_import,
    "decorated": decorated,
    "annotated": annotated,
    "walrus": walrus,
    "generic": generic,
    "renamed": renamed,
}
# Here the code runs elsewhere, which may well matter.
SURROUNDINGS = {
    "function": nested("def around():"),
    "method": nested("class Around:", "def around(self):"),
    "class": in_a_class,
    "async": nested("async def around():"),
    "loop": nested("for turn in turns:"),
}
PLAIN = "as written"


def variations(text):
    """{name: text}, PLAIN first, without those that have nothing to change here."""
    out = {PLAIN: text}
    for name, vary in {**SAME, **SURROUNDINGS}.items():
        try:
            changed = vary(text)
        except SyntaxError:  # newer than this python
            continue
        if changed is not None:
            out[name] = changed
    return out
