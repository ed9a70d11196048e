"""The page of models over the real engine: listed, shown, dropped, imported, fetched from a server on this machine."""

import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QMimeData, QPoint, Qt, QUrl
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent
from qgis.PyQt.QtWidgets import QApplication
from waiting import wait_until

ROOT = Path(__file__).resolve().parents[3]
NAME = "dinov3-vits16-lvd1689m"
AT = "/timm/vit_small_patch16_dinov3.lvd1689m/resolve/main/model.safetensors"
OFFICIAL_AT = "/facebook/dinov3-vits16-pretrain-lvd1689m/resolve/main/model.safetensors"
MAKE_WEIGHTS = """
import sys
from pathlib import Path
from dinov3_files import as_timm, meta_shapes, telling
from rs_dino_engine.models.networks.dinov3.sizes import SIZES
from rs_dino_engine.models.weights import write_safetensors
write_safetensors(Path(sys.argv[1]), as_timm(telling(meta_shapes(SIZES["ViT-S/16"]))), half=True)
"""


@pytest.fixture(scope="module")
def weights(real_engine, tmp_path_factory):
    """A ViT-S as timm writes it, for the engine refuses another network under its name."""
    path = tmp_path_factory.mktemp("权重 w") / "vit small.safetensors"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(str(ROOT / p) for p in ("engine", "tests/engine/networks")),
    }
    subprocess.run([real_engine, "-c", MAKE_WEIGHTS, str(path)], check=True, env=environment)
    return path


class Hub:
    """A file server; ``held`` answers wait until it is set."""

    def __init__(self):
        self.files, self.token, self.asked, self.held = {}, None, [], threading.Event()
        self.held.set()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                hub.answer(self)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, to):
        self.asked.append((to.path, to.headers.get("Authorization")))
        path = to.path.split("?")[0]
        if self.token and to.headers.get("Authorization") != f"Bearer {self.token}":
            to.send_error(401)
        elif path not in self.files:
            to.send_error(404)
        else:
            to.send_response(200)
            to.send_header("Content-Length", str(len(self.files[path])))
            to.end_headers()
            to.wfile.write(self.files[path][:1000])
            self.held.wait(60)
            to.wfile.write(self.files[path][1000:])


@pytest.fixture
def hub():
    made = Hub()
    yield made
    made.held.set()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def page(own_settings, real_engine, hub, monkeypatch):
    """The page, when it has listed everything; model files come from the hub."""
    from rs_dino_plugin.gui.models_page import ModelsPage
    from rs_dino_plugin.setup_choices import Choices, save_choices

    monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", real_engine)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    save_choices(Choices(model_mirror=hub.url))
    made = ModelsPage(None)
    made.show()
    done(made)
    yield made
    done(made)
    made.deleteLater()


def done(page):
    wait_until(page.idle, page.said.text)


def groups(page):
    """Titles of groups and of what is in them."""
    tops = [page.tree.topLevelItem(i) for i in range(page.tree.topLevelItemCount())]
    return {top.text(0): [top.child(i).text(0) for i in range(top.childCount())] for top in tops}


def choose(page, title):
    (item,) = page.tree.findItems(title, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    page.tree.setCurrentItem(item)


@pytest.fixture
def dialog(page):
    """Opens the dialog for a published model."""
    from rs_dino_plugin.gui.get_model import GetModelDialog

    def make(title="DINOv3 ViT-S/16, web images"):
        choose(page, title)
        return GetModelDialog(page.tree.current(), page)

    return make


def pick(dialog, source):
    dialog.source.setCurrentIndex(dialog.source.findData(source))
    return dialog


def ok(dialog):
    return dialog.buttons.button(dialog.buttons.StandardButton.Ok)


def test_models_are_listed_with_their_cards(page):
    found = groups(page)
    assert found["With the plugin"] == ["Starter: canopy height", "Starter: features", "Starter: land cover"]
    assert len(found["DINOv3, can be fetched"]) >= 10 and "Imported" not in found
    choose(page, "Starter: land cover")
    text = page.card.toPlainText()
    for told in (
        "starter-landcover",
        "building",
        "water",
        "red, green, blue",
        "0.2 m a pixel",
        "MIT",
        "miou",
        "5.0 MB",
    ):
        assert told in text, told
    assert not page.get.isVisibleTo(page) and not page.take.isVisibleTo(page)
    choose(page, "DINOv3 ViT-L/16, satellite images")
    text = page.card.toPlainText()
    for told in ("canopy height", "DINOv3 License", "https://ai.meta.com", "1.2 GB", "303 M"):
        assert told in text, told
    assert page.get.isVisibleTo(page)


def test_what_our_cards_say_can_be_translated(page):
    from rs_dino_plugin.i18n import Translation
    from rs_dino_plugin.model_words import TEXTS, worded

    said = [entry["good_for"] for entry in page._published]
    said += [entry["title"].split(", ")[-1] for entry in page._published if "images" in entry["title"]]
    for model in page._models:
        said += [model[key] for key in ("title", "description", "limits")]
        said += [model["scores"]["split"]] if "split" in model["scores"] else []
    assert [text for text in said if text not in TEXTS.values()] == []
    translation = Translation("zh-Hans")
    try:
        assert [text for text in said if worded(text) == text] == []
    finally:
        translation.remove()


def test_a_dropped_file_says_what_it_is_and_is_imported(page, weights, own_settings):
    from rs_dino_plugin.settings import known_models

    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(weights))])
    actions, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.show()
    for event in (QDragEnterEvent, QDropEvent):  # onto what lies in the middle of the page
        QApplication.sendEvent(page.tree.viewport(), event(QPoint(5, 5), actions, mime, buttons, keys))
    done(page)
    assert "features" in page.said.text() and "can be imported" in page.said.text()
    assert page.take.isVisibleTo(page)
    page.take.click()
    done(page)
    (title,) = groups(page)["Imported"]
    assert "Opened here" not in groups(page)
    assert page.tree.currentItem().text(0) == title and known_models() == [page.tree.current()["name"]]
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("rsdino:featuremap")
    words = algorithm.parameterDefinition("MODEL").metadata()["widget_wrapper"]["words"]
    assert known_models()[0] in words


def test_a_file_that_is_none_is_one_sentence(page, tmp_path):
    (tmp_path / "kitten.onnx").write_bytes(b"meow")
    page.look_at(str(tmp_path / "kitten.onnx"))
    done(page)
    assert "kitten.onnx" in page.said.text()
    assert "Opened here" not in groups(page)


def test_folders_are_looked_into_and_forgotten(page, weights, monkeypatch):
    from qgis.PyQt.QtWidgets import QFileDialog

    (weights.parent / "broken.pth").write_bytes(b"x")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(weights.parent))
    page.add_folder.click()
    done(page)
    found = groups(page)[str(weights.parent)]
    assert len(found) == 2 and "broken.pth" in found
    choose(page, "broken.pth")
    assert "damaged" in page.card.toPlainText() and not page.take.isVisibleTo(page)
    choose(page, str(weights.parent))
    page.forget.click()
    done(page)
    assert str(weights.parent) not in groups(page)


def test_nothing_is_asked_before_the_licence_is_accepted(dialog, hub):
    asked = dialog()
    assert not ok(asked).isEnabled()
    asked.accepted_licence.setChecked(True)
    assert ok(asked).isEnabled()
    pick(asked, "link")
    assert not ok(asked).isEnabled() and asked.link.isVisibleTo(asked) and not asked.token.isVisibleTo(asked)
    asked.link.setText("https://signed")
    assert ok(asked).isEnabled()
    assert hub.asked == []


def test_a_model_is_fetched_from_the_mirror(page, dialog, hub, weights):
    hub.files = {AT: weights.read_bytes()}
    asked = dialog()
    asked.accepted_licence.setChecked(True)
    page.fetch("DINOv3 ViT-S/16", asked.asked())
    done(page)
    assert "is here" in page.said.text(), page.said.text()
    assert len(groups(page)["Imported"]) == 1 and page.tree.current()["name"] == NAME
    assert dialog().accepted_licence.isChecked()  # once is enough


def test_progress_is_shown_and_cancelling_keeps_what_came(page, dialog, hub, weights):
    hub.files = {AT: weights.read_bytes() + bytes(3_000_000)}
    hub.held.clear()
    page.fetch("DINOv3 ViT-S/16", dialog().asked())
    wait_until(lambda: any(path == AT for path, _ in hub.asked))
    assert page.cancel.isVisibleTo(page) and not page.get.isEnabled()
    page.cancel.click()
    hub.held.set()
    done(page)
    assert "Cancelled" in page.said.text() and "Imported" not in groups(page)
    assert page.get.isEnabled()


def test_the_token_opens_a_gated_model_and_is_kept_nowhere_in_clear(page, dialog, hub, weights, own_settings, tmp_path):
    hub.files, hub.token = {OFFICIAL_AT: weights.read_bytes()}, "hf_very_secret_1234"
    asked = pick(dialog(), "huggingface")
    assert asked.token.isVisibleTo(asked)
    asked.token.setText("hf_wrong")
    page.fetch("DINOv3 ViT-S/16", asked.asked())
    done(page)
    assert "HTTP 401" in page.said.text() and "hf_wrong" not in page.said.text()
    asked.token.setText(hub.token)
    given = asked.asked()
    assert not any(hub.token in argument for argument in given.arguments)
    page.fetch("DINOv3 ViT-S/16", given)
    done(page)
    assert len(groups(page)["Imported"]) == 1
    stored = [own_settings.value(key) for key in own_settings.allKeys()]
    assert not any(hub.token in str(value) for value in stored)


def test_a_head_comes_by_link_too(dialog):
    asked = pick(dialog("CHMv2 canopy-height head for ViT-L/16, satellite images"), "link")
    assert asked.link.isVisibleTo(asked)


def test_a_signed_link_is_told_to_no_list_of_processes(page, dialog, hub):
    asked = pick(dialog(), "link")
    asked.link.setText(f"{hub.url}/signed?Policy=secret")
    given = asked.asked()
    assert given.given == f"{hub.url}/signed?Policy=secret\n"
    assert not any("secret" in argument for argument in given.arguments)
    page.fetch("DINOv3 ViT-S/16", given)
    done(page)
    assert "no file at" in page.said.text() and "secret" not in page.said.text()


def test_the_token_is_kept_in_qgis_authentication_database(plugin, own_settings):
    from rs_dino_plugin.gui.token import can_store, forget_token, is_stored, store_token, stored_token

    manager = QgsApplication.authManager()
    if not can_store():
        pytest.skip("this QGIS has no authentication database")
    assert manager.masterPasswordIsSet() or manager.setMasterPassword("a test's own", True)
    try:
        assert store_token("hf_first") and store_token("hf_kept_secret")
        assert is_stored() and stored_token() == "hf_kept_secret"
        assert "hf_kept" not in str([own_settings.value(key) for key in own_settings.allKeys()])
        forget_token()
        assert not is_stored() and stored_token() == ""
    finally:
        forget_token()


def test_without_an_engine_the_page_says_so_and_stays(own_settings):
    from rs_dino_plugin.gui.models_page import ModelsPage

    page = ModelsPage(None)
    page.show()
    assert page.idle() and "no engine yet" in page.said.text() and "Options" in page.said.text()
    page.deleteLater()
