"""Run a benchmark by name: it prints a table, and writes JSON where asked."""

import argparse
import importlib
import inspect
import pkgutil
import sys
from pathlib import Path

import msgspec

import bench


def main() -> int:
    """Every module of this folder with a `run` is a benchmark."""
    names = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))
    parser = argparse.ArgumentParser(prog="warta bench", description="Benchmarks: " + ", ".join(names))
    parser.add_argument("name", choices=names)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures as JSON")
    parser.add_argument("--quick", action="store_true", help="less of all, where the benchmark knows how")
    arguments = parser.parse_args()
    run = importlib.import_module(f"bench.{arguments.name}").run
    if arguments.quick and "quick" not in inspect.signature(run).parameters:
        parser.error(f"{arguments.name} has no --quick")
    rows: list[dict[str, object]] = run(quick=True) if arguments.quick else run()
    columns = list(rows[0])
    table = [
        columns,
        *([f"{row[c]:.3f}" if isinstance(row[c], float) else str(row[c]) for c in columns] for row in rows),
    ]
    widths = [max(len(line[n]) for line in table) for n in range(len(columns))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    if arguments.json:
        arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=1))
    return 0


sys.exit(main())
