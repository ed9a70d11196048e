"""Processing's model designer: what a step's parameters are bound to, and models that were saved and are run."""

import gc

import pytest
from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog, QStackedWidget, QToolButton
from test_running import FINETUNE, MAKE_RESULTS, drawn

from_input = QgsProcessingModelChildParameterSource.fromModelParameter
from_step = QgsProcessingModelChildParameterSource.fromChildOutput
typed = QgsProcessingModelChildParameterSource.fromStaticValue
calculated = QgsProcessingModelChildParameterSource.fromExpression
with_expressions = QgsProcessingModelChildParameterSource.fromExpressionText


@pytest.fixture
def model(plugin):
    """An empty model with an input of every kind that matters here."""
    made = QgsProcessingModelAlgorithm("制图 map", "test")
    for definition in (
        QgsProcessingParameterRasterLayer("raster", "A raster"),
        QgsProcessingParameterString("word", "A word", optional=True),
        QgsProcessingParameterFile("file", "A file", optional=True),
        QgsProcessingParameterFeatureSource("polygons", "Some polygons", optional=True),
        QgsProcessingParameterNumber("number", "A number", defaultValue=1),
    ):
        made.addModelParameter(definition, QgsProcessingModelParameter(definition.name()))
    return made


def add(model, algorithm, child, outputs=(), **sources):
    """A step whose parameters have these sources; ``outputs`` are the model's."""
    step = QgsProcessingModelChildAlgorithm(algorithm)
    step.setChildId(child)
    step.setDescription(child)
    for name, source in sources.items():
        step.addParameterSources(name, [source])
    results = {}
    for name in outputs:
        made = QgsProcessingModelOutput(f"made_{name}", f"made_{name}")  # no input is called so
        results[made.name()] = made
        made.setChildId(child)
        made.setChildOutputName(name)
    step.setModelOutputs(results)
    model.addChildAlgorithm(step)


@pytest.fixture
def opened(processing):
    """Opens a step in the designer's dialog."""
    from processing.modeler.ModelerParametersDialog import ModelerParametersDialog

    made = []

    def open_step(model, child):
        step = model.childAlgorithm(child).algorithm()
        made.append(
            ModelerParametersDialog(QgsApplication.processingRegistry().createAlgorithmById(step.id()), model, child)
        )
        return made[-1]

    yield open_step
    for one in made:
        one.close()


def widget_of(dialog, name):
    return dialog.widget.widget.wrappers[name]


def line_of(dialog, name):
    """The list in which a value is typed."""
    return widget_of(dialog, name).findChild(QStackedWidget).widget(0).findChild(QComboBox)


def offered(dialog, name):
    """The names of model inputs and of earlier results that can be chosen."""
    pages = widget_of(dialog, name).findChild(QStackedWidget)
    inputs, results = (pages.widget(page).findChild(QComboBox) for page in (2, 3))
    return [{box.itemText(row) for row in range(box.count())} for box in (inputs, results)]


def confirmed(dialog, name):
    """What a parameter is bound to when the dialog is confirmed."""
    (source,) = dialog.createAlgorithm().parameterSources()[name]
    return source


def with_suggestions():
    """Every parameter that has our widget."""
    for algorithm in QgsApplication.processingRegistry().providerById("rsdino").algorithms():
        for definition in algorithm.parameterDefinitions():
            if "class" in (definition.metadata().get("widget_wrapper") or {}):
                yield algorithm.id(), definition.name()


def test_what_is_bound_stays_bound_when_a_step_is_opened_and_confirmed(model, opened):
    """Whatever it is bound to, in each of our widgets, and after the model was a file."""
    add(model, "rsdino:finetune", "train", INPUT=from_input("raster"), LABELS=from_input("file"))
    add(model, "rsdino:vectorize", "vectors", INPUT=from_input("raster"))
    sources = [
        typed("starter-landcover"),
        typed("/模型 a/b.onnx"),
        calculated("'a' || @word"),
        with_expressions("m-[% @word %]"),
        from_input("word"),
        from_input("file"),
        from_input("number"),
        from_step("train", "MODEL_OUTPUT"),
        from_step("vectors", "POLYGONS"),
    ]
    names = {}
    for algorithm, name in with_suggestions():
        names.setdefault(algorithm, []).append(name)
    thoroughly = {"rsdino:segment": "MODEL", "rsdino:finetune": "LABELS", "rsdino:maps": "MODELS"}
    assert all(name in names[algorithm] for algorithm, name in thoroughly.items())
    for algorithm in names:
        for source in sources if algorithm in thoroughly else sources[-1:]:
            add(model, algorithm, "step", **dict.fromkeys(names[algorithm], source))
            model.loadVariant(model.toVariant())
            kept = opened(model, "step").createAlgorithm().parameterSources()
            for name in names[algorithm]:
                assert kept[name] == [source], (algorithm, name, source.toVariant())
            assert model.removeChildAlgorithm("step")


def test_a_new_step_begins_with_the_defaults(model, processing, opened):
    from processing.modeler.ModelerParametersDialog import ModelerParametersDialog

    dialog = ModelerParametersDialog(QgsApplication.processingRegistry().createAlgorithmById("rsdino:segment"), model)
    assert confirmed(dialog, "MODEL") == typed("starter-landcover")
    assert confirmed(dialog, "DEVICE") == typed("auto")
    assert confirmed(dialog, "HEAD") == typed("")


def test_what_suits_is_offered(model, opened):
    add(model, "rsdino:finetune", "train", INPUT=from_input("raster"), LABELS=from_input("file"))
    add(model, "rsdino:vectorize", "vectors", INPUT=from_input("raster"))
    add(model, "rsdino:featuremap", "features", INPUT=from_input("raster"))
    add(model, "rsdino:finetune", "again", INPUT=from_input("raster"))
    dialog = opened(model, "again")
    inputs, results = offered(dialog, "MODEL")
    assert inputs == {"A word", "A file"}
    assert len(results) == 3 and all("train" in one or "features" in one for one in results)
    inputs, results = offered(dialog, "LABELS")
    assert inputs == {"A word", "A file", "A raster", "Some polygons"}
    assert any("vectors" in one for one in results)
    assert offered(dialog, "DEVICE") == [{"A word"}, set()]


def test_a_value_is_suggested_typed_or_browsed_for(model, opened, monkeypatch):
    add(model, "rsdino:segment", "map", INPUT=from_input("raster"), MODEL=from_input("word"))
    dialog = opened(model, "map")
    widget = widget_of(dialog, "MODEL")
    widget.setWidgetValue(typed("starter-canopy"))
    box = line_of(dialog, "MODEL")
    assert box.currentText() == "starter-canopy"
    assert box.findText("starter-landcover") >= 0
    box.setCurrentIndex(box.findText("starter-landcover"))
    assert confirmed(dialog, "MODEL") == typed("starter-landcover")
    box.lineEdit().setText("/模型/m.onnx")
    assert confirmed(dialog, "MODEL") == typed("/模型/m.onnx")
    gc.collect()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/模型/n")
    beside = box.parentWidget().findChild(QToolButton, options=Qt.FindChildOption.FindDirectChildrenOnly)
    beside.menu().actions()[1].trigger()
    assert confirmed(dialog, "MODEL") == typed("/模型/n")


def test_text_with_expressions_can_be_changed(model, opened):
    add(model, "rsdino:segment", "map", INPUT=from_input("raster"), MODEL=with_expressions("m-[% @word %]"))
    dialog = opened(model, "map")
    assert line_of(dialog, "MODEL").currentText() == "m-[% @word %]"
    line_of(dialog, "MODEL").setEditText("starter-canopy")
    assert confirmed(dialog, "MODEL") == typed("starter-canopy")


def saved(model, opened, tmp_path):
    """The model after every step was opened and confirmed, written and read again."""
    for child in list(model.childAlgorithms()):
        step = opened(model, child).createAlgorithm()
        model.setChildAlgorithm(step)
    path = str(tmp_path / "模型 model.model3")
    assert model.toFile(path)
    read = QgsProcessingModelAlgorithm()
    assert read.fromFile(path)
    read.initAlgorithm()
    return read


def add_training(model):
    add(
        model,
        "rsdino:finetune",
        "train",
        INPUT=from_input("raster"),
        LABELS=from_input("polygons"),
        outputs=["MODEL_OUTPUT"],
    )


def result(model, step, output):
    """What a model calls a result: by its step, newer QGIS by its own name only."""
    names = [one.name() for one in model.destinationParameterDefinitions()]
    return next(name for name in (f"{step}:made_{output}", f"made_{output}".lower()) if name in names)


def test_a_model_trains_and_maps_with_what_it_trained(
    model, opened, processing, stand_in_engine, seen, raster, tmp_path, qgis_new_project
):
    """Its labels are polygons of the project that are no file."""
    stand_in_engine(
        "if request['processID'] == 'finetune':"
        + FINETUNE.replace("\n", "\n    ")
        + "\nelse:"
        + MAKE_RESULTS.replace("\n", "\n    ")
    )
    add_training(model)
    trained = from_step("train", "MODEL_OUTPUT")
    add(
        model,
        "rsdino:segment",
        "map",
        INPUT=from_input("raster"),
        MODEL=trained,
        DEVICE=from_input("word"),
        outputs=["LABELS"],
    )
    read = saved(model, opened, tmp_path)
    given = {"raster": str(raster), "polygons": drawn().id(), "word": "cpu"}
    trains_to, maps_to = result(read, "train", "MODEL_OUTPUT"), result(read, "map", "LABELS")
    wanted = {trains_to: str(tmp_path / "新模型"), maps_to: str(tmp_path / "l.tif")}
    made = processing.run(read, {**given, **wanted})
    trains, maps = (one.inputs for one in seen)
    assert [f["class"] for f in QgsVectorLayer(trains["labels"]).getFeatures()] == ["tree"]
    assert maps["model"] == str(tmp_path / "新模型") and maps["device"] == "cpu"
    assert QgsRasterLayer(made[maps_to]).isValid()


@pytest.mark.parametrize("selected", [True, False])
def test_polygons_of_which_some_are_selected_train(
    model, opened, processing, stand_in_engine, seen, raster, tmp_path, qgis_new_project, selected
):
    stand_in_engine(FINETUNE)
    layer = drawn()
    layer.dataProvider().addFeatures([QgsFeature(next(layer.getFeatures()))])
    layer.select(next(layer.getFeatures()).id())
    add_training(model)
    given = QgsProcessingFeatureSourceDefinition(layer.id(), selected)
    wanted = {"raster": str(raster), "polygons": given}
    read = saved(model, opened, tmp_path)
    processing.run(read, {**wanted, result(read, "train", "MODEL_OUTPUT"): str(tmp_path / "m")})
    assert QgsVectorLayer(seen[0].inputs["labels"]).featureCount() == (1 if selected else 2)


def test_a_saved_model_runs_over_the_real_engine(
    model, opened, processing, engine_python, raster, tmp_path, monkeypatch, qgis_new_project
):
    monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", str(engine_python))
    add(model, "rsdino:segment", "map", INPUT=from_input("raster"), MODEL=from_input("word"), DEVICE=typed("cpu"))
    add(model, "rsdino:vectorize", "vectors", INPUT=from_step("map", "LABELS"), outputs=["POLYGONS"])
    read = saved(model, opened, tmp_path)
    given = {"raster": str(raster), "word": "starter-landcover"}
    named = result(read, "vectors", "POLYGONS")
    made = processing.run(read, {**given, named: str(tmp_path / "p.gpkg")})
    polygons = QgsVectorLayer(made[named])
    assert polygons.featureCount() > 0 and polygons.crs().authid() == "EPSG:32633"
    assert all(feature["class"] for feature in polygons.getFeatures())
