"""Names of bands, and which ones a model gets."""

import pytest
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.spec import Band
from rs_dino_engine.raster.bands import band_names, choose_bands

S2 = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12"]


def wanted(text):
    return [Band(name=n) for n in text.split()]


def named(descriptions, interps=None):
    return band_names(descriptions, interps or ["undefined"] * len(descriptions))


def test_sentinel_2_numbers():
    assert named(S2) == (
        "coastal", "blue", "green", "red", "rededge071", "rededge075", "rededge078", "nir", "nir08", "nir09", "cirrus",
        "swir16", "swir22",
    )  # fmt: skip


def test_landsat_numbers():
    names = named([f"SR_B{i}" for i in range(1, 8)])
    assert names == ("coastal", "blue", "green", "red", "nir08", "swir16", "swir22")


def test_ambiguous_numbers_are_not_guessed():
    assert named(["B1", "B2", "B3", "B4"]) == ("band-1", "band-2", "band-3", "band-4")


def test_words_and_colours():
    assert named(["Band 1: Red", "NIR", None], ["gray", "undefined", "blue"]) == ("red", "nir", "blue")
    assert named([None] * 3, ["blue", "green", "red"]) == ("blue", "green", "red")
    assert named(["ndvi", "x", "y"], ["red", "green", "blue"]) == ("band-1", "band-2", "band-3")
    assert named(["red", "red"]) == ("red", "band-2")
    assert named(["红", "绿波段", "近红外"]) == ("red", "green", "nir")


@pytest.mark.parametrize(
    "names, want, bands, code",
    [
        (("red", "green", "blue"), "red green blue", (1, 2, 3), "bands-by-name"),
        (("blue", "green", "red", "nir"), "red green blue", (3, 2, 1), "bands-by-name"),
        (("red", "green", "blue", "band-4"), "red green blue", (1, 2, 3), "bands-by-name"),
        (("red", "green", "blue", "band-4"), "red green blue nir", (1, 2, 3, 4), "bands-by-position"),
        (("blue", "green", "red", "band-4"), "red green blue nir", (3, 2, 1, 4), "bands-by-position"),
        (("band-1", "band-2", "band-3", "band-4"), "red green blue", (1, 2, 3), "bands-by-position"),
        (("red", "green", "blue"), "band-1 band-2 band-3", (1, 2, 3), "bands-by-position"),
        (("red", "nir08"), "nir", (2,), "bands-by-name"),
        (("nir", "red"), "RED nir", (2, 1), "bands-by-name"),
    ],
)
def test_choice(names, want, bands, code):
    choice = choose_bands(names, wanted(want))
    assert (choice.bands, choice.reason.code) == (bands, code)
    assert choice.reason.text


@pytest.mark.parametrize(
    "names, want, code",
    [
        (("band-1",), "red green blue", "bands-too-few"),
        (("red", "green", "blue"), "red green blue nir", "bands-too-few"),
        (("red", "green", "blue", "pan"), "red green nir", "bands-missing"),
    ],
)
def test_no_guess(names, want, code):
    with pytest.raises(UserError) as caught:
        choose_bands(names, wanted(want))
    assert caught.value.message.code == code


def test_the_user_has_the_last_word():
    assert choose_bands(("band-1",), wanted("red green blue"), [1, 1, 1]).bands == (1, 1, 1)
    for override, code in (([1, 2], "bands-count"), ([1, 2, 9], "bands-unknown"), ([0, 1, 2], "bands-unknown")):
        with pytest.raises(UserError) as caught:
            choose_bands(("red", "green", "blue"), wanted("red green blue"), override)
        assert caught.value.message.code == code
