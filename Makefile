# make run   sirve todas las caras en http://127.0.0.1:8000
# make test  instala lo que piden las pruebas y las ejecuta todas

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
export FLASK_APP := wsgi
HOST ?= 127.0.0.1
PORT ?= 8000
export HOST PORT
# What Python compiles is kept, also where the environment says otherwise: each process of the tests would do it again.
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check --no-input
ROOMS := core counter kiosk display admin portal
CATALOGUES := $(wildcard core/web/translations/*/LC_MESSAGES/messages.po)
VENDOR := core/web/static/vendor/icons.svg

SYSTEM_NPM := $(shell command -v npm 2>/dev/null)
NPM := $(or $(SYSTEM_NPM),$(BIN)/npm)

.PHONY: help run test prove bench build lint format messages lock bill clean

help:
	@echo 'make run       sirve el sistema en http://$(HOST):$(PORT) (HOST=… PORT=… lo cambian)'
	@echo 'make test      instala lo que piden las pruebas y las ejecuta (ARGS="-k turno" elige)'
	@echo 'make prove     lo mismo que prueba la fila, pero a lo largo de más de diez minutos (PROOF_SEED=… repite uno)'
	@echo 'make bench     mide la rapidez junto a suelos y objetivos (ARGS=--quick en tres minutos; ARGS=--million con un millón)'
	@echo 'make build     prepara .venv, los archivos de las páginas y las traducciones'
	@echo 'make lint      revisa el estilo y los tipos; make format lo corrige'
	@echo 'make messages  recoge los textos de las páginas en los catálogos de traducción'
	@echo 'make lock      vuelve a fijar las versiones (ARGS=--upgrade las renueva)'
	@echo 'make bill      la lista de materiales (CycloneDX) de lo que está fijado, en build/bill.json'
	@echo 'make clean     borra lo construido; nunca los datos'

run: build
	@$(BIN)/flask db upgrade
	@$(BIN)/flask town load
	@$(BIN)/flask petitions recount
	@$(BIN)/flask disk ballast
	@exec $(BIN)/gunicorn --config gunicorn.conf.py

test: build .venv/.test
	@tests/machine.sh
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n auto --dist worksteal $(ARGS)

prove: build .venv/.test
	@tests/machine.sh
	PROOF=long $(BIN)/pytest -s tests/proof $(ARGS)

bench: build .venv/.test
	@tests/machine.sh
	@$(BIN)/python -m tests.bench $(ARGS)

build: .venv/.run $(VENDOR) $(CATALOGUES:.po=.mo)

lint: .venv/.run .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy core

format: .venv/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# --- Python -----------------------------------------------------------------------------------------

PYTHON ?= $(firstword $(foreach python,python3 python3.13 python3.12 python3.11,$(shell \
	$(python) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $(python))))

.venv/.made:
	@test -n "$(PYTHON)" || { echo 'Hace falta Python 3.11, 3.12 o 3.13 y no se encontró. Instálelo, o diga dónde está: make run PYTHON=/ruta/python3' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
		|| { echo 'Hace falta Python 3.11, 3.12 o 3.13, y $(PYTHON) es de otra versión.' >&2; exit 1; }
	@echo 'Se crea el entorno de Python en .venv'
	@$(PYTHON) -m venv --clear .venv \
		|| { echo 'No se pudo crear .venv. En Debian y Ubuntu falta el paquete python3-venv: apt install python3-venv' >&2; exit 1; }
	@touch $@

.venv/.%: requirements/%.txt | .venv/.made
	@echo 'Se instala $<'
	@$(PIP) install --require-hashes --requirement $<
	@touch $@

# --- Las páginas ------------------------------------------------------------------------------------

node_modules/.package-lock.json: package.json package-lock.json .npmrc $(if $(SYSTEM_NPM),,.venv/.node)
	@echo 'Se traen de npm las partes de las páginas'
	@$(NPM) ci --no-progress --loglevel=error
	@touch $@

$(VENDOR): core/web/assets.py node_modules/.package-lock.json | .venv/.run
	@$(BIN)/python -m core.web.assets

%.mo: %.po | .venv/.run
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

messages: .venv/.run
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --no-wrap --add-location file --sort-by-file \
		--keyword lazy_gettext --keyword _l --project 'Atención al ciudadano' --version 1.0 \
		--copyright-holder 'Alcaldía de California (Santander)' --output-file build/messages.pot $(wildcard $(ROOMS))
	@test -f core/web/translations/en/LC_MESSAGES/messages.po \
		|| $(BIN)/pybabel --quiet init --no-wrap --input-file build/messages.pot --output-dir core/web/translations --locale en
	$(BIN)/pybabel --quiet update --no-wrap --ignore-obsolete --no-fuzzy-matching --ignore-pot-creation-date \
		--input-file build/messages.pot --output-dir core/web/translations

# --- Lo que está fijado -----------------------------------------------------------------------------

lock: .venv/.lock
	for list in run test node lock; do \
		$(BIN)/uv --no-config --quiet pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(ARGS) \
			requirements/$$list.in --output-file requirements/$$list.txt || exit 1; \
	done
	$(NPM) install --package-lock-only --no-progress --loglevel=error
	@! grep -n -E '://|^-' requirements/*.txt
	@! grep -n '"resolved"' package-lock.json

bill: .venv/.run
	@mkdir -p build
	@$(BIN)/python deploy/bill.py > build/bill.json
	@echo build/bill.json

clean:
	rm -rf .venv node_modules build core/web/static/vendor .mypy_cache .ruff_cache .pytest_cache
	find $(wildcard $(ROOMS)) tests -name __pycache__ -prune -exec rm -r {} +
	find core/web/translations -name '*.mo' -delete 2>/dev/null || true
