"""Hostile, damaged and odd ``.pth`` files: nothing is executed, one clear sentence each."""

from __future__ import annotations

import argparse
import io
import os
import pickle
import struct
import sys
import zipfile
from collections import OrderedDict, defaultdict
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

import pytest
import torch
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.checkpoints import open_checkpoint
from rs_dino_engine.models.checkpoints.torch_file import read_pickled

LEGACY = pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])


def weights() -> "OrderedDict[str, torch.Tensor]":
    generator = torch.Generator().manual_seed(1)
    return OrderedDict(
        a=torch.randn(3, 4, generator=generator),
        b=torch.randn(5, generator=generator).half(),
        c=torch.tensor(7),
        d=torch.randn(2, 3, generator=generator).bfloat16(),
        e=torch.tensor([True, False]),
        empty=torch.zeros(0, 3),
    )


def save(content: Any, path: Path, legacy: bool) -> Path:
    torch.save(content, str(path), _use_new_zipfile_serialization=not legacy)
    return path


def archive(
    path: Path, pickled: bytes, entries: Optional[Dict[str, bytes]] = None, compression: int = zipfile.ZIP_STORED
) -> Path:
    with zipfile.ZipFile(str(path), "w", compression) as file:
        file.writestr("archive/data.pkl", pickled)
        for name, content in (entries or {}).items():
            file.writestr(name, content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        open_checkpoint(path)
    text = str(caught.value)
    assert text.endswith(".") and "\n" not in text and "Traceback" not in text
    return text


class Payload:
    """Pickles as a call of any function with any arguments."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> Any:
        return self.function, self.arguments


@LEGACY
def test_tensors_of_all_kinds_come_back_exactly(tmp_path: Path, legacy: bool) -> None:
    state = weights()
    state["transposed"] = state["a"].t()
    state["part"] = state["a"][1:, 2]
    state["shared"] = state["a"]
    state["parameter"] = torch.nn.Parameter(state["a"].clone())
    read = open_checkpoint(save(state, tmp_path / "权重 a.pth", legacy)).state
    assert list(read) == list(state)
    for name, tensor in state.items():
        assert tuple(read[name].shape) == tuple(tensor.shape)
        assert read[name].dtype == str(tensor.dtype).replace("torch.", "")
        loaded = read[name].load()
        assert loaded.dtype == tensor.dtype and torch.equal(loaded, tensor.detach())


@LEGACY
def test_records_of_training_tools_stay_inert(tmp_path: Path, legacy: bool) -> None:
    content = {
        "state_dict": weights(),
        "args": argparse.Namespace(lr=0.1, path=Path("x")),
        "counts": defaultdict(list, a=[1]),
        "optimizer": torch.optim.AdamW([torch.nn.Parameter(torch.zeros(3))]).state_dict(),
        "device": torch.device("cpu"),
        "size": torch.Size([1, 2]),
        "kind": torch.float32,
        "numbers": {1, 2},
        "meta": {"epoch": 3, "classes": ["road", "水"], "score": 0.5},
    }
    checkpoint = open_checkpoint(save(content, tmp_path / "a.pth", legacy))
    assert set(checkpoint.state) == set(weights())
    assert checkpoint.beside["meta"] == {"epoch": 3, "classes": ["road", "水"], "score": 0.5}
    assert checkpoint.beside["counts"] == {"a": [1]}
    assert checkpoint.beside["size"] == (1, 2)
    assert not vars(checkpoint.beside["args"])


def test_numpy_scalars_are_inert(tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy")
    content = {"state_dict": weights(), "score": numpy.float64(0.5), "history": numpy.arange(3)}
    assert set(open_checkpoint(save(content, tmp_path / "a.pth", False)).state) == set(weights())


PAYLOADS: List[Callable[[str], Any]] = [
    lambda mark: Payload(os.system, f"echo x > '{mark}'"),
    lambda mark: Payload(eval, f"open({mark!r}, 'w')"),
    lambda mark: Payload(exec, f"open({mark!r}, 'w')"),
    lambda mark: Payload(open, mark, "w"),
    lambda mark: Payload(getattr, Path, "touch"),
    lambda mark: Payload(Path.touch, Path(mark)),
    lambda mark: Payload(__import__, "antigravity"),
    lambda mark: Payload(torch.load, mark),
    lambda mark: Payload(torch.hub.load, mark, mark),
    lambda mark: Payload(bytearray, 10**12),
    lambda mark: Payload(map, eval, [f"open({mark!r}, 'w')"]),
]


@LEGACY
@pytest.mark.parametrize("where", ["top", "in the weights", "beside the weights", "as a key"])
@pytest.mark.parametrize("payload", range(len(PAYLOADS)))
def test_code_is_never_executed(tmp_path: Path, legacy: bool, where: str, payload: int) -> None:
    mark = tmp_path / "executed"
    bad = PAYLOADS[payload](str(mark))
    content: Any = {
        "top": bad,
        "in the weights": {**weights(), "bad": [{"deep": (bad,)}]},
        "beside the weights": {"state_dict": weights(), "args": bad},
        "as a key": {bad: 1, **weights()},
    }[where]
    text = refusal(save(content, tmp_path / "model.pth", legacy))
    assert "Nothing in the file was executed" in text
    assert not mark.exists() and "antigravity" not in sys.modules


@pytest.mark.parametrize("prefix", ["mmengine.", "numpy.core.", "__main__.", "timm.", "torch.optim."])
def test_a_name_that_passes_for_a_record_is_never_looked_up(tmp_path: Path, prefix: str) -> None:
    module = prefix + "no_such_module_anywhere"
    pickled = b"\x80\x02c" + module.encode() + b"\nsystem\nX\x04\x00\x00\x00echo\x85R."
    content = read_pickled(archive(tmp_path / "a.pth", pickled))
    assert type(content).__name__ == "Inert"
    assert module not in sys.modules


def raw(*parts: bytes) -> bytes:
    return b"\x80\x02" + b"".join(parts) + b"."


HOSTILE_PROGRAMS = {
    # names with dots, which protocol 4 resolves attribute by attribute
    "dotted name": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02ls\x85R.",
    "attribute of an allowed module": b"\x80\x04\x8c\x0ctorch._utils\x8c\x12_rebuild_tensor_v2.__globals__\x93.",
    "instance opcode": b"(X\x02\x00\x00\x00lsios\nsystem\n.",
    "extension registry": b"\x80\x02\x82\x01.",
    "huge memo number": raw(b"]", b"r\xff\xff\xff\x7f"),
    "huge memo number in text": b"(lp99999999999\n.",
    "state for a function": raw(b"ctorch._utils\n_rebuild_tensor_v2\n", b"}X\x01\x00\x00\x00aK\x01s", b"b"),
    "slots for a function": raw(
        b"ctorch._utils\n_rebuild_tensor_v2\n", b"N}X\x0c\x00\x00\x00__defaults__K\x01s\x86", b"b"
    ),
    "state for a class": raw(b"ccollections\nOrderedDict\n", b"}X\x01\x00\x00\x00aK\x01s", b"b"),
    "tensor without a storage": raw(b"ctorch._utils\n_rebuild_tensor_v2\n(K\x01K\x00K\x01\x85K\x01\x85\x89}tR"),
    "a reference that is text": b"Pabc\n.",
    "no end": b"\x80\x02]q\x00",
    "empty": b"",
    "too much popped": b"\x80\x02000.",
    "a string longer than the file": b"\x80\x02X\xff\xff\xff\x7fab.",
    "a later protocol": b"\x80\x63].",
}


@pytest.mark.parametrize("name", sorted(HOSTILE_PROGRAMS))
def test_crafted_programs_are_refused(tmp_path: Path, name: str) -> None:
    refusal(archive(tmp_path / "a.pth", HOSTILE_PROGRAMS[name]))
    (tmp_path / "b.pth").write_bytes(HOSTILE_PROGRAMS[name] or b"x")
    refusal(tmp_path / "b.pth")


def tensor_program(storage: str, size: "tuple[int, ...]", stride: "tuple[int, ...]", offset: int, count: int) -> bytes:
    """The pickle of ``{"w": tensor}`` with any numbers in it, as the standard pickler writes it."""

    class Storage:
        pass

    class Pickler(pickle.Pickler):
        def persistent_id(self, thing: Any) -> Any:
            return ("storage", torch.FloatStorage, "0", "cpu", count) if isinstance(thing, Storage) else None

    from torch._utils import _rebuild_tensor_v2

    file = io.BytesIO()
    Pickler(file, 2).dump({"w": Payload(_rebuild_tensor_v2, Storage(), offset, size, stride, False, OrderedDict())})
    return file.getvalue()


@pytest.mark.parametrize(
    ("size", "stride", "offset", "count", "stored_bytes"),
    [
        ((10**9,), (1,), 0, 10**9, 16),  # the table promises what the file does not hold
        ((10**9,), (1,), 0, 4, 16),  # a huge tensor on a tiny storage
        ((10**6, 10**6), (0, 0), 0, 4, 16),  # the same by repeating one number
        ((2, 2), (1000, 1), 0, 4, 16),  # strides that leave the storage
        ((4,), (1,), 1, 4, 16),  # an offset that leaves it
        ((4,), (1,), -1, 4, 16),
        ((-4,), (1,), 0, 4, 16),
        ((4,), (-1,), 3, 4, 16),  # backwards
        ((2, 2), (2,), 0, 4, 16),
        ((1,) * 40, (1,) * 40, 0, 4, 16),
        ((2.0,), (1,), 0, 4, 16),
        ((4,), (1,), 0, 4, 12),  # the storage is cut off
        ((4,), (1,), 0, 2**62, 16),
    ],
)
def test_tensors_must_lie_in_their_storage(
    tmp_path: Path, size: Any, stride: Any, offset: int, count: int, stored_bytes: int
) -> None:
    pickled = tensor_program("0", size, stride, offset, count)
    refusal(archive(tmp_path / "a.pth", pickled, {"archive/data/0": b"\0" * stored_bytes}))


def test_a_storage_cannot_be_changed_after_it_was_checked(tmp_path: Path) -> None:
    storage = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04tQ"
    path = archive(tmp_path / "a.pth", raw(storage, b"}X\x05\x00\x00\x00countK\x01s", b"b"))
    assert "changes a storage" in refusal(path)


def test_the_same_program_with_sound_numbers_is_read(tmp_path: Path) -> None:
    values = struct.pack("<6f", *range(6))
    path = archive(tmp_path / "a.pth", tensor_program("0", (2, 2), (2, 1), 1, 6), {"archive/data/0": values})
    assert open_checkpoint(path).state["w"].load().tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_names_of_entries_are_not_paths(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"\0" * 16)
    pickled = tensor_program("0", (4,), (1,), 0, 4)
    entries = {"archive/data/../../outside": b"\0" * 16, "/archive/data/0": b"\0" * 16}
    path = archive(tmp_path / "a.pth", pickled, entries)
    assert "storage 0 is missing" in refusal(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.pth", "outside"]


def test_compressed_archives_are_refused_before_they_unfold(tmp_path: Path) -> None:
    bomb = {"archive/data/0": b"\0" * 50_000_000}
    path = archive(tmp_path / "a.pth", tensor_program("0", (4,), (1,), 0, 4), bomb, zipfile.ZIP_DEFLATED)
    assert "compressed" in refusal(path)


def test_declared_sizes_that_lie_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.pth", tensor_program("0", (4,), (1,), 0, 4), {"archive/data/0": b"\0" * 16})
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02")  # the storage's record in the table at the end
    content[at + 20 : at + 28] = struct.pack("<II", 2**30, 2**30)
    path.write_bytes(bytes(content))
    refusal(path)


def test_big_endian_files_are_refused(tmp_path: Path) -> None:
    entries = {"archive/data/0": b"\0" * 16, "archive/byteorder": b"big"}
    assert "big-endian" in refusal(archive(tmp_path / "a.pth", tensor_program("0", (4,), (1,), 0, 4), entries))
    legacy = save(weights(), tmp_path / "b.pth", True).read_bytes()
    marker = b"little_endianq\x02\x88"
    assert marker in legacy
    (tmp_path / "b.pth").write_bytes(legacy.replace(marker, marker[:-1] + b"\x89"))
    assert "big-endian" in refusal(tmp_path / "b.pth")


@LEGACY
def test_every_truncation_is_refused(tmp_path: Path, legacy: bool) -> None:
    whole = save(weights(), tmp_path / "a.pth", legacy).read_bytes()
    cut = tmp_path / "cut.pth"
    for size in list(range(0, len(whole) - 1, max(1, len(whole) // 60))) + [len(whole) - 1]:
        cut.write_bytes(whole[:size])
        refusal(cut)


@LEGACY
def test_random_damage_never_escapes_as_another_error(tmp_path: Path, legacy: bool) -> None:
    whole = save(weights(), tmp_path / "a.pth", legacy).read_bytes()
    generator = torch.Generator().manual_seed(3)
    path = tmp_path / "damaged.pth"
    for _ in range(300):
        content = bytearray(whole)
        for _ in range(3):
            at = int(torch.randint(0, min(len(content), 1500), (1,), generator=generator))
            content[at] = int(torch.randint(0, 256, (1,), generator=generator))
        path.write_bytes(bytes(content))
        try:
            for tensor in open_checkpoint(path).state.values():
                tensor.load()
        except UserError:
            pass


def test_whole_models_scripts_and_other_files_say_what_they_are(tmp_path: Path) -> None:
    assert "state_dict()" in refusal(save(torch.nn.Linear(2, 2), tmp_path / "a.pth", False))
    archive(tmp_path / "b.pth", pickle.dumps({}, 2), {"archive/constants.pkl": b"", "archive/code/x.py": b""})
    assert "TorchScript" in refusal(tmp_path / "b.pth")
    assert "no table of weights" in refusal(save([1, 2], tmp_path / "c.pth", False))
    (tmp_path / "d.pth").write_text("<html>not found</html>", encoding="utf-8")
    assert "damaged" in refusal(tmp_path / "d.pth")
    (tmp_path / "e.pth").write_bytes(b"")
    refusal(tmp_path / "e.pth")
    with zipfile.ZipFile(str(tmp_path / "f.pth"), "w") as file:
        file.writestr("readme.txt", "hello")
    assert "not one of torch.save" in refusal(tmp_path / "f.pth")
    refusal(tmp_path / "missing.pth")


def test_quantised_weights_are_named(tmp_path: Path) -> None:
    pickled = b"\x80\x02}X\x01\x00\x00\x00actorch._utils\n_rebuild_qtensor\n)Rs."
    assert "quantised" in refusal(archive(tmp_path / "a.pth", pickled))


def test_deep_nesting_and_cycles_do_not_hang(tmp_path: Path) -> None:
    cycle: Dict[str, Any] = dict(weights())
    cycle["state_dict"] = cycle
    save(cycle, tmp_path / "a.pth", False)
    with pytest.raises(UserError):
        open_checkpoint(archive(tmp_path / "b.pth", b"\x80\x02" + b"]" * 200_000 + b"a" * 199_999 + b"."))
    assert set(open_checkpoint(tmp_path / "a.pth").state) == set(weights())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the peak of memory is read from /proc")
@LEGACY
def test_large_files_are_not_held_twice(tmp_path: Path, legacy: bool) -> None:
    import subprocess

    state = {f"w{i}": torch.zeros(1024, 1024 * 8) for i in range(6)}  # 32 MB each
    path = save(state, tmp_path / "a.pth", legacy)
    code = (
        "import resource, sys, torch\n"
        "from pathlib import Path\n"
        "from rs_dino_engine.models.checkpoints import open_checkpoint\n"
        "def anonymous():\n"
        "    lines = Path('/proc/self/status').read_text().splitlines()\n"
        "    return next(int(l.split()[1]) for l in lines if l.startswith('RssAnon')) / 1024\n"
        "before = anonymous(); worst = 0\n"
        "for tensor in open_checkpoint(Path(sys.argv[1])).state.values():\n"
        "    values = tensor.load(); worst = max(worst, anonymous() - before); del values\n"
        "print(worst)\n"
    )
    out = subprocess.run(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, check=True, text=True, timeout=120
    )
    assert float(out.stdout) < 100  # one tensor of 32 MB, not 192 MB
