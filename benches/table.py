#!/usr/bin/env python3
"""How fast captures are indexed, beside what else reads them: prints the table of docs/performance.md.

    benches/table.py FOLDER [--scale S] [--runs N]

Builds the release binary and the generator, makes the captures in FOLDER where they are missing (about 10 GB at scale
1), and runs every tool that is installed over each of them N times, after one run that brings the capture into the page
cache. The figures are medians; the ratios are of one run of this script.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = ROOT / "target/release/shakedown"
GENERATOR = ROOT / "target/release/examples/generate"

# Name, what it is, and the generator's arguments at scale 1.
CAPTURES = [
    ("bulk", "1.2 GB, 10,000 flows of about 100 KB", {"--flows": 10_000, "--bulk": 107_000, "--open": 200}),
    ("short", "1.2 GB, 60,000 short flows, 20,000 open at a time", {"--flows": 60_000, "--bulk": 12_500, "--open": 20_000}),
    ("bulk-4", "4 GB of the first kind", {"--flows": 35_000, "--bulk": 107_000, "--open": 200}),
    ("syns", "10 million SYNs from different ports", {"--syns": 10_000_000}),
]


def tools(capture):
    name = str(capture)
    return [
        ("cat", ["cat", name]),
        ("shakedown flows", [str(BINARY), "flows", "--format", "json", name]),
        ("shakedown diagnose", [str(BINARY), "diagnose", "--format", "json", name]),
        ("capinfos", ["capinfos", name]),
        ("tcptrace -n", ["tcptrace", "-n", name]),
        ("tshark conv,tcp", ["tshark", "-r", name, "-q", "-z", "conv,tcp"]),
    ]


def run(command):
    """Seconds on the wall, processor seconds, and peak memory in bytes."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    if status != 0:
        sys.exit(f"{' '.join(command)} ended with status {status}")
    return took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def measure(command, runs):
    results = [run(command) for _ in range(runs)]
    return [statistics.median(column) for column in zip(*results)]


def generate(folder, name, arguments, scale):
    path = folder / f"{name}.pcapng"
    if not path.exists():
        scaled = {key: value if key in ("--bulk", "--open") else max(1, int(value * scale)) for key, value in arguments.items()}
        flat = [word for key, value in scaled.items() for word in (key, str(value))]
        subprocess.run([str(GENERATOR), str(path), *flat], check=True)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the captures, 1 for the full ones")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", help="the capture of this name alone")
    parser.add_argument("--slow", action="store_true", help="also tools that need more than ten times as long")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    build = ["cargo", "build", "--release", "--bin", "shakedown", "--example", "generate"]
    subprocess.run(build, cwd=ROOT, check=True)

    print("| capture | tool | wall s | processor s | MB/s | x cat | peak MB |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for name, what, options in CAPTURES:
        if arguments.only not in (None, name):
            continue
        path = generate(arguments.folder, name, options, arguments.scale)
        size = path.stat().st_size
        run(["cat", str(path)])
        cat = None
        for tool, command in tools(path):
            if shutil.which(command[0]) is None:
                continue
            slow = tool.startswith(("tshark", "tcptrace"))
            if slow and name in ("bulk-4", "syns") and not arguments.slow:
                continue
            took, processor, peak = measure(command, 1 if slow else arguments.runs)
            cat = cat or took
            print(
                f"| {what} | {tool} | {took:.2f} | {processor:.2f} | {size / took / 1e6:.0f} | {took / cat:.1f} | {peak / 1e6:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
