#!/usr/bin/env bash
# Makes .venv hold exactly what the requirement files name. Does nothing when it already does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

requirements=(requirements/dev.txt requirements/package-lock.json layers/dependencies/requirements.txt simulator/pyproject.toml .python-version)
stamp=.venv/requirements.sha256
wanted=$(cat "${requirements[@]}" | cksum)

is_wanted_python() {
  "$1" -c 'import sys, venv; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1
}

find_python() {
  local candidate
  for candidate in python3.13 python3 python; do
    if is_wanted_python "$candidate"; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  if command -v pyenv >/dev/null; then
    # A shim answers only for the version that is selected; pyenv may have another.
    if ! pyenv latest 3.13 >/dev/null 2>&1; then
      echo "==> no python3.13 found; pyenv installs one (some minutes)" >&2
      pyenv install 3.13 >&2
    fi
    PYENV_VERSION=$(pyenv latest 3.13) pyenv which python3.13
    return
  fi
  echo "python3.13 is needed and was not found. Install it (https://www.python.org), or pyenv." >&2
  return 1
}

if [[ -f $stamp && $(<"$stamp") == "$wanted" ]] && is_wanted_python .venv/bin/python; then
  exit 0
fi

if ! is_wanted_python .venv/bin/python; then
  # Without .venv/bin, which the Makefile puts first: a broken environment must not build the next.
  PATH=${PATH#"$PWD/.venv/bin:"}
  python=$(find_python)
  echo "==> creating .venv with $python"
  "$python" -m venv --clear .venv
fi
pip=(.venv/bin/python -m pip --disable-pip-version-check --no-input --quiet)

with_uv() { # seconds instead of minutes; the lock says which uv, too
  "${pip[@]}" install --no-deps --require-hashes \
    --requirement <(sed -n '/^uv==/,/[^\\]$/p' requirements/dev.txt) &&
    .venv/bin/uv pip install --quiet --python .venv/bin/python \
      --require-hashes --requirement requirements/dev.txt
}

echo "==> installing the pinned requirements (once)"
with_uv || {
  echo "==> uv could not; pip does it (a minute or two)"
  "${pip[@]}" install --require-hashes --requirement requirements/dev.txt
}
echo "==> installing the simulator, and the pinned tools for JavaScript (once)"
cp requirements/package.json requirements/package-lock.json .venv/
.venv/bin/npm ci --prefix .venv --silent --no-audit --no-fund --ignore-scripts &
"${pip[@]}" install --no-index --no-deps --no-build-isolation --editable ./simulator
wait $!
echo "$wanted" >"$stamp"
