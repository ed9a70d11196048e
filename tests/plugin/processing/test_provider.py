"""The provider and its algorithms: what QGIS sees of the catalogue."""

import json

import pytest
from qgis.core import QgsApplication, QgsProcessingParameterDefinition

FLAG = QgsProcessingParameterDefinition.Flag


@pytest.fixture
def catalogue(plugin):
    from rs_dino_plugin.paths import CATALOG

    return json.loads(CATALOG.read_text(encoding="utf-8"))


@pytest.fixture
def segment(plugin):
    return QgsApplication.processingRegistry().algorithmById("rsdino:segment")


def test_every_task_is_an_algorithm(catalogue):
    provider = QgsApplication.processingRegistry().providerById("rsdino")
    assert {a.name() for a in provider.algorithms()} == {task["id"].replace("-", "") for task in catalogue["tasks"]}
    for algorithm in provider.algorithms():
        assert algorithm.shortHelpString()
        assert not algorithm.icon().isNull()


def test_every_input_has_a_parameter_or_a_destination_that_asks_for_it(catalogue):
    from rs_dino_plugin.processing.parameters import FORMAT_OF, NOT_IN_QGIS, WRITES

    for task in catalogue["tasks"]:
        algorithm = QgsApplication.processingRegistry().algorithmById("rsdino:" + task["id"].replace("-", ""))
        shown = {d.name() for d in algorithm.parameterDefinitions()}
        main = next((i["name"] for i in task["inputs"] if i["kind"] in ("rasters", "raster")), None)
        outputs = {o["name"].upper() for o in task["outputs"]}
        asking = {o["requested_by"].split(":")[0] for o in task["outputs"] if o.get("requested_by")}
        for entry in task["inputs"]:
            if entry["kind"] in WRITES or entry["name"] in {*NOT_IN_QGIS, *FORMAT_OF, *asking}:
                assert entry["name"].upper() not in shown - outputs
            else:
                assert ("INPUT" if entry["name"] == main else entry["name"].upper()) in shown
        destinations = {d.name() for d in algorithm.destinationParameterDefinitions()}
        assert {name.replace("_OUTPUT", "") for name in destinations} == outputs


# The signature that saved models and scripts rely on: names and types are added to, never changed.
SEGMENT = {
    "INPUT": "raster", "MODEL": "string", "BANDS": "band", "AOI": "source", "TILE_SIZE": "number",
    "OVERLAP": "string", "BATCH_SIZE": "number", "DEVICE": "string", "DTYPE": "enum", "STRETCH": "string",
    "TTA": "enum", "OUTPUT_GRID": "enum", "MIN_AREA_M2": "number", "HEAD": "string", "LABELS": "rasterDestination",
    "CONFIDENCE": "rasterDestination", "ENTROPY": "rasterDestination", "PROBABILITIES": "rasterDestination",
    "DISAGREEMENT": "rasterDestination", "POLYGONS": "vectorDestination",
}  # fmt: skip


def test_signature_of_segment_is_stable(segment):
    found = {d.name(): d.type() for d in segment.parameterDefinitions()}
    assert SEGMENT.items() <= found.items()
    for name in set(found) - set(SEGMENT):
        new = segment.parameterDefinition(name)
        assert new.flags() & FLAG.FlagOptional or new.defaultValue() is not None, f"{name} is new and has no default"


def test_only_the_raster_is_required(segment):
    required = [
        d.name() for d in segment.parameterDefinitions()
        if not d.flags() & FLAG.FlagOptional and d.defaultValue() is None
    ]  # fmt: skip
    assert required == ["INPUT"]


def test_raster_and_model_come_first_and_advanced_inputs_are_folded(segment, catalogue):
    names = [d.name() for d in segment.parameterDefinitions()]
    assert names[:2] == ["INPUT", "MODEL"]
    inputs = {i["name"].upper(): i for i in catalogue["tasks"][0]["inputs"]}
    for name in set(names) & set(inputs) - {"POLYGONS"}:
        is_advanced = bool(segment.parameterDefinition(name).flags() & FLAG.FlagAdvanced)
        assert is_advanced == inputs[name].get("advanced", False), name


def test_optional_layers_are_made_by_default_where_the_catalogue_asks_for_them(segment):
    by_default = {d.name(): d.createByDefault() for d in segment.destinationParameterDefinitions()}
    assert by_default["LABELS"] and by_default["CONFIDENCE"] and by_default["POLYGONS"]
    assert not (by_default["ENTROPY"] or by_default["PROBABILITIES"] or by_default["DISAGREEMENT"])


def test_units_stand_in_the_labels_and_bounds_hold(segment):
    tile_size = segment.parameterDefinition("TILE_SIZE")
    assert tile_size.description().endswith("[px]")
    assert not tile_size.checkValueIsAcceptable(8)
    assert tile_size.checkValueIsAcceptable(512)
    assert tile_size.checkValueIsAcceptable(None)


def test_choices_keep_the_catalogues_order(segment, catalogue):
    inputs = {i["name"]: i for i in catalogue["tasks"][0]["inputs"]}
    assert segment.parameterDefinition("TTA").options() == inputs["tta"]["choices"]
    assert segment.parameterDefinition("TTA").allowMultiple()
    assert segment.parameterDefinition("DTYPE").defaultValue() == inputs["dtype"]["choices"].index("auto")


def test_without_engine_algorithms_are_listed_and_say_what_to_do(segment):
    can, why = segment.canExecute()
    assert not can
    assert "Settings ▸ Options ▸ RS-DINO" in why


def test_engine_that_is_set_and_missing_is_named(segment, monkeypatch):
    monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", "/nowhere/bin/python")
    can, why = segment.canExecute()
    assert not can
    assert "/nowhere/bin/python" in why and "RS_DINO_ENGINE_PYTHON" in why
