"""Classes of labels that a model knows."""

from rs_dino_engine.datasets.known_classes import as_known
from rs_dino_engine.models.colors import class_color
from rs_dino_engine.models.spec import ClassInfo

KNOWN = [
    ClassInfo(id=0, name="building", color=(205, 74, 62), names={"zh": "建筑物"}),
    ClassInfo(id=1, name="water", color=(58, 123, 200), names={"zh": "水体"}),
]


def _found(*names):
    return [ClassInfo(id=i, name=name, color=class_color(i)) for i, name in enumerate(names)]


def test_classes_of_ones_own_stay_as_they_are():
    assert as_known(_found("x", "y"), KNOWN) == _found("x", "y")


def test_names_in_other_languages_are_known():
    one, other = as_known(_found("水体", "建筑物"), KNOWN)
    assert (one.id, one.name, one.color) == (0, "建筑物", (205, 74, 62))
    assert (other.id, other.name, other.color) == (1, "水体", (58, 123, 200))


def test_two_names_of_one_class_are_two_classes():
    classes = as_known(_found("building", "建筑物"), KNOWN)
    assert [c.id for c in classes] == [0, 2]
    assert classes[1].color not in [c.color for c in KNOWN]


def test_a_colour_that_the_labels_give_stays():
    mine = ClassInfo(id=1, name="field", color=(1, 2, 3))
    assert as_known([*_found("building"), mine], KNOWN)[1] == mine.model_copy(update={"id": 2})


def test_many_new_classes_have_colours_and_ids_of_their_own():
    classes = as_known(_found("building", *(f"c{i}" for i in range(40))), KNOWN)
    assert len({c.color for c in classes}) == len({c.id for c in classes}) == 41


def test_ids_run_out_above():
    known = [KNOWN[0].model_copy(update={"id": 254})]
    assert [c.id for c in as_known(_found("building", "x"), known)] == [254, 0]
