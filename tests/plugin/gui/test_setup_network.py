"""QGIS's network settings reach everything that setting up fetches: real proxy settings, a real proxy, real uv."""

import os
import random
import sys
import zipfile
from pathlib import Path

import pytest
from qgis.core import QgsNetworkAccessManager, QgsSettings
from qgis.PyQt.QtNetwork import QNetworkProxyFactory
from waiting import wait_until

sys.path.append(str(Path(__file__).resolve().parents[1] / "engine_client"))
from package_index import PackageIndex, Proxy, closing  # noqa: E402
from tiny_wheels import make_engine, make_wheel  # noqa: E402

UV = Path(sys.executable).parent / "uv"
PROXY_SETTINGS = ("Enabled", "Type", "Host", "Port", "User", "Password")


@pytest.fixture
def qgis_proxy(own_settings):
    """Sets the proxy as QGIS's options do; call it with the fields of their page."""

    def use(**fields):
        for name, value in {"Enabled": True, **fields}.items():
            QgsSettings().setValue(f"proxy/proxy{name}", value)
        QgsNetworkAccessManager.instance().setupDefaultProxyAndCache()

    yield use
    for name in PROXY_SETTINGS:
        QgsSettings().remove(f"proxy/proxy{name}")
    QNetworkProxyFactory.setUseSystemConfiguration(False)
    QgsNetworkAccessManager.instance().setupDefaultProxyAndCache()


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"Enabled": False}, ""),
        ({"Type": "HttpProxy", "Host": "proxy.firm", "Port": "3128"}, "http://proxy.firm:3128"),
        ({"Type": "HttpCachingProxy", "Host": "10.0.0.1", "Port": "80"}, "http://10.0.0.1:80"),
        ({"Type": "Socks5Proxy", "Host": "127.0.0.1", "Port": "1080"}, "socks5h://127.0.0.1:1080"),
        (
            {"Type": "HttpProxy", "Host": "p", "Port": "1", "User": "firm\\zhang", "Password": "p@ss:/字"},
            "http://firm%5Czhang:p%40ss%3A%2F%E5%AD%97@p:1",
        ),
        ({"Type": "FtpCachingProxy", "Host": "p", "Port": "1"}, ""),
        ({"Type": "HttpProxy", "Host": "", "Port": "1"}, ""),
    ],
)
def test_the_proxy_of_qgis_is_told_to_other_programs(qgis_proxy, fields, address):
    from rs_dino_plugin.setup_choices import proxy_address

    qgis_proxy(**fields)
    assert proxy_address() == address


def test_the_systems_proxy_is_told_where_qgis_takes_that(qgis_proxy, monkeypatch):
    from rs_dino_plugin.setup_choices import proxy_address

    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://zhang:p%40ss@127.0.0.1:3128")
    qgis_proxy(Type="DefaultProxy")
    assert proxy_address() == "http://zhang:p%40ss@127.0.0.1:3128"


@pytest.fixture
def index(tmp_path):
    """Everything that the tiny engine needs, and uv itself."""
    if not UV.is_file():
        pytest.skip("tests/setup_qgis.sh installs uv")
    packed = tmp_path / "uv-0.13.9-py3-none-manylinux_2_17_x86_64.whl"
    with zipfile.ZipFile(packed, "w") as wheel:
        wheel.write(UV, "uv-0.13.9.data/scripts/uv")
    torch = {"__init__.py": "WHERE = 'online'\n", "weight.txt": random.Random(0).randbytes(4_000_000).hex()}
    with closing(PackageIndex()) as served:
        served.add("simple", packed, make_wheel(tmp_path / "all", "tiny-runtime", "1.0", {"__init__.py": ""}))
        served.add("whl/cpu", make_wheel(tmp_path / "cpu", "torch", "2.0.0", torch))
        yield served


@pytest.fixture
def panel(own_settings, monkeypatch, tmp_path):
    """The part of the options that sets up, with a tiny engine and none of this machine's settings."""
    from rs_dino_plugin import paths, setup_choices
    from rs_dino_plugin.gui import setup_panel

    wheel = make_engine(tmp_path / "zip")
    for module in (paths, setup_choices, setup_panel):
        monkeypatch.setattr(module, "engine_wheel", lambda: wheel)
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_")) or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    shown = setup_panel.SetupPanel()
    shown.resize(620, 760)
    shown.show()
    yield shown
    wait_until(lambda: shown._task is None)
    shown.deleteLater()


def begin(panel, address):
    panel.base.setFilePath("/usr/bin/python3")
    panel.build.setCurrentIndex(panel.build.findData("cpu"))
    panel.sources.fields["index"].setText(address + "/simple")
    panel.sources.fields["torch_index"].setText(address + "/whl")
    panel.start.click()


def test_a_proxy_that_is_changed_is_used_by_threads_that_began_with_another(index, qgis_proxy):
    from rs_dino_plugin.gui.background import Background
    from rs_dino_plugin.gui.setup_task import qgis_network

    def fetched_through():
        with closing(Proxy(index)) as proxy:
            qgis_proxy(Type="HttpProxy", Host="127.0.0.1", Port=str(proxy.port))
            fetch = qgis_network()
            task, ended = Background("fetch", lambda task: fetch("http://packages.invalid/simple/uv/")), []
            task.ended.connect(lambda *said: ended.append(said))
            task.start()
            wait_until(lambda: ended)
        return ended[0], proxy.passed

    for _ in range(3):
        (content, error), passed = fetched_through()
        assert error is None and b"uv-0.13.9" in content and passed == ["http://packages.invalid/simple/uv/"]


def test_all_of_it_comes_through_qgis_proxy(panel, index, qgis_proxy):
    """uv by QGIS's network, packages by uv; the name of the index leads nowhere but through the proxy."""
    with closing(Proxy(index, login="zhang:p@ss")) as proxy:
        qgis_proxy(Type="HttpProxy", Host="127.0.0.1", Port=str(proxy.port), User="zhang", Password="p@ss")
        begin(panel, "http://packages.invalid")
        wait_until(lambda: panel._task is None)
    assert "ready" in panel.said.text(), panel.said.text()
    fetched = [path.rsplit("/", 1)[1].split("-")[0] for path in proxy.passed if path.endswith(".whl")]
    assert set(fetched) == {"uv", "torch", "tiny_runtime"} and index.asked == []


def test_what_qgis_network_does_not_give_is_said(qgis_proxy, index):
    from rs_dino_plugin.engine_client.setup_texts import SetupError
    from rs_dino_plugin.engine_client.uv_tool import Platform, get_uv
    from rs_dino_plugin.gui.setup_task import qgis_network

    fetch = qgis_network()
    assert b"uv-0.13.9" in fetch(index.address + "/simple/uv/")
    with pytest.raises(SetupError) as raised:
        get_uv(Path("/nowhere/uv"), Platform("linux", "x86_64"), index.address + "/nothing", None, fetch)
    assert raised.value.message.code == "uv-unreachable" and "404" not in raised.value.message.params["index"]
    assert raised.value.message.params["reason"]


def test_uv_is_told_while_it_is_fetched_and_cancelled_at_once(panel, index):
    """Half of it has come, and the rest never does."""
    index.hold_back = "uv-"
    begin(panel, index.address)
    wait_until(lambda: index.holds and "MB so far" in panel.said.text(), panel.said.text)
    assert panel.said.text().startswith("Getting uv: ")
    panel.cancel.click()
    wait_until(lambda: panel._task is None)
    assert index.holds and "cancelled" in panel.said.text(), panel.said.text()
    assert panel.start.text() == "Go on"


def test_the_bar_moves_while_pytorch_is_fetched(panel, index):
    """Half of it has come, and the rest comes only when that was seen."""
    index.hold_back = "torch-"
    begin(panel, index.address)
    wait_until(lambda: "MB so far" in panel.said.text() and "PyTorch" in panel.said.text(), panel.said.text)
    step, line = panel.said.text().splitlines()
    assert step.startswith("Installing PyTorch, the largest part: ") and line
    assert 10 < panel._task.progress() < 60
    if os.environ.get("RS_DINO_PICTURE"):
        panel.grab().save(os.environ["RS_DINO_PICTURE"])
    index.go_on.set()
    wait_until(lambda: panel._task is None)
    assert "ready" in panel.said.text(), panel.said.text()
