#!/usr/bin/env python3
"""Compares the TCP events of each packet with tshark's `tcp.analysis`.

    tests/compare-events.py CAPTURES [--bin PATH] [--list EVENT] [--most N]

CAPTURES is a folder of captures. For each kind of event it counts the packets that both show, those that only tshark
shows, and those that only we show. Counted apart: what differs because we call a packet captured twice (tshark judges
the second copy as if it had been sent again), and what differs between retransmission and out of order although the
sequence numbers prove us right: of tshark's segments that came late, every byte was captured before; of tshark's that
were sent again, none was. The same for acknowledgments of what was not captured, which we tell once of each such byte. --list names the packets on which an event, or any, differs. Needs tshark; is no part of the
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
PLACE = ["stream", "srcport", "dstport", "seq", "nxtseq", "len", "ack"]
TWICE = "captured twice"
# tshark shows `retransmission` of these, too.
KINDS = {"fast retransmission", "spurious retransmission"}


def run(command):
    return subprocess.run(command, capture_output=True, check=False).stdout


class Seen:
    """The sequence numbers that one direction was seen to use."""

    def __init__(self):
        self.parts = []
        self.acked = None

    def acknowledged(self, ack):
        """How many bytes that were not captured are acknowledged now and were not before."""
        start = self.acked if self.acked is not None else min((a for a, b in self.parts), default=ack)
        if ack <= start:
            return 0
        self.acked = ack
        return ack - start - sum(max(0, min(ack, b) - max(start, a)) for a, b in self.parts)

    def new(self, start, end):
        """Takes note of a segment: "none" of it was captured before, or "some", or "all" was."""
        before = sum(max(0, min(end, b) - max(start, a)) for a, b in self.parts)
        self.parts = [(a, b) for a, b in self.parts if b < start or a > end] + [
            (
                min([start, *(a for a, b in self.parts if not (b < start or a > end))]),
                max([end, *(b for a, b in self.parts if not (b < start or a > end))]),
            )
        ]
        return "none" if before == 0 else "all" if before == end - start else "some"


def tshark_events(capture):
    """{packet: (events, how much of it was captured before, missing bytes it acknowledges first)}, and the packets that carry more than one segment."""
    fields = [f"tcp.analysis.{name}" for name in EVENTS]
    command = ["tshark", "-r", capture, "-Y", "tcp && !icmp && !icmpv6", "-T", "fields", "-e", "frame.number"]
    for name in PLACE:
        command += ["-e", f"tcp.{name}"]
    for field in fields:
        command += ["-e", field]
    packets, others, streams = {}, set(), {}
    for line in run(command).decode(errors="replace").splitlines():
        number, *found = line.split("\t")
        place, found = found[: len(PLACE)], found[len(PLACE) :]
        if place[3].isdigit():
            stream, port, other, seq, end, length, ack = place
            missing = streams.setdefault((stream, other), Seen()).acknowledged(int(ack or 0))
            seen = streams.setdefault((stream, port), Seen())
            before = seen.new(int(seq), int(end or int(seq) + int(length or 0)))
            packets[int(number)] = ({name for name, said in zip(EVENTS, found) if said}, before, missing)
        else:
            others.add(int(number))
    return packets, others


def our_events(program, capture):
    packets = {}
    for line in run([program, "packets", capture, "--format", "json"]).splitlines():
        packet = json.loads(line)
        packets.setdefault(packet["packet"], set()).update(packet.get("events", []))
        if packets[packet["packet"]] & KINDS:
            packets[packet["packet"]].add("retransmission")
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
                events, before, missing = theirs[number]
                tshark, here = name in events, word in ours[number]
                if not (tshark or here):
                    continue
                kind = "both" if tshark and here else "here" if here else "twice" if twice else "tshark"
                late = "out of order" in ours[number] or "out_of_order" in events
                if kind in ("here", "tshark") and late and name in ("retransmission", "out_of_order"):
                    # Each says one of the two; what was captured before says who is right.
                    right = "none" if "out of order" in ours[number] else "all"
                    kind = "proven" if before == right else kind
                if name == "ack_lost_segment" and kind in ("here", "tshark"):
                    # Ours is said once of a missing byte, and of each.
                    kind = "proven" if (missing > 0) == (kind == "here") else kind
                count[name][kind] += 1
                if kind in ("here", "tshark") and given.list in (name, "all"):
                    rest = events if kind == "here" else ours[number]
                    differing.append(f"{capture.name} {number} {name} only {kind}; the other says {sorted(rest)}, {before} captured before")
    report(count, captures, packets)
    for line in differing[: given.most]:
        print(line)


def report(count, captures, packets):
    print(f"{captures} captures, {packets} packets, {count['twice']['ours']} captured twice\n")
    print("| event | both | only tshark | only shakedown | agreement | captured twice | proven | agreement with these |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in EVENTS:
        tally = count[name]
        all_ = tally["both"] + tally["tshark"] + tally["here"]
        percent = lambda whole: f"{100 * tally['both'] / whole:.1f} %" if whole else "none seen"
        share, whole = percent(all_), percent(all_ + tally["twice"] + tally["proven"])
        print(f"| {name} | {tally['both']} | {tally['tshark']} | {tally['here']} | {share} | {tally['twice']} | {tally['proven']} | {whole} |")


if __name__ == "__main__":
    sys.exit(main())
