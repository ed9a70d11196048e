"""Qt 6 knows the values of an enumeration only below its name: ``Qt.AlignmentFlag.AlignLeft``, never ``Qt.AlignLeft``.

Names are looked up in the real Qt and QGIS, so that nothing is guessed from how a word is spelt.
"""

import ast
import builtins
import enum
from importlib import import_module
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "rs_dino_plugin"
GONE = {"exec_": "exec", "print_": "print"}
"""Methods that PyQt 6 has only under their real name."""


def problems(source: str) -> List[str]:
    """What would break on Qt 6, one line each."""
    tree = ast.parse(source)
    names = imported(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            if node.attr in GONE:
                found.append(f"line {node.lineno}: {node.attr} is {GONE[node.attr]} on Qt 6")
            elif is_unscoped(node, names, tree):
                found.append(f"line {node.lineno}: {ast.unparse(node)} needs the name of its enumeration")
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found += [f"line {node.lineno}: import qgis.PyQt instead of {name}" for name in bindings_of(node)]
    return found


def is_unscoped(node: ast.Attribute, names: Dict[str, Any], tree: ast.Module) -> bool:
    """Whether this is a value of an enumeration that is asked of a class around it, or of one of its objects."""
    if not node.attr[:1].isupper():
        return False
    owner = resolved(node.value, names)
    if owner is None and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
        bases = [resolved(base, names) for one in ast.walk(tree) if isinstance(one, ast.ClassDef) for base in one.bases]
        return any(is_value(getattr(base, node.attr, None)) for base in bases)
    if not isinstance(owner, type):
        return False
    value = getattr(owner, node.attr, None)
    return is_value(value) and not isinstance(value, owner)


def is_value(value: Any) -> bool:
    """Whether it belongs to an enumeration of Qt's or of QGIS's."""
    is_number = isinstance(value, int) and type(value) not in vars(builtins).values()
    return is_number or isinstance(value, enum.Enum)


def resolved(node: ast.expr, names: Dict[str, Any]) -> Optional[Any]:
    """What ``a.b.c`` is, when ``a`` was imported from QGIS."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(resolved(node.value, names), node.attr, None)
    return None


def imported(tree: ast.Module) -> Dict[str, Any]:
    """The names that a file imports from QGIS, and what they are."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "qgis":
            module = import_module(node.module)
            for alias in node.names:
                if not hasattr(module, alias.name):
                    import_module(f"{node.module}.{alias.name}")
                found[alias.asname or alias.name] = getattr(module, alias.name)
    return found


def bindings_of(node: ast.stmt) -> Iterator[str]:
    """The bindings that are imported past ``qgis.PyQt``."""
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return (name for name in names if name.split(".")[0] in ("PyQt5", "PyQt6", "sip"))


@pytest.mark.parametrize("path", sorted(PLUGIN.rglob("*.py")), ids=lambda path: str(path.relative_to(PLUGIN)))
def test_enumerations_are_named(qgis_app, path):
    assert problems(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "from qgis.PyQt.QtCore import Qt\nx = Qt.AlignLeft",
        "from qgis.PyQt.QtCore import Qt\nx = Qt.ItemIsEnabled | Qt.ItemFlag.ItemIsEditable",
        "from qgis.PyQt import QtWidgets\nx = QtWidgets.QSizePolicy.Expanding",
        "from qgis.PyQt.QtWidgets import QFrame as F\nx = F.NoFrame",
        "from qgis.PyQt.QtWidgets import QComboBox\nclass B(QComboBox):\n    def f(self): return self.NoInsert",
        "from qgis.core import Qgis\nx = Qgis.Warning",
        "from qgis.core import QgsTask\nx = QgsTask.CanCancel",
        "from qgis.core import QgsWkbTypes\nx = QgsWkbTypes.PolygonGeometry",
        "from PyQt5.QtCore import Qt",
        "dialog.exec_()",
    ],
)
def test_what_breaks_on_qt6_is_found(qgis_app, line):
    assert len(problems(line)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "from qgis.PyQt.QtCore import Qt\nx = Qt.AlignmentFlag.AlignLeft",
        "from qgis.core import Qgis\ndef f(level: Qgis.MessageLevel = Qgis.MessageLevel.Info): pass",
        "from qgis.core import QgsUnitTypes\nunits = QgsUnitTypes.AreaUnit\nx = units.AreaSquareMeters",
        "from qgis.PyQt.QtCore import QEvent\nx = QEvent.Type.Show",
    ],
)
def test_what_works_on_both_is_let_through(qgis_app, line):
    assert problems(line) == []
