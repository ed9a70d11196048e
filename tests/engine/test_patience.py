"""Files that another program has open, as Windows has them: they are replaced later, or it is said that they cannot."""

from pathlib import Path

import pytest
from rs_dino_engine import patience
from rs_dino_engine.errors import EngineError
from rs_dino_engine.patience import ShownText, delete, patiently


@pytest.fixture
def hold(monkeypatch):
    """Refuses to replace or delete a file so many times."""
    left = {}
    replace, unlink = Path.replace, Path.unlink

    def refuse(path):
        if left.get(path, 0) > 0:
            left[path] -= 1
            raise PermissionError(13, "Sharing violation", str(path))

    monkeypatch.setattr(Path, "replace", lambda self, target: (refuse(target), replace(self, target))[1])
    monkeypatch.setattr(Path, "unlink", lambda self: (refuse(self), unlink(self))[1])
    return left


def test_what_is_let_go_of_soon_is_replaced_at_once(tmp_path, hold):
    shown = ShownText(tmp_path / "a.txt")
    hold[tmp_path / "a.txt"] = 3
    shown.show("一")
    assert not shown.is_behind and (tmp_path / "a.txt").read_text(encoding="utf-8") == "一"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_what_is_held_stays_whole_and_catches_up_with_the_last(tmp_path, hold, monkeypatch):
    monkeypatch.setattr(patience, "PATIENCE_S", 0.0)
    path = tmp_path / "a.txt"
    shown = ShownText(path)
    shown.show("1")
    hold[path] = 3
    for text in "23":
        shown.show(text)
        assert shown.is_behind and path.read_text(encoding="utf-8") == "1"
    shown.catch_up()
    assert shown.is_behind
    shown.catch_up()
    assert not shown.is_behind and path.read_text(encoding="utf-8") == "3"


def test_what_is_held_on_and_on_is_one_sentence(tmp_path, hold, monkeypatch):
    monkeypatch.setattr(patience, "PATIENCE_S", 0.0)
    monkeypatch.setattr(patience, "GIVE_UP_S", -1.0)
    path = tmp_path / "a.txt"
    path.write_text("1", encoding="utf-8")
    hold[path] = 1
    with pytest.raises(EngineError, match=r"a\.txt cannot be written: sharing violation\.$"):
        ShownText(path).show("2")


def test_late_but_let_go_of_within_a_moment_is_no_error(tmp_path, hold, monkeypatch):
    monkeypatch.setattr(patience, "GIVE_UP_S", -1.0)
    path = tmp_path / "a.txt"
    path.write_text("1", encoding="utf-8")
    hold[path] = 2
    ShownText(path).show("2")
    assert path.read_text(encoding="utf-8") == "2"


def test_nothing_shown_yet_is_an_error(tmp_path, hold, monkeypatch):
    monkeypatch.setattr(patience, "PATIENCE_S", 0.0)
    hold[tmp_path / "a.txt"] = 1
    with pytest.raises(EngineError):
        ShownText(tmp_path / "a.txt").show("1")


def test_only_a_refusal_is_tried_again():
    tried = []

    def work():
        tried.append(1)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        patiently(work)
    assert len(tried) == 1


def test_deleting_says_whether_it_is_gone(tmp_path, hold):
    path = tmp_path / "a"
    path.touch()
    hold[path] = 1
    assert [delete(path), delete(path), delete(path)] == [False, True, True]
