"""timm, imported when it is wanted, also beside a torchvision that does not fit the torch at hand.

timm imports torchvision for its data loading, for one batch normalisation and for graph tracing; none of that is
used here. A torchvision built for another torch cannot be imported at all, so while timm is imported names of it
are answered by placeholders then.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Dict, List, Optional, Sequence

from ..errors import UserError
from .weights import one_line

_VISION = "torchvision"


class TimmMissing(UserError):
    """timm is not installed."""


def timm_module() -> Any:
    """The package timm; raises :class:`TimmMissing` that says what to install, or ``UserError`` why it does
    not load."""
    known = sys.modules.get("timm")
    if known is not None:
        return known
    try:
        return import_module("timm") if _vision_loads() else _without_vision()
    except ModuleNotFoundError as error:
        if error.name == "timm":
            raise TimmMissing("timm-missing", command=install_command()) from error
        raise UserError("timm-broken", reason=one_line(error), command=install_command()) from error
    except (ImportError, AttributeError, RuntimeError, TypeError, OSError) as error:
        raise UserError("timm-broken", reason=one_line(error), command=install_command()) from error


def install_command() -> str:
    """How timm is installed beside the torch that is here: without its version pip would fetch another one, of
    gigabytes, because the newest torchvision wants it."""
    import torch

    return f'pip install timm "torch=={str(torch.__version__).partition("+")[0]}"'


def _vision_loads() -> bool:
    try:
        import_module(_VISION)
    except Exception:  # binaries that do not fit together fail in any way there is
        _forget()
        return False
    return True


def _without_vision() -> Any:
    finder = _Placeholders()
    sys.meta_path.insert(0, finder)
    try:
        return import_module("timm")
    finally:
        sys.meta_path.remove(finder)
        _forget()


def _forget() -> None:
    """Let the next one who imports torchvision find the real one, or its own error."""
    for name in [n for n in sys.modules if n == _VISION or n.startswith(_VISION + ".")]:
        del sys.modules[name]


class _Named(type):
    """A class whose attributes are such classes too."""

    def __getattr__(cls, name: str) -> Any:
        return _placeholder(name)


def _placeholder(name: str) -> type:
    if name.startswith("__"):
        raise AttributeError(name)
    return _Named(name, (), {})


class _Placeholders(MetaPathFinder, Loader):
    """Finds every module of torchvision, and makes it of placeholders."""

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        if fullname == _VISION or fullname.startswith(_VISION + "."):
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = ModuleType(spec.name)
        names: Dict[str, Any] = {"__getattr__": _placeholder, "__path__": _NOWHERE}
        module.__dict__.update(names)
        return module

    def exec_module(self, module: ModuleType) -> None: ...


_NOWHERE: List[str] = []
