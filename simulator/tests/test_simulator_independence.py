"""The simulator shares no code with the product: a mistake must not be made twice the same way."""

import ast
from pathlib import Path

import jumio_simulator


def test_it_imports_nothing_of_the_product() -> None:
    folder = Path(jumio_simulator.__file__).parent
    modules = sorted(folder.rglob("*.py"))
    imported = set()
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    assert "jumio_simulator.world.options" in imported
    ours = {name for name in imported if name.startswith("local.")}
    assert all(name.startswith("jumio_simulator") for name in ours)
    assert not {name for name in imported if name.split(".")[0] in {"verification", "functions"}}
