"""Compiles pieces of Rust, many in one crate, and says which of them do not compile and why. The crates that they use
are stubs: stubs/NAME.rs has the signatures of what is used of NAME, and mostly nothing to run."""
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

STUBS = Path(__file__).parent / "stubs"
JOBS = 2
OPTIONS = ["-A", "warnings"]
LIBRARY = ["--crate-type", "lib", "--emit=metadata"]
PROGRAM = ["--crate-type", "bin", "-C", "debuginfo=0"]


def program():
    """The compiler: RUSTC, or the one that is found; None."""
    return os.environ.get("RUSTC") or shutil.which("rustc")


def version(rustc):
    """(1, 63) and the like."""
    words = subprocess.run([rustc, "--version"], check=True, capture_output=True, text=True).stdout.split()
    return number(words[1])


def number(text):
    return tuple(int(part) for part in text.split(".")[:2])


def both(action, items):
    """{item: action(item)}, two at a time."""
    with ThreadPoolExecutor(JOBS) as pool:
        return dict(zip(items, pool.map(action, items)))


class Stubs:
    """The stub crates, compiled. They stay in @p folder for the next time, until one of them or the compiler changes."""

    def __init__(self, rustc, folder):
        self.rustc = rustc
        self.sources = {source.stem: source.read_text() for source in sorted(STUBS.glob("*.rs"))}
        state = subprocess.run([rustc, "-vV"], check=True, capture_output=True, text=True).stdout + str(self.sources)
        self.folder = Path(folder, hashlib.sha256(state.encode()).hexdigest()[:16])
        if not self.folder.exists():
            self.build()
        self.options = ["-L", str(self.folder)]
        for name in self.sources:
            library, = self.folder.glob(f"lib{name}.*")
            self.options += ["--extern", f"{name}={library}"]

    def build(self):
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = tempfile.mkdtemp(dir=self.folder.parent)
        left = {name: {used for used in self.sources if f"extern crate {used};" in text}
                for name, text in self.sources.items()}
        while left:
            ready = [name for name, uses in left.items() if not uses & set(left)]
            both(lambda name: self.build_one(name, unfinished), ready)
            for name in ready:
                del left[name]
        os.rename(unfinished, self.folder)

    def build_one(self, name, folder):
        kind = "proc-macro" if "extern crate proc_macro;" in self.sources[name] else "rlib"
        subprocess.run([self.rustc, *OPTIONS, "--edition", "2021", "--crate-type", kind, "--crate-name", name, "-L", folder,
                        "--out-dir", folder, STUBS / f"{name}.rs"], check=True)


def places(spans):
    """The names of the files that a message is about, those included where the macros were used that it is about."""
    names = set()
    for span in (span for span in spans if span["is_primary"]):
        while span:
            names.add(Path(span["file_name"]).stem)
            span = span["expansion"] and span["expansion"]["span"]
    return names


class Compiler:
    def __init__(self, stubs, edition="2021"):
        self.stubs, self.edition = stubs, edition

    def compile(self, root, names, options, out):
        """(whether it compiled, {piece: what is said of it}, all that is said) of the crate whose root file is @p root."""
        done = subprocess.run([self.stubs.rustc, *OPTIONS, "--edition", self.edition, "--error-format=json", *self.stubs.options, *options,
                               "-o", str(out), str(root)], capture_output=True, text=True)
        about, everything = {}, ""
        for line in done.stderr.splitlines():
            said = json.loads(line) if line.startswith("{") else {"level": "error", "spans": [], "rendered": line}
            if said["level"].startswith("error"):
                everything += said["rendered"]
                for name in places(said["spans"]) & set(names):
                    about[name] = about.get(name, "") + said["rendered"]
        return done.returncode == 0, about, everything

    def together(self, pieces, folder, tail, options):
        """Compile @p pieces ({name: text}), each a module, in one crate, whose root ends with what @p tail says of their
        names; those that an error is about are left out until the rest compiles. The names of that rest, and
        {name: what is said} of the others. FOLDER/root.out is the result."""
        wrong = {}
        for name, text in pieces.items():
            Path(folder, f"{name}.rs").write_bytes(text.encode())
        left = sorted(pieces)
        while True:
            root = Path(folder, "root.rs")
            root.write_text("".join(f'#[path = "{name}.rs"]\nmod {name};\n' for name in left) + tail(left))
            good, about, said = self.compile(root, left, options, Path(folder, "root.out"))
            if good:
                return left, wrong
            wrong.update(about or {name: said for name in left})
            if not about:
                return [], wrong
            left = [name for name in left if name not in about]

    def library(self, pieces, folder):
        """{name: what is said} of those of the @p pieces ({name: text}) that do not compile by themselves. An error
        within the crate of all may be due to others (`crate::`): so each of these is tried in a crate of its own."""
        left, _ = self.together(pieces, folder, lambda names: "", LIBRARY)

        def alone(name):
            root = Path(folder, f"{name}.rs")
            good, _, said = self.compile(root, [name], LIBRARY, root.with_suffix(".out"))
            return "" if good else said
        return {name: said for name, said in both(alone, sorted(set(pieces) - set(left))).items() if said}
