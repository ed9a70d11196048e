"""The build of PyTorch follows the machine, and the reason is said."""

import pytest

from rs_dino_plugin.engine_client.machine import Card, read_card
from rs_dino_plugin.engine_client.torch_build import choose_build

ADA = Card("RTX 4070", (580, 65), 12282, 8.9)


@pytest.mark.parametrize(
    ("card", "part", "code"),
    [
        (ADA, "cu130", "setup-torch-card"),
        (ADA._replace(driver=(551, 23)), "cu128", "setup-torch-card"),
        (ADA._replace(driver=(470, 82, 1)), "cu118", "setup-torch-card"),
        (ADA._replace(driver=(418, 1)), "cpu", "setup-torch-old-driver"),
        (Card("RTX 5090", (470, 1), 32000, 12.0), "cpu", "setup-torch-old-driver"),
        (Card("GTX 1060", (580, 1), 6000, 6.1), "cu126", "setup-torch-card"),
        (Card("GTX 780", (470, 1), 3000, 3.5), "cpu", "setup-torch-old-card"),
        (Card("unknown", (535, 1), 3000, None), "cu128", "setup-torch-card"),
    ],
)
def test_card_and_driver_decide(card, part, code):
    build = choose_build("auto", "linux", [card])
    assert (build.part, build.reason.code) == (part, code)


def test_the_strongest_card_decides():
    assert choose_build("auto", "linux", [Card("GTX 1060", (580,), 6000, 6.1), ADA]).part == "cu130"


@pytest.mark.parametrize(
    ("system", "cards", "part", "code"),
    [
        ("linux", None, "cpu", "setup-torch-no-card"),
        ("linux", [], "cpu", "setup-torch-no-cards"),
        ("win32", None, None, "setup-torch-no-card"),  # PyPI's for Windows is the processor's
        ("win32", [ADA], "cu130", "setup-torch-card"),
        ("darwin", None, None, "setup-torch-mac"),
    ],
)
def test_systems_differ(system, cards, part, code):
    build = choose_build("auto", system, cards)
    assert (build.part, build.reason.code) == (part, code)


def test_what_was_chosen_is_taken():
    assert choose_build("cu126", "linux", None).part == "cu126"
    assert choose_build("index", "linux", [ADA]).part is None
    assert choose_build("auto", "linux", None, enflame=True).reason.code == "setup-torch-enflame"


def test_lines_of_nvidia_smi():
    assert read_card("NVIDIA GeForce RTX 4070, 580.65.06, 12282, 8.9") == Card(
        "NVIDIA GeForce RTX 4070", (580, 65, 6), 12282, 8.9
    )
    assert read_card("Tesla K80, 450.51, [N/A]") == Card("Tesla K80", (450, 51), 0, None)
    assert read_card("No devices were found") is None
