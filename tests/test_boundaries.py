"""Walls between the parts, read from the source: who may import whom, which words and calls may stand where."""

import ast
from pathlib import Path
from typing import Dict, Iterator, List, Set

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGINE, PLUGIN = ROOT / "engine" / "rs_dino_engine", ROOT / "rs_dino_plugin"
LONGEST_FILE = 400
PYTHON_FOR = {ENGINE: (3, 8), PLUGIN: (3, 9)}
NEWER_TORCH = ROOT / "tests" / "newer_than_torch_1_10.txt"
NEWER_PYTHON = {  # attribute or function: the Python that brought it
    "removeprefix": "3.9", "removesuffix": "3.9", "is_relative_to": "3.9", "with_stem": "3.9", "readlink": "3.9",
    "randbytes": "3.9", "to_thread": "3.9", "unparse": "3.9", "lcm": "3.9", "pairwise": "3.10", "batched": "3.12",
}  # fmt: skip

# The lower layers do not know that there are tasks, jobs or a command line.
LOWER = ("devices", "raster", "vector", "models", "predict", "training", "datasets", "messages", "accuracy")
UPPER = (
    "cli", "cli_task", "cli_report", "worker", "jobs", "job_launch", "job_history", "job_publish", "job_lock",
    "catalog", "doctor", "demo", "demo_page", "validation", "server", "wire", "progress", "__main__", "verify",
    "cli_verify", "live",
)  # fmt: skip
CONTRACTS = ("rs_dino_engine.models.spec", "rs_dino_engine.models.runtime")
"""Plain descriptions that any layer may speak of."""
MAY_NOT_IMPORT = {
    "messages": ("errors", "devices", "raster", "vector", "models", "predict", "training", "datasets", "tasks"),
    "devices": ("raster", "vector", "models", "predict", "training", "datasets", "tasks"),
    "raster": ("vector", "models", "predict", "training", "datasets", "tasks", "devices"),
    "vector": ("predict", "training", "datasets", "tasks", "devices"),
    "models": ("raster", "vector", "predict", "training", "datasets", "tasks"),
    "predict": ("training", "datasets"),
    "training": ("vector",),
}


def sources(folder: Path) -> List[Path]:
    return sorted(p for p in folder.rglob("*.py") if "__pycache__" not in p.parts)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def module_name(path: Path, top: Path) -> str:
    parts = path.relative_to(top.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path, top: Path, nodes=None) -> Set[str]:
    """Absolute names of everything a file imports (``a.b`` and ``a.b.name`` for ``from a.b import name``)."""
    package = module_name(path, top).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    found = set()
    for node in ast.walk(tree(path)) if nodes is None else nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            found |= {name} | {f"{name}.{alias.name}" for alias in node.names}
    return found


def tops(names: Set[str]) -> Set[str]:
    return {name.split(".")[0] for name in names}


def at_import(path: Path) -> Iterator[ast.AST]:
    """Import statements that run when the module is imported: not those in functions or under TYPE_CHECKING."""
    todo: List[ast.AST] = list(tree(path).body)
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            todo += node.orelse
            continue
        yield node
        todo += list(ast.iter_child_nodes(node))


@pytest.mark.parametrize("path", sources(PLUGIN), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_the_plugin_knows_nothing_of_the_engine(path):
    banned = {
        "torch", "rs_dino_engine", "rasterio", "pydantic", "shapely", "pyproj", "pyogrio", "safetensors",
        "onnxruntime", "timm", "typing_extensions",
    }  # fmt: skip
    assert not tops(imported(path, PLUGIN)) & banned


@pytest.mark.parametrize("path", sources(PLUGIN / "engine_client"), ids=lambda p: p.name)
def test_the_client_is_pure_standard_library(path):
    names = imported(path, PLUGIN)
    assert not tops(names) & {"qgis", "PyQt5", "PyQt6", "PySide2", "PySide6", "osgeo", "numpy", "sip"}
    outside = {n for n in names if n.startswith("rs_dino_plugin.") and not n.startswith("rs_dino_plugin.engine_client")}
    assert not outside


@pytest.mark.parametrize("path", sources(ENGINE), ids=lambda p: p.relative_to(ENGINE).as_posix())
def test_the_engine_knows_nothing_of_qgis(path):
    assert not tops(imported(path, ENGINE)) & {"qgis", "PyQt5", "PyQt6", "osgeo", "gdal", "rs_dino_plugin"}


def test_imports_go_one_way():
    """Lower layers import neither upper ones nor those beside them that they do not need."""
    wrong = []
    for layer in LOWER:
        banned = {f"rs_dino_engine.{n}" for n in (*UPPER, *MAY_NOT_IMPORT.get(layer, ()))}
        for path in sources(ENGINE / layer):
            nodes = [n for n in at_import(path) if isinstance(n, (ast.Import, ast.ImportFrom))]
            for name in imported(path, ENGINE, nodes):
                if name in CONTRACTS or name.rpartition(".")[0] in CONTRACTS:
                    continue
                if any(name == b or name.startswith(b + ".") for b in banned):
                    wrong.append(f"{path.relative_to(ENGINE)} imports {name}")
    assert not sorted(set(wrong))


@pytest.mark.parametrize("top", [ENGINE, PLUGIN], ids=["engine", "plugin"])
def test_no_import_cycles(top):
    modules = {module_name(p, top): p for p in sources(top)}
    graph: Dict[str, Set[str]] = {}
    for name, path in modules.items():
        nodes = [n for n in at_import(path) if isinstance(n, (ast.Import, ast.ImportFrom))]
        # a package's __init__ imports its own parts; what they import from it in turn is not a cycle worth the name
        others = {n for n in imported(path, top, nodes) if n in modules and n != name}
        graph[name] = {n for n in others if not name.startswith(n + ".")}
    assert find_cycle(graph) == []


def find_cycle(graph: Dict[str, Set[str]]) -> List[str]:
    """Some cycle as a list of names, [] without one."""
    done: Set[str] = set()

    def visit(name: str, path: List[str]) -> List[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for following in sorted(graph[name]):
            cycle = visit(following, [*path, name])
            if cycle:
                return cycle
        done.add(name)
        return []

    for start in sorted(graph):
        cycle = visit(start, [])
        if cycle:
            return cycle
    return []


def test_the_cycle_test_can_fail():
    assert find_cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert find_cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_only_devices_writes_cuda():
    wrong = []
    for path in sources(ENGINE):
        if "devices" in path.relative_to(ENGINE).parts:
            continue
        for node in ast.walk(tree(path)):
            word = getattr(node, "attr", None) or getattr(node, "value", None)
            if isinstance(word, str) and (word == "cuda" or (word.startswith("cuda:") and " " not in word)):
                wrong.append(f"{path.relative_to(ENGINE)}:{node.lineno}")
    assert not wrong


@pytest.mark.parametrize("top", [ENGINE, PLUGIN], ids=["engine", "plugin"])
def test_syntax_of_the_oldest_python(top):
    for path in sources(top):
        ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=PYTHON_FOR[top])


def test_no_function_of_a_newer_python_in_the_engine():
    wrong = []
    for path in sources(ENGINE):
        if "server" in path.relative_to(ENGINE).parts:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and node.attr in NEWER_PYTHON and not receiver_is(node, "torch", "np"):
                wrong.append(f"{path.relative_to(ENGINE)}:{node.lineno} {node.attr} is of {NEWER_PYTHON[node.attr]}")
            is_zip = isinstance(node, ast.Call) and call_name(node) == "zip"
            if is_zip and any(k.arg == "strict" for k in node.keywords):
                wrong.append(f"{path.relative_to(ENGINE)}:{node.lineno} zip(strict=) is of 3.10")
    assert not wrong


def receiver_is(node: ast.Attribute, *names: str) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in names


def call_name(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def newer_torch() -> List[List[str]]:
    lines = NEWER_TORCH.read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def unguarded(module: ast.Module, names: List[List[str]]) -> List[str]:
    """Uses of names that torch 1.10 lacks, outside a branch that asks whether they are there."""
    attributes = {n[1:]: v for n, v in names if n.startswith(".")}
    keywords = {n[:-1]: v for n, v in names if n.endswith("=") and "." not in n}
    of_calls = {tuple(n[:-1].split(".")): v for n, v in names if n.endswith("=") and "." in n}
    found: List[str] = []

    def visit(node: ast.AST, asked: str) -> None:
        if isinstance(node, (ast.If, ast.IfExp)):
            asked += ast.dump(node.test)
        if isinstance(node, ast.Try):
            asked += " ".join(ast.dump(h.type) for h in node.handlers if h.type)
        if isinstance(node, ast.Attribute) and node.attr in attributes and of_torch(node):
            guarded = node.attr in asked or "AttributeError" in asked
            found.extend([] if guarded else [f"{node.lineno} .{node.attr} is of {attributes[node.attr]}"])
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                version = keywords.get(keyword.arg or "") or of_calls.get((call_name(node), keyword.arg))
                if version and "version" not in asked.lower() and "TypeError" not in asked:
                    found.append(f"{node.lineno} {keyword.arg}= is of {version}")
        for child in ast.iter_child_nodes(node):
            visit(child, asked)

    visit(module, "")
    return found


def of_torch(node: ast.Attribute) -> bool:
    """Whether an attribute hangs on torch's names, or on a value that may well be a tensor (x.mT)."""
    value: ast.AST = node.value
    while isinstance(value, ast.Attribute):
        value = value.value
    return not (isinstance(value, ast.Name) and value.id in ("re", "np", "self", "os", "json", "library", "catalog"))


@pytest.mark.parametrize("path", [p for p in sources(ENGINE) if "server" not in p.parts], ids=lambda p: p.stem)
def test_calls_exist_in_torch_1_10(path):
    if "torch" not in path.read_text(encoding="utf-8"):
        return
    assert unguarded(tree(path), newer_torch()) == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("torch.compile(m)", 1),
        ("re.compile('x')", 0),
        ("F.scaled_dot_product_attention(q, k, v)", 1),
        ("if hasattr(F, 'scaled_dot_product_attention'):\n    F.scaled_dot_product_attention(q, k, v)", 0),
        ("a = F.scaled_dot_product_attention(q) if hasattr(F, 'scaled_dot_product_attention') else b(q)", 0),
        ("torch.load(f, weights_only=True)", 1),
        ("F.interpolate(x, antialias=True)", 1),
        ("F.gelu(x, approximate='tanh')", 1),
        ("other(x, approximate=True)", 0),
        ("x.mT @ y", 1),
        ("try:\n    torch.mps.synchronize()\nexcept AttributeError:\n    pass", 0),
        ("torch.inference_mode()", 0),
    ],
)
def test_the_torch_test_can_fail(code, count):
    assert len(unguarded(ast.parse(code), newer_torch())) == count


STARTS = PLUGIN / "engine_client" / "process.py"
"""The one place where the plugin starts processes."""
STARTING = {
    "os": {"system", "popen", "startfile", "fork", "forkpty", "posix_spawn", "posix_spawnp"},
    "subprocess": {"Popen", "run", "call", "check_call", "check_output", "getoutput", "getstatusoutput"},
}
STARTERS = {"multiprocessing", "pty", "popen2", "commands"}


def started(module: ast.Module) -> List[str]:
    """Where processes are started: calls and names that do so, apart from what is only said of types."""
    found: List[str] = []

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            word, name = node.value.id, node.attr
            is_start = name in STARTING.get(word, ()) or (word == "os" and name.startswith(("spawn", "exec")))
            found.extend([f"{node.lineno} {word}.{name}"] if is_start else [])
        names = [node.id] if isinstance(node, ast.Name) else [getattr(node, "attr", "")]
        if isinstance(node, ast.Import):
            hidden = [one.name for one in node.names if one.asname and one.name in STARTING]
            names = hidden + [one.name.split(".")[0] for one in node.names if one.name.split(".")[0] in STARTERS]
        if isinstance(node, ast.ImportFrom):
            names = [one.name for one in node.names]
            names += [node.module or ""] if node.module in (*STARTING, *STARTERS) else []
        wrong = {"QProcess", "ProcessPoolExecutor", "create_subprocess_exec", *STARTERS, *STARTING}
        is_import = isinstance(node, (ast.Import, ast.ImportFrom))
        named = wrong if is_import else wrong - set(STARTING) - STARTERS
        found.extend(f"{getattr(node, 'lineno', 0)} {name}" for name in names if name in named)
        for field, value in ast.iter_fields(node):
            if field not in ("annotation", "returns"):
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        visit(child)

    visit(module)
    return found


def test_processes_are_started_in_one_place():
    found = [
        f"{path.relative_to(ROOT)}:{one}" for path in sources(PLUGIN) if path != STARTS for one in started(tree(path))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("import subprocess\nsubprocess.run(['x'])", 1),
        ("import subprocess as s\ns.Popen(['x'])", 1),
        ("from subprocess import run", 1),
        ("import subprocess\nstart = subprocess.Popen", 1),
        ("import subprocess\ndef f(p: subprocess.Popen) -> subprocess.Popen:\n    p.wait()\n    return p", 0),
        ("import subprocess\np: subprocess.Popen = given", 0),
        ("import subprocess\ntry:\n    pass\nexcept subprocess.TimeoutExpired:\n    pass", 0),
        ("os.system('x')", 1),
        ("os.execv('x', [])", 1),
        ("os.startfile('x')", 1),
        ("from os import system", 1),
        ("import multiprocessing.pool", 1),
        ("from qgis.PyQt.QtCore import QProcess", 1),
        ("QtCore.QProcess.startDetached('x')", 1),
        ("import os\nos.path.join('a', 'b')", 0),
    ],
)
def test_the_process_test_can_fail(code, count):
    assert len(started(ast.parse(code))) == count


def flashing(module: ast.Module) -> List[str]:
    """Functions that start something and never say CREATE_NO_WINDOW."""
    functions = [node for node in ast.walk(module) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    silent = [one for one in functions if not any(getattr(n, "attr", "") == "CREATE_NO_WINDOW" for n in ast.walk(one))]
    inside = [start for one in silent for start in started(ast.Module(body=one.body, type_ignores=[]))]
    loose = [node for node in module.body if not isinstance(node, (ast.FunctionDef, ast.Import))]
    return inside + started(ast.Module(body=loose, type_ignores=[]))


def test_no_console_flashes_on_windows():
    assert flashing(tree(STARTS)) == [] and started(tree(STARTS)) != []


def test_the_console_test_can_fail():
    assert flashing(ast.parse("import subprocess\ndef f():\n    subprocess.run(['x'])"))
    assert flashing(ast.parse("import subprocess\nsubprocess.run(['x'])"))
    good = "import subprocess\ndef f():\n    subprocess.run(['x'], creationflags=subprocess.CREATE_NO_WINDOW)"
    assert flashing(ast.parse(good)) == []


def own_executable(module: ast.Module) -> List[str]:
    """Where the running program is taken for a Python: in QGIS on Windows and macOS it is QGIS."""
    names = {"executable", "_base_executable"}
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr in names and receiver_is(node, "sys"):
            found.append(f"{node.lineno} sys.{node.attr}")
        if isinstance(node, ast.ImportFrom) and node.module == "sys":
            found += [f"{node.lineno} from sys import {one.name}" for one in node.names if one.name in names]
    return found


@pytest.mark.parametrize("path", sources(PLUGIN), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_qgis_is_never_taken_for_a_python(path):
    assert own_executable(tree(path)) == []


def test_the_executable_test_can_fail():
    assert own_executable(ast.parse("import sys\nrun([sys.executable, '-c', ''])"))
    assert own_executable(ast.parse("from sys import executable"))
    assert own_executable(ast.parse("ask = 'import sys; print(sys.executable)'")) == []


def without_encoding(module: ast.Module) -> List[str]:
    """Texts that are read or written in whatever encoding the system has, GBK on a Chinese Windows."""
    thrown_away = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    return [f"{call.lineno} {call_name(call)}" for call in calls if is_undecided(call, id(call) in thrown_away)]


def is_undecided(call: ast.Call, is_thrown_away: bool) -> bool:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if "encoding" in keywords:
        return False
    name, is_method = call_name(call), isinstance(call.func, ast.Attribute)
    if any(getattr(keywords.get(word), "value", False) for word in ("text", "universal_newlines")):
        return isinstance(call.func, ast.Attribute) and receiver_is(call.func, "subprocess")
    if name == "read_text":
        return not call.args
    if name == "write_text":
        return len(call.args) < 2
    if name == "TextIOWrapper":
        return len(call.args) < 2
    if name not in ("open", "fdopen", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"):
        return False
    if isinstance(call.func, ast.Attribute) and name == "open" and receiver_is(call.func, "os", "rasterio"):
        return False
    given = [*call.args, *([keywords["mode"]] if "mode" in keywords else [])]
    words = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    modes = [word for word in words if word and set(word) <= set("rwaxbtU+")]
    if modes:
        return "b" not in modes[-1]
    if name.endswith("TemporaryFile"):
        return False
    if not is_method or name == "fdopen" or receiver_is(call.func, "io", "codecs"):
        return True
    is_of_others = is_thrown_away or None in keywords  # a dialog is opened; a raster is, with **profile
    return not call.args and not is_of_others


@pytest.mark.parametrize("top", [ENGINE, PLUGIN], ids=["engine", "plugin"])
def test_every_text_names_its_encoding(top):
    found = [f"{path.relative_to(ROOT)}:{one}" for path in sources(top) for one in without_encoding(tree(path))]
    assert found == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("open('a')", 1),
        ("open('a', 'w')", 1),
        ("open('a', mode='w')", 1),
        ("open('a', 'rb')", 0),
        ("open('a', 'w', encoding='utf-8')", 0),
        ("with path.open() as f:\n    pass", 1),
        ("path.open('a').write(x)", 1),
        ("path.open('ab')", 0),
        ("dialog.open()", 0),
        ("text = path.open(newline='').read()", 1),
        ("data = memory.open(**profile)", 0),
        ("session = worker.open(request, folder)", 0),
        ("os.open('a', os.O_RDWR)", 0),
        ("os.fdopen(number, 'w')", 1),
        ("io.open('a')", 1),
        ("path.read_text()", 1),
        ("path.read_text('utf-8')", 0),
        ("path.write_text(x)", 1),
        ("path.write_text(x, encoding='utf-8')", 0),
        ("tempfile.NamedTemporaryFile('w')", 1),
        ("tempfile.NamedTemporaryFile()", 0),
        ("subprocess.run(x, text=True)", 1),
    ],
)
def test_the_encoding_test_can_fail(code, count):
    assert len(without_encoding(ast.parse(code))) == count


def test_files_stay_readable():
    """One noun or verb a file. A longer one is a sign that two things live in it."""
    lengths = {p.relative_to(ROOT).as_posix(): len(p.read_text(encoding="utf-8").splitlines())
               for top in (ENGINE, PLUGIN) for p in sources(top) if p.name != "catalog_strings.py"}  # fmt: skip
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_drawer_for_everything():
    banned = {"utils", "helpers", "common", "manager", "misc"}
    found = [p for top in (ENGINE, PLUGIN, ROOT / "tests") for p in sources(top) if p.stem in banned]
    assert not found
