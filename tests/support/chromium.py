"""A Chrome or Chromium for the tests: one that is there, or one that can be had.

`python -m tests.support.chromium` says which, and gets one if there is none.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

NAMES = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome")
PLACES = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
MISSING = (
    "The browser tests need Chrome or Chromium, and none could be installed here: install one, "
    "or name one in the environment variable CHROMIUM."
)


def found(playwright: Playwright) -> Path | None:
    """The browser to use: the one that CHROMIUM names, the machine's, or Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named)
    for name in NAMES:
        if path := shutil.which(name):
            return Path(path)
    own = Path(playwright.chromium.executable_path)
    return next((place for place in (*PLACES, own) if place.is_file()), None)


def _installed(*command: str) -> bool:
    """Whether a command that should have installed a browser went well."""
    if shutil.which(command[0]) is None:
        return False
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)  # noqa: S603 - no foreign input
    return done.returncode == 0


def get(playwright: Playwright) -> Path | None:
    """The browser to use; Playwright's download, or the system's package, if there is none."""
    if path := found(playwright):
        return path
    print("==> no Chrome or Chromium found: getting one (once)", flush=True)
    python = Path(sys.executable)
    if not _installed(str(python), "-m", "playwright", "install", "chromium") and os.geteuid() == 0:
        _installed("apt-get", "update")
        _installed("apt-get", "install", "--yes", "--no-install-recommends", "chromium")
    return found(playwright)


def main() -> int:
    with sync_playwright() as playwright:
        path = get(playwright)
    print(f"==> browser: {path}" if path else MISSING)
    return 0 if path else 1


if __name__ == "__main__":
    raise SystemExit(main())
