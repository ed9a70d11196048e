# RS-DINO: `make demo` shows what it does, `make test` proves that it works. `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
QGIS_VENV := .venv-qgis
QT6_VENV := .venv-qt6
# Pinned versions for development and CI. `make setup CONSTRAINTS=` takes the newest that pip finds.
CONSTRAINTS ?= tests/constraints.txt
CONSTRAIN := $(if $(CONSTRAINTS),-c $(CONSTRAINTS))
# A waiting thread that spins makes every other process several times slower.
export OMP_WAIT_POLICY := PASSIVE
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-qgis demo test test-engine test-plugin test-qt6 lint bench test-legacy test-qgis-all package translate catalog resolve starter clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.done  ## the engine in .venv, with rs-dino at .venv/bin/rs-dino

$(VENV)/.done: engine/pyproject.toml tests/constraints.txt tests/setup_venv.sh
	@bash tests/setup_venv.sh "$(PYTHON)" "$(VENV)"
	@echo "== installing the engine into $(VENV) (about a minute, 1.5 GB)"
	@$(PYTHON) engine/staging/stage.py
	@$(BIN)/python -m pip install --quiet $(CONSTRAIN) -e "./engine[onnx,geoparquet,trees,timm]" onnx pytest pytest-timeout pytest-xdist hypothesis ruff mypy scipy
	@touch $@

setup-qgis: $(QGIS_VENV)/.done  ## real QGIS from the system's packages, for the plugin's tests

$(QGIS_VENV)/.done: tests/setup_qgis.sh
	@bash tests/setup_qgis.sh "$(QGIS_VENV)"
	@touch $@

stage: setup
	@$(BIN)/python engine/staging/stage.py

demo: stage  ## set up, then land cover, canopy height, trees and features of the bundled samples, with pictures
	@$(BIN)/rs-dino demo --output demo

test: lint test-engine test-plugin test-qt6  ## everything that has to pass

lint: setup
	@echo "== lint and types"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@cd engine && ../$(BIN)/mypy --config-file ../pyproject.toml

# real cloud models, 145 MB, that the tests run on a real scene; nothing but the files is needed of it
$(VENV)/.clouds: $(VENV)/.done
	@$(BIN)/python -m pip install --quiet --no-deps ukis-csmask==1.0.0
	@touch $@

test-engine: stage $(VENV)/.clouds
	@echo "== engine tests"
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/engine tests/contract tests/test_boundaries.py

test-plugin: stage setup-qgis package
	@echo "== plugin tests in real QGIS"
	@QT_QPA_PLATFORM=offscreen RS_DINO_ENGINE_PYTHON="$(CURDIR)/$(BIN)/python" $(QGIS_VENV)/bin/python tests/run_in_qgis.py -n 2 --dist loadfile tests/plugin tests/e2e tests/desktop

$(QT6_VENV)/.done: tests/setup_qt6.sh
	@bash tests/setup_qt6.sh "$(PYTHON)" "$(QT6_VENV)"
	@touch $@

test-qt6: stage $(QT6_VENV)/.done
	@echo "== the plugin's widgets on Qt 6"
	@$(QT6_VENV)/bin/python tests/run_in_qgis.py tests/qt6

package: setup-qgis  ## dist/rs_dino_plugin-<version>.zip, ready for QGIS, scanned as plugins.qgis.org does
	@$(QGIS_VENV)/bin/python engine/staging/package.py --scan

catalog: stage  ## renew resources/catalog.json from the tasks' declarations
	@$(BIN)/python -m rs_dino_engine.catalog resources/catalog.json rs_dino_plugin/catalog_strings.py

translate: setup-qgis catalog  ## renew, compile and check the translations
	@$(QGIS_VENV)/bin/python engine/staging/translate.py

bench: stage  ## speed, memory and exactness, beside peers where they can be installed
	@bash tests/bench/run.sh

test-legacy:  ## the job-running core under torch 1.10 and Python 3.9, in a chroot
	@bash tests/legacy/run.sh

test-qgis-all: setup  ## the plugin's tests in QGIS 3.40 and 3.44, in chroots
	@bash tests/qgis_all/run.sh

resolve: setup  ## check that dependencies exist for Linux, Windows, macOS x Python 3.10-3.13
	@bash tests/resolve.sh

starter: setup  ## train the embedded models again: needs ../shared/data and about three hours
	@bash tests/bench/starter/run.sh $(BIN)/python

clean:  ## forget what was installed and built
	rm -rf $(VENV) $(QGIS_VENV) $(QT6_VENV) build dist demo bench-out
