#!/usr/bin/env python3
"""What shakedown prints of many captures, saved, and two such sets compared: for changes that must not change a byte.

    benches/outputs.py save OUT [--bin target/release/shakedown] FOLDER...
    benches/outputs.py compare BEFORE AFTER [--show N]

`save` runs flows, diagnose, handshake, compare, packets and follow in all their formats over every capture below the
folders (with the `keys.log` beside a capture, where there is one), and writes one file a capture and command into OUT.
Of a capture with more than twenty flows, twenty go through the commands of one flow: the failing ones first, then
evenly chosen ones. `compare` names the commands of which the output differs, and shows the first lines that do.
"""
import argparse
import concurrent.futures
import difflib
import json
import os
import subprocess
import sys

FLOWS = 20
ALL = [["flows", "--format", f] for f in ("table", "json", "csv")]
ALL += [["diagnose", "--format", f] for f in ("text", "json", "markdown")]
EACH = [["handshake", f] for f in ("text", "json", "pem")]
EACH += [["compare", f] for f in ("text", "json", "markdown")]
EACH += [["packets", f] for f in ("text", "json", "csv")]
EACH += [["follow", f] for f in ("text", "hex", "raw", "json")]


def captures(folders):
    for folder in folders:
        for base, folders_below, names in os.walk(folder):
            folders_below.sort()
            for name in sorted(names):
                if ".pcap" in name and not name.endswith((".json", ".md", ".txt")) or name.endswith((".cap", ".erf")):
                    path = os.path.join(base, name)
                    yield os.path.relpath(path, os.path.join(folder, "..")).replace(os.sep, "__"), path


def run(binary, words):
    done = subprocess.run([binary, "--color", "never", *words], capture_output=True, timeout=300)
    return done.stdout + b"\n== " + done.stderr + b"== %d\n" % done.returncode


def chosen(table):
    flows = [json.loads(line) for line in table.splitlines() if line.startswith(b"{")]
    if len(flows) <= FLOWS:
        return [flow["flow"] for flow in flows]
    failed = [flow["flow"] for flow in flows if flow.get("outcome") == "failed"][:FLOWS]
    others = [flow["flow"] for flow in flows if flow.get("outcome") != "failed"]
    room = FLOWS - len(failed)
    return sorted(failed + [others[at * len(others) // room] for at in range(room)])


def save_one(job):
    out, binary, name, path = job
    keys = os.path.join(os.path.dirname(path), "keys.log")
    keys = ["--keylog", keys] if os.path.exists(keys) else []
    os.makedirs(os.path.join(out, name), exist_ok=True)

    def keep(title, text):
        with open(os.path.join(out, name, title), "wb") as file:
            file.write(text)

    for words in ALL:
        text = run(binary, [words[0], *keys, path, *words[1:]])
        keep("-".join([words[0], words[2]]), text)
        if words == ["flows", "--format", "json"]:
            table = text
    for command, form in EACH:
        option = "--as" if command == "follow" else "--format"
        texts = [run(binary, [command, *keys, path, str(flow), option, form]) for flow in chosen(table)]
        keep(f"{command}-{form}", b"".join(texts))


def save(options):
    jobs = [(options.out, options.bin, name, path) for name, path in captures(options.folder)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(save_one, jobs):
            pass
    print(f"{len(jobs)} captures saved in {options.out}")


def compare(options):
    differ = {}
    names = lambda root: {os.path.join(n, f) for n in os.listdir(root) for f in os.listdir(os.path.join(root, n))}
    before, after = names(options.before), names(options.after)
    for missing in sorted(before ^ after):
        differ.setdefault("one side lacks", []).append(missing)
    for name in sorted(before & after):
        read = lambda root: open(os.path.join(root, name), "rb").read()
        old, new = read(options.before), read(options.after)
        if old != new:
            differ.setdefault(os.path.basename(name), []).append(name)
            if options.show > 0:
                options.show -= 1
                lines = [text.decode(errors="replace").splitlines() for text in (old, new)]
                changed = [line[:400] for line in difflib.unified_diff(*lines, n=0, lineterm="") if line[:3] not in ("---", "+++")]
                print(name, *changed[:12], sep="\n    ")
    for command, where in sorted(differ.items()):
        print(f"{command}: {len(where)} differ: {', '.join(os.path.dirname(one) for one in where[:8])}")
    print(f"{len(before & after)} outputs compared, {sum(map(len, differ.values()))} differ")
    sys.exit(1 if differ else 0)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
commands = parser.add_subparsers(required=True)
one = commands.add_parser("save")
one.add_argument("out")
one.add_argument("folder", nargs="+")
one.add_argument("--bin", default="target/release/shakedown")
one.set_defaults(does=save)
two = commands.add_parser("compare")
two.add_argument("before")
two.add_argument("after")
two.add_argument("--show", type=int, default=0)
two.set_defaults(does=compare)
chosen_options = parser.parse_args()
chosen_options.does(chosen_options)
