"""Questions to the engine's command line: answers, refusals, and engines that are none."""

import os
from pathlib import Path

import pytest
from stand_in_engine import empty_environment

from rs_dino_plugin.engine_client.ask import Refusal, ask
from rs_dino_plugin.engine_client.client import ClientError


@pytest.fixture
def answering(tmp_path):
    """An engine that runs a text instead of answering."""

    def make(body):
        python = empty_environment(tmp_path / "引擎 e")
        (packages,) = (tmp_path / "引擎 e").glob("lib/python3*/site-packages")
        (packages / "rs_dino_engine").mkdir()
        (packages / "rs_dino_engine" / "__init__.py").touch()
        (packages / "rs_dino_engine" / "__main__.py").write_text("import json, os, sys\n" + body, encoding="utf-8")
        return python

    return make


def code_of(raised):
    return raised.value.message.code


def test_answers_and_what_is_given(answering):
    body = "print(json.dumps([sys.argv[1:], sys.stdin.readline(), os.environ.get('HF_TOKEN')]))"
    answer = ask(answering(body), ["models", "get"], {"HF_TOKEN": "秘密"}, given="https://signed?x\n")
    assert answer == [["models", "get", "--json"], "https://signed?x\n", "秘密"]


def test_progress_is_heard(answering):
    heard = []
    ask(answering("print('{\"done\": 1}', file=sys.stderr); print('{}')"), ["x"], hear=heard.append)
    assert heard == ['{"done": 1}']


def test_a_refusal_keeps_its_code(answering):
    body = 'print(\'{"error": {"code": "raster-missing", "params": {"path": "a"}, "text": "No a."}}\'); sys.exit(2)'
    with pytest.raises(Refusal, match="No a.") as raised:
        ask(answering(body), ["x"])
    assert code_of(raised) == "raster-missing"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("sys.exit(3)", "client-crashed"),
        ("print('hello')", "client-crashed"),
        ("os.kill(os.getpid(), 9)", "client-killed"),
    ],
)
def test_an_engine_that_breaks_is_one_sentence(answering, body, code):
    with pytest.raises(ClientError) as raised:
        ask(answering(body), ["x"])
    assert code_of(raised) == code


def test_a_python_without_engine_and_none_at_all(tmp_path):
    with pytest.raises(ClientError) as raised:
        ask(empty_environment(tmp_path / "e"), ["doctor"])
    assert code_of(raised) == "client-not-installed"
    with pytest.raises(ClientError) as raised:
        ask(Path("/nowhere/python"), ["doctor"])
    assert code_of(raised) == "client-no-start"


def test_cancelled_it_answers_nothing(answering):
    assert ask(answering("import time; time.sleep(600)"), ["x"], cancelled=lambda: True) is None


def test_settings_of_qgis_do_not_reach_the_engine(answering, monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/qgis")
    assert ask(answering("print(json.dumps('PYTHONHOME' in os.environ))"), ["x"]) is False
    assert os.environ["PYTHONHOME"] == "/qgis"
