"""The same Rust in other words: what a rule must see through, or what puts the code into other surroundings.

Each variation takes a text and gives another one, or None where it has nothing to change. They go by the shape of the
text alone; what does not compile afterwards is left out by whoever asks. Imported by peers_rust.py."""
import re
from textwrap import indent

SPELLED = re.compile(r'//[^\n]*|/\*.*?\*/|b?r(#*)".*?"\1|b?"(?:[^"\\]|\\.)*"|b?\'(?:[^\'\\\n]|\\[^\n]+?)\'', re.DOTALL)
USE = re.compile(r"^use ((?:\w+::)+)(\w+);\n", re.MULTILINE)
HEAD = re.compile(r"^(pub(?:\([^)]*\))? )?(async )?fn (\w+)(<[^()]*>)?\(", re.MULTILINE)


def blank(text):
    """The text with its strings, characters and comments made of spaces: same length, same lines."""
    return SPELLED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def closing(code, at):
    """Where the bracket at @p at is closed; None."""
    depth = 0
    for place in range(at, len(code)):
        depth += code[place] in "([{"
        depth -= code[place] in ")]}"
        if depth == 0:
            return place
    return None


class Function:
    """A function at the margin: offsets of its head, arguments, body."""

    def __init__(self, text, code, found):
        self.start, self.name, self.name_end = found.start(), found[3], found.end(3)
        self.is_async, self.generics = bool(found[2]), found[4] or ""
        self.open = found.end() - 1
        self.close = closing(code, self.open)
        self.body = code.find("{", self.close or len(code))
        self.end = closing(code, self.body) if self.close and self.body > 0 else None
        self.arguments = text[self.open + 1:self.close]


def functions(text):
    code = blank(text)
    return [function for function in (Function(text, code, found) for found in HEAD.finditer(code)) if function.end]


def replaced(text, edits):
    """The text with [(start, end, instead)] done; None where there are none."""
    for start, end, instead in sorted(edits, reverse=True):
        text = text[:start] + instead + text[end:]
    return text if edits else None


def nested(*heads):
    """A variation: the text in blocks that these heads open."""
    def vary(text):
        opened = "".join("    " * depth + head + " {\n" for depth, head in enumerate(heads))
        closed = "".join("    " * depth + "}\n" for depth in reversed(range(len(heads))))
        return opened + indent(text, "    " * len(heads)) + closed
    return vary


def bodies(before, after):
    """A variation: the body of each function between these words."""
    def vary(text):
        edits = []
        for function in functions(text):
            edits += [(function.body + 1, function.body + 1, before), (function.end, function.end, after)]
        return replaced(text, edits)
    return vary


def heads(change):
    """A variation: at the head of each function, what @p change gives for it as (start, end, instead)."""
    def vary(text):
        return replaced(text, [edit for edit in map(change, functions(text)) if edit])
    return vary


def words(text, names):
    """The text with names changed, wherever they are no field, method or path of something."""
    if not names:
        return None
    code = blank(text)
    pattern = re.compile(r"(?<![.:\w])(" + "|".join(map(re.escape, names)) + r")\b(?!\s*:[^:])")
    return replaced(text, [(found.start(), found.end(), names[found[1]]) for found in pattern.finditer(code)])


def alias(text):
    """Every import under another name."""
    uses = {found[2] for found in USE.finditer(text)}
    if not uses:
        return None
    plain = USE.sub("", text)
    renamed = words(plain, {name: f"Other{name}" for name in uses})
    if renamed is None:
        return None
    return "".join(f"use {found[1]}{found[2]} as Other{found[2]};\n" for found in USE.finditer(text)) + renamed


def paths(text):
    """No imports: every name by its whole path."""
    uses = {found[2]: found[1] + found[2] for found in USE.finditer(text)}
    return words(USE.sub("", text), uses) if uses else None


def type_alias(text):
    """Types of parameters and fields under a name of their own."""
    code, edits, made = blank(text), [], []
    for found in re.finditer(r": *(?:&(?:mut )?)?((?:Vec|VecDeque|HashMap|HashSet|BTreeMap|BTreeSet|Box|Arc|Rc)<)", code):
        start, depth, end = found.start(1), 0, found.start(1)
        while end < len(code):
            depth += (code[end] == "<") - (code[end] == ">")
            end += 1
            if depth == 0 and end > found.end(1):
                break
        held = text[start:end]
        if re.search(r"['&]|\b[A-Z]\b|\bimpl\b|\b_\b", held):
            continue
        made.append(f"type Held{len(made)} = {held};\n")
        edits.append((start, end, f"Held{len(made) - 1}"))
    changed = replaced(text, edits)
    return None if changed is None else changed + "".join(made)


def parameters(function):
    """[(name, type)] of those that are plain."""
    return re.findall(r"(?:^|,)\s*(\w+): ([^,<>()]*(?:<[^()]*>)?)(?=,|$)", function.arguments)


def shadowed(text):
    """Each parameter bound once more by the same name."""
    edits = []
    for function in functions(text):
        again = "".join(f" let {name} = {name};" for name, kind in parameters(function))
        if again:
            edits.append((function.body + 1, function.body + 1, again))
    return replaced(text, edits)


def renamed(text):
    names = {name: f"other_{name}" for function in functions(text) for name, _ in parameters(function)}
    if not names or re.search(r'\{(' + "|".join(names) + r')[:}]', text):
        return None
    edits = []
    for function in functions(text):
        for found in re.finditer(r"(?:^|,)\s*(?:mut )?(\w+): ", function.arguments):
            if found[1] in names:
                start = function.open + 1 + found.start(1)
                edits.append((start, start, "other_"))
    return words(replaced(text, edits), names) if edits else None


def turbofish(text):
    """let names: Vec<String> = walk.collect(); as let names = walk.collect::<Vec<String>>();"""
    made = re.compile(r"^( *let (?:mut )?\w+): ([^=;\n]+) = ([^;\n]+\.(?:collect|parse|sum|product))\(\);$", re.MULTILINE)
    changed = made.sub(r"\1 = \3::<\2>();", text)
    return changed if changed != text else None


FIELD = re.compile(r"\s*(\w+): (&(?:mut )?)((?:Vec|String|Hash|BTree|Mutex|RwLock|Arc|Box|File)\w*(?:<[^()&]*?>+)?)(?:,\s*|$)")


def field(text):
    """The first parameter of the only function as a field of self."""
    function, = functions(text) if len(functions(text)) == 1 else [None]
    found = FIELD.match(function.arguments) if function and not function.generics else None
    if not found:
        return None
    name, borrow, kind = found.groups()
    body = text[function.body:function.end + 1]
    uses = re.finditer(r"(?<![.:\w])" + name + r"\b(?!\s*:[^:])", blank(body))
    body = replaced(body, [(use.start(), use.end(), f"self.{name}") for use in uses]) or body
    head = f"{text[function.start:function.open + 1]}{borrow}self, {function.arguments[found.end():]}"
    method = indent(head + text[function.close:function.body] + body, "    ")
    return replaced(text, [(function.start, function.end + 1,
                            f"struct Around {{\n    {name}: {kind},\n}}\nimpl Around {{\n{method}\n}}")])


def within_type(head):
    """A variation: the functions at the margin as functions of a type; none where they call each other."""
    def vary(text):
        found = functions(text)
        if not found:
            return None
        own = "".join(indent(text[function.start:function.end + 1], "    ") + "\n" for function in found)
        rest = replaced(text, [(function.start, function.end + 1, "") for function in found])
        if re.search(r"^#\[", rest, re.MULTILINE):
            return None
        return f"{rest}{head} {{\n{own}}}\n"
    return vary


def method(text):
    changed = within_type("impl Around")(text)
    return None if changed is None else changed + "struct Around;\n"


def trait_method(text):
    return within_type("trait Around")(text)


def macro_argument(text):
    """What is bound goes through a macro on its way."""
    made = re.compile(r"^( *let (?:mut )?\w+(?:: [^=;\n]+)? = )([^;\n]+);$", re.MULTILINE)
    changed = made.sub(r"\1dbg!(\2);", text)
    return None if changed == text else changed


def made_async(function):
    return None if function.is_async else (function.start, function.start, "async ")


def made_generic(function):
    return (function.name_end, function.name_end, "<Around>") if not function.generics else None


def made_public(function):
    return (function.start, function.start, "pub ")


# Nothing that a rule may go by changes here: what is found stays found, what is not stays so.
SAME = {
    "module": nested("mod around"),
    "function": nested("fn around()"),
    "if": bodies(" if std::env::args().count() < 100 {", "} else { panic!() } "),
    "block": bodies(" {", "} "),
    "alias": alias,
    "paths": paths,
    "type alias": type_alias,
    "shadowed": shadowed,
    "renamed": renamed,
    "turbofish": turbofish,
    "generic": heads(made_generic),
}
# Here the code runs elsewhere, or its values come from elsewhere, which may well matter.
SURROUNDINGS = {
    "method": method,
    "trait": trait_method,
    "field": field,
    "closure": bodies(" let mut around = move || {", "}; around() "),
    "loop": bodies(" loop { break {", "} } "),
    "macro": macro_argument,
    "async": heads(made_async),
    "public": heads(made_public),
}
PLAIN = "as written"


def variations(text):
    """{name: text}, PLAIN first, without those that have nothing to change here."""
    out = {PLAIN: text}
    for name, vary in {**SAME, **SURROUNDINGS}.items():
        changed = vary(text)
        if changed is not None:
            out[name] = changed
    return out
