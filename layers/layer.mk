# Shared by the layers' Makefiles, which `sam build` calls in a copy of this folder.

PYTHON := $(shell command -v python3.13 || command -v python3)
SITE := $(ARTIFACTS_DIR)/python

# Bytecode that is valid whatever the times of the files, the same for the same code: Lambda's /opt
# cannot be written, so that without it every cold start would compile all that it imports.
COMPILE = PYTHONHASHSEED=0 $(PYTHON) -m compileall -q -j 0 --invalidation-mode unchecked-hash \
	-s "$(ARTIFACTS_DIR)" -p /opt "$(SITE)"

export PYTHONDONTWRITEBYTECODE := 1
