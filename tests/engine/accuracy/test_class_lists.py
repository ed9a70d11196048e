"""Lists of classes in messages, for readers of other languages."""

import pytest
from rs_dino_engine.accuracy.class_names import ids_of
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.names import listed_in
from rs_dino_engine.models.spec import ClassInfo, ClassMap

CLASSES = [
    ClassInfo(id=0, name="building", color=(1, 2, 3), names={"zh": "建筑物"}),
    ClassInfo(id=1, name="yard", color=(1, 2, 4)),
]


def test_what_has_no_name_in_a_language_keeps_its_own():
    assert listed_in(CLASSES) == {"zh": "建筑物、yard"}
    assert listed_in(CLASSES[1:]) == {}


def test_the_readers_language_comes_first():
    with pytest.raises(UserError) as error:
        ids_of(["barn"], "c", ClassMap(classes=CLASSES), [7])
    params = error.value.message.params
    assert params["known"] == "0 building (建筑物), 1 yard, 7"
    assert params["known_in"] == {"zh": "0 建筑物 (building), 1 yard, 7"}
