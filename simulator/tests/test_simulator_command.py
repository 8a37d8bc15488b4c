"""`jumio-simulator` says in one line why it does not start."""

import socket

import pytest

from jumio_simulator.__main__ import main


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ('{"acount_burst": 1, "idle_seconds": "x"}', "acount_burst: Extra inputs"),
        ('{"acount_burst": 1, "idle_seconds": "x"}', "idle_seconds: "),
        ("{", "Expecting"),
        ("no-such-file.json", "No such file"),
    ],
)
def test_wrong_options_are_named(
    capsys: pytest.CaptureFixture[str], options: str, why: str
) -> None:
    line = told(capsys, "--options", options)
    assert line.startswith("--options: ")
    assert why in line


def test_a_port_that_somebody_has_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert told(capsys, "--port", str(port)).startswith(f"127.0.0.1:{port} cannot be had: ")
    assert "cannot be had" in told(capsys, "--port", "70000")
