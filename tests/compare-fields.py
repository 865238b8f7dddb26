#!/usr/bin/env python3
"""Compares the field trees of ClientHellos and ServerHellos with tshark's, leaf by leaf.

    tests/compare-fields.py CAPTURES [--shakedown PATH] [--most N] [--list]

CAPTURES is a folder of captures. Each field that tshark shows with bytes of its own is looked for in our tree: first
its place (the same bytes of the message), then its value. Two differences of form are none: our vectors hold their
length bytes, and what tshark splits further (a signature scheme's two bytes, a random's clock) is one field. Needs
tshark; is no part of the test command.
"""

import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys

HELLOS = {1: "client_hello", 2: "server_hello"}


class Pairs(list):
    """A JSON object with its keys as they come, repeated ones included."""


def run(command):
    done = subprocess.run(command, capture_output=True, check=False)
    return done.stdout


def each(pairs, name):
    return [value for key, value in pairs if key == name] if isinstance(pairs, Pairs) else []


def tshark_hellos(capture):
    """(packet, type, leaves): a leaf is (name, offset in the message, length, hex)."""
    fields = run(["tshark", "-r", capture, "-Y", "tls.handshake.type in {1, 2}", "-T", "json", "-x", "-J", "frame tls"])
    try:
        packets = json.loads(fields or b"[]", object_pairs_hook=Pairs)
    except json.JSONDecodeError:
        return
    for packet in packets:
        layers = each(each(packet, "_source")[0], "layers")[0]
        number = int(each(each(layers, "frame")[0], "frame.number")[0])
        for tls in each(layers, "tls"):
            yield from ((number, *hello) for hello in messages(tls))


def messages(pairs):
    """The hellos anywhere below a layer. A key is followed by its `_raw` or comes after it, in the same order."""
    if not isinstance(pairs, Pairs):
        return
    raws = each(pairs, "tls.handshake_raw")
    for place, message in zip(raws, each(pairs, "tls.handshake")):
        kinds = each(message, "tls.handshake.type")
        if kinds and int(kinds[0]) in HELLOS and isinstance(place[0], str):
            yield int(kinds[0]), place[0], list(leaves(message, place[1]))
    for key, value in pairs:
        if key != "tls.handshake":
            yield from messages(value)


def leaves(pairs, start, whole=None):
    """The fields that have no others below them; `whole` is the field that was split into them."""
    raws = {}
    for key, value in pairs:
        if key.endswith("_raw") and isinstance(value, list) and len(value) == 5 and isinstance(value[0], str):
            name = key.removesuffix("_raw")
            text, offset, length, mask, _ = value
            raws[name] = (offset - start, length, text)
            parted = any(other == name + "_tree" or (other == name and isinstance(below, Pairs)) for other, below in pairs)
            if length > 0 and mask == 0 and not parted:
                yield name, offset - start, length, text, whole
        elif isinstance(value, Pairs):
            split = raws.get(key.removesuffix("_tree")) if key.endswith("_tree") else None
            yield from leaves(value, start, split)


def our_hellos(program, capture, flow):
    """The same of our tree, with the fields by place: {(offset, length): [(name, value, is a leaf)]}."""
    text = run([program, "handshake", capture, str(flow), "--format", "json", "--places"])
    if not text:
        return
    for step in json.loads(text)["steps"]:
        if step["kind"] != "message" or step.get("id") not in HELLOS or step.get("decrypted"):
            continue
        root = step["fields"].get(HELLOS[step["id"]])
        if root is None:
            continue
        pane, start, length = root["place"]
        digits = step["panes"][pane][1][start * 2 : (start + length) * 2]
        places = collections.defaultdict(list)
        for name, node in walk(root):
            _, offset, size = node["place"]
            places[offset - start, size].append((name, node.get("value", ""), "fields" not in node))
        yield step["packet"], step["id"], digits, places


def walk(node):
    for name, below in node.get("fields", {}).items():
        for child in below if isinstance(below, list) else [below]:
            yield name, child
            yield from walk(child)


def same_value(value, digits):
    """Whether our text says what the bytes are: a number, a registered number, hexadecimal, text, that many zeros."""
    number = int(digits, 16)
    said = re.findall(r"\(?0x([0-9a-f]+)\b", value)
    plain = re.findall(r"(?<![\w.])\d+(?![\w.])", value)
    shown = value.split("…")[0]
    text = bytes.fromhex(digits).decode("utf-8", "replace")
    return (
        any(int(one, 16) == number for one in said)
        or any(int(one) == number for one in plain)
        or (shown != "" and digits.startswith(shown) and (shown == digits or "…" in value))
        or value == text
        or (number == 0 and value == f"{len(digits) // 2} bytes")
    )


def behind_length(ours, offset, length):
    """Our vectors whose content lies there, behind a length of one to three bytes."""
    for width in (1, 2, 3):
        heads = ours.get((offset - width, width), ())
        if any(name == "length" for name, _, _ in heads):
            yield from ours.get((offset - width, length + width), ())


class Tally:
    def __init__(self):
        self.messages = collections.Counter()
        self.fields = self.places = self.parts = self.values = 0
        self.no_place = collections.Counter()
        self.no_value = collections.Counter()
        self.ours_alone = collections.Counter()
        self.other_bytes = 0

    def compare(self, kind, theirs, digits, ours, our_digits):
        self.messages[kind] += 1
        if digits != our_digits:
            self.other_bytes += 1
            return
        seen = set()
        for name, offset, length, text, whole in theirs:
            self.fields += 1
            here = ours.get((offset, length)) or list(behind_length(ours, offset, length))
            if not here and whole and ours.get(whole[:2]):
                offset, length, text = whole
                here = ours[offset, length]
                self.parts += 1
            seen.add((offset, length))
            if not here:
                self.no_place[name] += 1
                continue
            self.places += 1
            # A vector of ours that tshark shows with its length.
            without_length = [text[2 * width :] for width in (1, 2) if len(text) > 2 * width]
            if any(same_value(value, one) for _, value, _ in here for one in [text, *without_length]):
                self.values += 1
            else:
                self.no_value[f"{name}: {text[:24]} is {here[-1][1][:40]!r}"] += 1
        for place, here in ours.items():
            if place not in seen and any(leaf for _, _, leaf in here):
                self.ours_alone[here[-1][0]] += 1


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("captures", type=pathlib.Path)
    arguments.add_argument("--shakedown", default="target/debug/shakedown")
    arguments.add_argument("--most", type=int, default=200, help="messages of each type")
    arguments.add_argument("--list", action="store_true", help="every difference, not the commonest")
    given = arguments.parse_args()
    tally, missing = Tally(), []
    for capture in sorted(given.captures.rglob("*")):
        if not capture.is_file() or all(tally.messages[kind] >= given.most for kind in HELLOS):
            continue
        theirs = {}
        for number, kind, digits, found in tshark_hellos(capture):
            theirs.setdefault((number, kind), (digits, found))
        if not theirs:
            continue
        ours = {}
        listed = run([given.shakedown, "flows", capture, "--format", "json"])
        flows = [json.loads(line) for line in listed.splitlines()]
        for flow in flows:
            if "tls" in flow and len(ours) < 2 * given.most:
                for number, kind, digits, places in our_hellos(given.shakedown, capture, flow["flow"]):
                    ours.setdefault((number, kind), (digits, places))
        for (number, kind), (digits, found) in theirs.items():
            if tally.messages[kind] >= given.most:
                continue
            # tshark shows a message with the packet that completes the flight where it reassembled that as one.
            same_bytes = (our for (_, other), our in ours.items() if (other, our[0]) == (kind, digits))
            our = ours.get((number, kind)) or next(same_bytes, None)
            if our is None:
                missing.append(f"{capture.name} packet {number} {HELLOS[kind]}")
                continue
            our_digits, places = our
            tally.compare(kind, found, digits, places, our_digits)
    report(tally, missing, None if given.list else 25)


def report(tally, missing, most):
    share = lambda part: f"{part} of {tally.fields}, {100 * part / max(tally.fields, 1):.2f} %"
    print(f"messages: {tally.messages[1]} ClientHello, {tally.messages[2]} ServerHello")
    print(f"messages of other bytes: {tally.other_bytes}")
    print(f"fields of tshark at the same place: {share(tally.places)}")
    print(f"of these part of one field of ours: {tally.parts}")
    print(f"fields of tshark with the same value: {share(tally.values)}")
    for title, counter in [
        ("no field of ours at tshark's place", tally.no_place),
        ("another value", tally.no_value),
        ("fields of ours that tshark does not have", tally.ours_alone),
    ]:
        print(f"\n{title}: {sum(counter.values())}")
        for name, count in counter.most_common(most):
            print(f"  {count:6} {name}")
    print(f"\nhellos that tshark alone shows: {len(missing)}")
    for name in missing[:most]:
        print(f"  {name}")


if __name__ == "__main__":
    sys.exit(main())
