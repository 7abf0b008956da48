# Every target makes the environment first when it has to; a second run costs nothing.
PYTHON := .venv/bin/python
READY  := .venv/ready
ARGS   ?=

.PHONY: help setup demo run test test-device check bench soak doctor messages lock clean

help:           ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

setup: $(READY) ## apt packages, Python and .venv, where they are missing

$(READY): requirements.lock tools/setup.sh
	@tools/setup.sh
	@touch $@

.venv/ready-test: $(READY)
	@tools/setup.sh test
	@touch $@

.venv/ready-bench: $(READY)
	@tools/setup.sh bench
	@touch $@

demo: $(READY)  ## the wall on the demo city
	$(PYTHON) main.py demo $(ARGS)

run: $(READY)   ## the wall on your own registry
	$(PYTHON) main.py wall $(ARGS)

doctor: $(READY) ## what this machine has and lacks
	$(PYTHON) main.py doctor $(ARGS)

# First what needs no city, on two cores at once, windows each on a screen of their own; then the rest, one after the
# other, because it measures. Threads, windows and a city run against the clock of a machine that others may load: what
# fails is told and gets a second look, alone. What is broken fails both times.
USUAL  := not soak and not bench and not device
QUIET  := not screen and not city and $(USUAL)
SCREEN := screen and not city and $(USUAL)
CITY   := city and $(USUAL)
AGAIN  := --last-failed --last-failed-no-failures none
test: .venv/ready-test  ## all tests: real RTSP, real libVLC, real windows under Xvfb
ifeq ($(ARGS),)
	$(PYTHON) -m pytest -q -n 2 --dist loadfile -m "$(QUIET)" || $(PYTHON) -m pytest -q -m "$(QUIET)" $(AGAIN)
	$(PYTHON) -m pytest -q -n 2 --dist loadfile -m "$(SCREEN)" || $(PYTHON) -m pytest -q -m "$(SCREEN)" $(AGAIN)
	$(PYTHON) -m pytest -q -m "$(CITY)" || $(PYTHON) -m pytest -q -m "$(CITY)" $(AGAIN)
else
	$(PYTHON) -m pytest $(ARGS)
endif

check: $(READY) ## ruff, mypy, import contracts
	.venv/bin/ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports

bench: .venv/ready-bench ## the figures of docs/performance.md
	$(PYTHON) -m pytest -m bench -s --timeout=0 -o faulthandler_timeout=0 tests/bench $(ARGS)

test-device: $(READY) ## a real ONVIF device: LAWANG_ONVIF_HOST, _PORT, _USER, _PASSWORD; it moves
	$(PYTHON) -m pytest -m device -s tests/devices $(ARGS)

soak: .venv/ready-bench  ## hours of work: memory, threads and descriptors stay flat
	$(PYTHON) -m pytest -m soak -s --timeout=0 -o faulthandler_timeout=0 $(ARGS)

messages: $(READY) ## collect the texts of the source into resources/locale
	$(PYTHON) tools/messages.py

lock: $(READY)  ## choose newer versions of the Python packages
	$(PYTHON) -m pip install -q uv
	.venv/bin/uv pip compile pyproject.toml --group dev --universal --python-version 3.12 --generate-hashes \
	    --upgrade --no-header --no-emit-index-url --no-annotate -q -o requirements.lock

clean:          ## forget the environment and the caches; keeps your registry and recordings
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
