#!/usr/bin/env python3
"""Compares the TCP events of each packet with tshark's `tcp.analysis`.

    tests/compare-events.py CAPTURES [--bin PATH] [--list EVENT] [--most N]

CAPTURES is a folder of captures. For each kind of event it counts the packets that both show, those that only tshark
shows, and those that only we show. A packet that we call captured twice is counted apart: tshark judges the second
copy as if it had been sent again. --list names the packets on which an event, or any, differs. Needs tshark; is no part of the
test command.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

EVENTS = {
    "retransmission": "retransmission",
    "fast_retransmission": "fast retransmission",
    "spurious_retransmission": "spurious retransmission",
    "out_of_order": "out of order",
    "lost_segment": "previous segment not captured",
    "ack_lost_segment": "ACK of a segment not captured",
    "duplicate_ack": "duplicate ACK",
    "zero_window": "zero window",
    "zero_window_probe": "zero window probe",
    "zero_window_probe_ack": "zero window probe ACK",
    "window_full": "window full",
    "window_update": "window update",
    "keep_alive": "keep-alive",
    "keep_alive_ack": "keep-alive ACK",
    "reused_ports": "port numbers reused",
}
TWICE = "captured twice"


def run(command):
    return subprocess.run(command, capture_output=True, check=False).stdout


def tshark_events(capture):
    """{packet: set of events}, of the packets with one TCP header; the others carry tunnels or bundles."""
    fields = [f"tcp.analysis.{name}" for name in EVENTS]
    command = ["tshark", "-r", capture, "-Y", "tcp && !icmp && !icmpv6", "-T", "fields", "-e", "frame.number", "-e", "tcp.seq"]
    for field in fields:
        command += ["-e", field]
    packets, others = {}, set()
    for line in run(command).decode(errors="replace").splitlines():
        number, seq, *found = line.split("\t")
        if seq.isdigit():
            packets[int(number)] = {name for name, said in zip(EVENTS, found) if said}
        else:
            others.add(int(number))
    return packets, others


def our_events(program, capture):
    packets = {}
    for line in run([program, "packets", capture, "--format", "json"]).splitlines():
        packet = json.loads(line)
        packets.setdefault(packet["packet"], set()).update(packet.get("events", []))
    return packets


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", type=pathlib.Path)
    parser.add_argument("--bin", default="target/debug/shakedown")
    parser.add_argument("--list", metavar="EVENT", choices=[*EVENTS, "all"])
    parser.add_argument("--most", type=int, default=100)
    given = parser.parse_args()
    count = collections.defaultdict(collections.Counter)
    captures = packets = 0
    differing = []
    for capture in sorted(path for path in given.captures.rglob("*") if path.is_file()):
        theirs, others = tshark_events(capture)
        if not theirs:
            continue
        ours = our_events(given.bin, capture)
        captures += 1
        for number in theirs.keys() & ours.keys() - others:
            packets += 1
            twice = TWICE in ours[number]
            count["twice"]["ours"] += twice
            for name, word in EVENTS.items():
                tshark, here = name in theirs[number], word in ours[number]
                if not (tshark or here):
                    continue
                kind = "both" if tshark and here else "here" if here else "twice" if twice else "tshark"
                count[name][kind] += 1
                if kind in ("here", "tshark") and given.list in (name, "all"):
                    rest = theirs[number] if kind == "here" else ours[number]
                    differing.append(f"{capture.name} {number} {name} only {kind}; the other says {sorted(rest)}")
    report(count, captures, packets)
    for line in differing[: given.most]:
        print(line)


def report(count, captures, packets):
    print(f"{captures} captures, {packets} packets, {count['twice']['ours']} captured twice\n")
    print("| event | both | only tshark | only shakedown | agreement | captured twice |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name in EVENTS:
        tally = count[name]
        all_ = tally["both"] + tally["tshark"] + tally["here"]
        share = f"{100 * tally['both'] / all_:.1f} %" if all_ else "none seen"
        print(f"| {name} | {tally['both']} | {tally['tshark']} | {tally['here']} | {share} | {tally['twice']} |")


if __name__ == "__main__":
    sys.exit(main())
