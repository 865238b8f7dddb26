#!/usr/bin/env python3
"""What shakedown says of flows, held against their packets: each text that its packets contradict is listed.

    benches/claims.py [--bin target/release/shakedown] [--count] FOLDER...

Runs `diagnose`, `packets` and `handshake` over every capture below the folders (with the `keys.log` beside a capture,
where there is one) and looks in each finding for sentences that can be checked: how long nothing came, how often
something was sent, what was never acknowledged, who was told by ICMP, which packet carries what. Each kind of sentence
is one function here, which asks packets and never the finding itself. `--count` says how often each was held. Of a
capture with more than forty findings of a cause, forty evenly chosen ones are looked at. Exits with 1 where a text is
contradicted.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import re
import subprocess
import sys

MOST = 40
SLACK = 0.011
UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
SPAN = r"((?:\d+(?:\.\d+)? (?:ns|us|µs|ms|s|min|m|h)\b ?)+)"
AGAIN = ("retransmission", "fast retransmission", "spurious retransmission")
COPIES = ("captured twice", "of an earlier connection")


def captures(folders):
    for folder in folders:
        for base, below, names in os.walk(folder):
            below.sort()
            for name in sorted(names):
                known = ".pcap" in name and not name.endswith((".json", ".md", ".txt"))
                if known or name.endswith((".cap", ".erf")):
                    yield os.path.join(base, name)


def seconds(text):
    return sum(float(number) * UNITS[unit] for number, unit in re.findall(r"([\d.]+) (\w+|µs)", text))


def times(word):
    return {"once": 1, "twice": 2}.get(word) or int(re.match(r"\d+", word).group())


TIMES = r"(once|twice|\d+ times)"


def moment(text):
    hour, minute, second = re.search(r"T(\d+):(\d+):([\d.]+)", text).groups()
    day = int(text[8:10])
    return ((day * 24 + int(hour)) * 60 + int(minute)) * 60 + float(second)


class Flow:
    """The packets of a flow, its steps, and what can be asked of them."""

    def __init__(self, finding, row, packets, steps, everything):
        self.finding, self.row, self.steps, self.everything = finding, row, steps, everything
        self.packets = [p for p in packets if not set(p.get("events", [])) & set(COPIES)]
        self.by_number = {p["packet"]: p for p in packets}
        self.icmp = [s for s in steps if s["kind"] == "icmp"]
        self.primary = self.by_number.get(finding["first_abnormal_packet"])
        self.start = self.packets[0]["at"] if self.packets else 0.0

    def sent(self, end):
        return [p for p in self.packets if p["from"] == end]

    def data(self, end):
        return [p for p in self.sent(end) if p["bytes"] > 0 and "RST" not in p["flags"]]

    def again(self, packet):
        return any(event in AGAIN for event in packet.get("events", []))

    def acknowledged(self, end):
        other = "server" if end == "client" else "client"
        acks = [p["ack"] for p in self.sent(other) if "ack" in p and "RST" not in p["flags"]]
        return max([ack for ack in acks if ack < 1 << 31], default=0)

    def sacked(self, end):
        """Raw sequence ranges of `end` that the other one has by SACK."""
        other = "server" if end == "client" else "client"
        options = [option for p in self.sent(other) for option in p.get("options", []) if "SACK" in option.upper()]
        found = [re.findall(r"(\d+)[-–.]+(\d+)", option) for option in options]
        return [(int(a), int(b)) for pairs in found for a, b in pairs]

    def evidence(self, note):
        return next((self.by_number.get(e["packet"]) for e in self.finding["evidence"] if e["note"].startswith(note)), None)

    def names(self, number):
        return [step["name"] for step in self.steps if step["packet"] == number]

    def macs(self, number):
        for step in self.steps:
            if step["packet"] == number and "Ethernet II" in step.get("fields", {}):
                return step["fields"]["Ethernet II"]["fields"]["Source"]
        return None


CLAIMS = []


def claim(pattern, where="headline"):
    def keep(check):
        CLAIMS.append((re.compile(pattern), where, check))
        return check
    return keep


@claim(rf"no answer to the SYN|the SYN, sent|the SYN is sent")
def how_often_the_syn(flow, said, text):
    syns = [p for p in flow.sent("client") if p["flags"] == "SYN" or p["flags"].startswith("SYN ") and "ACK" not in p["flags"]]
    found = re.search(rf"sent {TIMES}(?: in {SPAN})?", text)
    if found and times(found[1]) != len(syns):
        yield f"{len(syns)} SYNs"
    if found and found[2] and abs(syns[-1]["at"] - syns[0]["at"] - seconds(found[2])) > SLACK + 0.05 * seconds(found[2]):
        yield f"they span {syns[-1]['at'] - syns[0]['at']:.3f} s"
    if text.startswith("no answer to the SYN"):
        if flow.sent("server"):
            yield f"packet {flow.sent('server')[0]['packet']} is the server's"
        if flow.icmp:
            yield f"packet {flow.icmp[0]['packet']} is an ICMP error about it"


@claim(rf"(RST|FIN) {SPAN}after (the|its) (ClientHello|ServerHello|SYN-ACK)")
def how_long_after(flow, said, text):
    word, span, whose, what = said.groups()
    if flow.primary is None or word not in flow.primary["flags"]:
        return (yield f"packet {flow.finding['first_abnormal_packet']} is no {word}")
    shown = flow.evidence(f"{whose} {what}")
    if shown is None:
        return (yield f"no evidence of the {what}")
    took = flow.primary["at"] - shown["at"]
    if abs(took - seconds(span)) > 0.06 * abs(took) + 2e-6:
        yield f"{took:.6f} s after packet {shown['packet']}"
    if what == "SYN-ACK" and any(p["bytes"] for p in flow.sent("client") if p["packet"] < flow.primary["packet"]):
        yield "the client had sent something"


@claim(r"after the HelloRetryRequest")
def after_the_retry(flow, said, text):
    word = text.split()[0]
    if flow.primary is None or word not in flow.primary["flags"]:
        yield f"packet {flow.finding['first_abnormal_packet']} is no {word}"


@claim(rf"\bnothing (new )?(?:of the \w+ )?for {SPAN}")
def how_long_nothing(flow, said, text):
    new, span = said.groups()
    news = [p for p in flow.packets if p["bytes"] and not flow.again(p) and "keep-alive" not in p.get("events", []) and "RST" not in p["flags"]]
    end = flow.primary["at"] if flow.primary and ("FIN" in flow.primary["flags"] or "RST" in flow.primary["flags"]) else None
    starts = [p["at"] for p in news if end is None or p["at"] < end]
    since = max(starts, default=flow.start)
    until = end if end is not None else since + seconds(span)
    if abs(until - since - seconds(span)) > 0.06 * seconds(span) + SLACK and end is not None:
        yield f"the last new data came {until - since:.3f} s before"
    server = [p for p in flow.packets if since < p["at"] < until and (p["from"] == "server" and p["bytes"] or flow.again(p))]
    icmp = [s for s in flow.icmp if since < moment(s["time"]) < until]
    rest = [p for p in flow.packets if since + 1 < p["at"] < until and p not in server]
    if not new and server:
        yield f"{len(server)} packets in that time, the first is {server[0]['packet']}"
    if not new and rest:
        yield f"{len(rest)} packets without data in that time, the first is {rest[0]['packet']}"
    if not new and icmp:
        yield f"{len(icmp)} ICMP errors in that time"
    if "sent again" in text or "ICMP" in text:
        return


@claim(r"the ClientHello is acknowledged")
def hello_acknowledged(flow, said, text):
    hellos = [step for step in flow.steps if step["name"] == "Client Hello" and step["from"] == "client"]
    end = max((span[1] for step in hellos[-1:] for span in step.get("stream", [])), default=None)
    if end is not None and flow.acknowledged("client") <= end:
        yield f"only {flow.acknowledged('client') - 1} of {end} bytes are"
    if end is None and flow.acknowledged("client") <= max((p["seq"] + p["bytes"] - 1 for p in flow.data("client")), default=0):
        yield "not all that the client sent is acknowledged"


@claim(rf"(?:what the (client|server) sends|the ClientHello|the rest|(?:segments of (\d+) bytes) of the (client|server)) (?:is|are) sent (again )?{TIMES}")
def how_often_again(flow, said, text):
    end, size, whose, again, word = said.groups()
    end = end or whose or "client"
    counts = collections.Counter(p["seq"] for p in flow.data(end) if not size or p["bytes"] >= 1200)
    most = max((count for count in counts.values()), default=0) - bool(again)
    if most != times(word):
        yield f"no segment is: {most} at most"


@claim(rf"never acknowledged|never arrive|is never acknowledged")
def never_acknowledged(flow, said, text):
    if flow.primary is None:
        return (yield "the packet is not of the flow")
    end = flow.primary["from"]
    if text.startswith(("the ClientHello", "the second", "the first", "what the client")):
        end = "client"
    elif "of the server never arrive" in text or "of the server are" in text or text.startswith("what the server"):
        end = "server"
    if flow.primary["from"] != end or not flow.primary["bytes"]:
        return
    last = flow.primary["seq"] + flow.primary["bytes"]
    other = "server" if end == "client" else "client"
    if "never arrive;" in text and "sent again" not in text:
        return
    covers = [p for p in flow.sent(other) if p.get("ack", 0) >= last and p["ack"] < 1 << 31]
    if covers:
        yield f"packet {covers[0]['packet']} acknowledges it"
    raw = (flow.primary["seq_raw"], flow.primary["seq_raw"] + flow.primary["bytes"])
    if any(a <= raw[0] and raw[1] <= b for a, b in flow.sacked(end)):
        yield "a SACK acknowledges it"


@claim(r"a RST answers the SYN")
def answers_the_syn(flow, said, text):
    if flow.primary is None or "RST" not in flow.primary["flags"] or flow.primary["from"] != "server":
        yield f"packet {flow.finding['first_abnormal_packet']} is no RST of the server"


@claim(r"(\S+) answers (the SYN|the client's data|[^:]*) with ICMP: (.*)")
def answered_by_icmp(flow, said, text):
    step = next((s for s in flow.icmp if s["packet"] == flow.finding["first_abnormal_packet"]), None)
    if step is None:
        return (yield "no such ICMP error")
    if said[3] not in step["name"] or said[1] not in step.get("note", ""):
        yield f"it is {step['name']}, {step.get('note')}"
    quoted = re.search(r"about sequence number (\d+)", step.get("note", ""))
    hits = [p for p in flow.by_number.values() if quoted and p["seq_raw"] == int(quoted[1])]
    if hits and said[2] == "the SYN" and not any("SYN" in p["flags"] for p in hits):
        yield "it quotes no SYN"
    if hits and said[2] == "the client's data" and not any(p["bytes"] and p["from"] == "client" for p in hits):
        yield f"it quotes packet {hits[0]['packet']}, which is none of the client's data"


@claim(r"RST in mid-stream: the client's last request is unanswered")
def unanswered_request(flow, said, text):
    if flow.primary is None or "RST" not in flow.primary["flags"]:
        return (yield "no RST")
    shown = flow.evidence("the last data before it")
    after = [p for p in flow.data("server") if shown and shown["packet"] < p["packet"] < flow.primary["packet"] and not flow.again(p)]
    if shown is None or shown["from"] != "client" or after:
        yield "the server sent data after it"


@claim(r"by itself$")
def by_itself(flow, said, text):
    before = [p for p in flow.sent("server") if flow.primary and p["packet"] < flow.primary["packet"] and re.search("FIN|RST", p["flags"])]
    if before:
        yield f"packet {before[0]['packet']} of the server ends it before"


@claim(r"the (server|client)(?:'s side)? (?:sends|says|closes with|answers|leaves with) (?:\S+ )*?([a-z]+(?:_[a-z]+)+)")
def says_alert(flow, said, text):
    names = " ".join(flow.names(flow.finding["first_abnormal_packet"]))
    if said[2] not in names.replace(" ", "_").lower():
        yield f"packet {flow.finding['first_abnormal_packet']} carries {names}"


@claim(r"No ICMP error in this capture|No ICMP error", "detail")
def no_icmp(flow, said, text):
    too_big = [s for s in flow.icmp if re.search("fragmentation|too big", s["name"])]
    if too_big:
        yield f"packet {too_big[0]['packet']} is one"


@claim(r"tells the sender (once|twice|\d+ times)", "detail")
def told_how_often(flow, said, text):
    too_big = [s for s in flow.icmp if re.search("fragmentation|too big", s["name"])]
    if len(too_big) != times(said[1]):
        yield f"{len(too_big)} ICMP errors"


@claim(r"At least ([\d.]+) % of the segments are missing", "detail")
def missing(flow, said, text):
    holes = [p for p in flow.everything if "previous segment not captured" in p.get("events", [])]
    proven = [p for p in flow.everything if "ACK of a segment not captured" in p.get("events", [])]
    if not proven:
        yield f"no ACK of what was not captured; {len(holes)} holes that may be loss"


@claim(r"Nothing speaks against the end", "detail")
def nothing_against(flow, said, text):
    if flow.primary is None:
        return
    own = [p for p in flow.sent(flow.primary["from"]) if p["packet"] < flow.primary["packet"] and "RST" not in p["flags"]]
    macs = {flow.macs(p["packet"]) for p in own} - {None}
    if macs and flow.macs(flow.primary["packet"]) not in macs | {None}:
        yield "it has another hardware address"
    ttls = {p["ttl"] for p in own}
    if own and all(abs(ttl - flow.primary["ttl"]) >= 2 for ttl in ttls):
        yield f"its TTL is {flow.primary['ttl']}, others have {sorted(ttls)}"
    against = re.search(r"no timestamps although|does not continue|off the sender's counter|another (hardware|DSCP)|goes on with|is off by|acknowledges less|stepped|it comes [^;.]*after what it answers; the round|where (all of )?the sender's|where this server's|bare RST", text)
    if against:
        yield f"the same sentence says: {against[0]}"


@claim(r"TTL (\d+) where (all of )?the sender's other packets have (\d+)", "detail")
def other_ttl(flow, said, text):
    judged = [e["packet"] for e in flow.finding["evidence"] if e["role"] == "primary"]
    shown = flow.by_number.get(judged[0])
    if shown and shown["ttl"] != int(said[1]):
        yield f"packet {judged[0]} has TTL {shown['ttl']}"
    elif shown and not any(p["ttl"] == int(said[3]) for p in flow.sent(shown["from"])):
        yield f"no packet has TTL {said[3]}"


@claim(r"IP identification (\d+) is off the sender's counter", "detail")
def identification(flow, said, text):
    if flow.primary and flow.primary.get("ip_id") != int(said[1]):
        yield f"packet {flow.primary['packet']} has {flow.primary.get('ip_id')}"


@claim(r"earlier (data|packets) of the flow passed|other packets of the flow passed", "detail")
def passed(flow, said, text):
    server = [p for p in flow.sent("server") if "SYN" not in p["flags"] and "RST" not in p["flags"]]
    if not server and flow.acknowledged("client") <= 1:
        yield "nothing passed behind the SYN-ACK"


@claim(r"the client's end is not acknowledged", "detail")
def end_not_acknowledged(flow, said, text):
    ends = [p for p in flow.sent("client") if re.search("FIN|RST", p["flags"])]
    if not ends:
        return (yield "the client has sent no end")
    after = [p for p in flow.sent("server") if p["packet"] > ends[0]["packet"]]
    if after:
        yield f"packet {after[0]['packet']} comes after it"


@claim(r"(\d+) other flows? to (\S+) do(?:es)? not speak TLS", "detail")
def other_flows(flow, said, text):
    if said[2] != flow.row["server_text"]:
        yield f"the server is {flow.row['server_text']}"


@claim(rf"No packet for ([\d.]+) s before the request", "detail")
def pause(flow, said, text):
    shown = flow.evidence("the last packet before")
    following = [p for p in flow.by_number.values() if shown and p["packet"] > shown["packet"]]
    if not following or abs(following[0]["at"] - shown["at"] - float(said[1])) > 0.06:
        yield "the next packet comes earlier or later"


NOTES = {
    "the ClientHello": lambda flow, p: p["from"] == "client" and ("Client Hello" in " ".join(flow.names(p["packet"])) or p["bytes"] > 0 and not any("Client Hello" in step["name"] for step in flow.steps)),
    "the second ClientHello": lambda flow, p: "Client Hello" in " ".join(flow.names(p["packet"])),
    "the ServerHello": lambda flow, p: "Server Hello" in flow.names(p["packet"]),
    "its ServerHello": lambda flow, p: "Server Hello" in flow.names(p["packet"]),
    "the HelloRetryRequest": lambda flow, p: "Hello Retry Request" in flow.names(p["packet"]),
    "the certificate": lambda flow, p: "ertificate" in " ".join(flow.names(p["packet"])),
    "the client's Certificate": lambda flow, p: p["from"] == "client",
    "the first SYN": lambda flow, p: "SYN" in p["flags"] and p["from"] == "client",
    "the SYN": lambda flow, p: "SYN" in p["flags"] and p["from"] == "client",
    "the SYN-ACK": lambda flow, p: "SYN" in p["flags"] and p["from"] == "server",
    "the last data before it": lambda flow, p: p["bytes"] > 0,
    "the last data": lambda flow, p: p["bytes"] > 0,
    "the record begins": lambda flow, p: p["bytes"] > 0 and p["from"] == "server",
    "the server's answer": lambda flow, p: p["bytes"] > 0 and p["from"] == "server",
    "this passed after TCP's handshake": lambda flow, p: p["from"] == "server" and "SYN" not in p["flags"],
    "the client asks for the tunnel": lambda flow, p: p["bytes"] > 0 and p["from"] == "client",
    "the request for TLS": lambda flow, p: p["bytes"] > 0 and p["from"] == "client",
}


def evidence(flow):
    for one in flow.finding["evidence"]:
        number, note = one["packet"], one["note"]
        if one.get("flow") is not None or re.search(r"SYN-ACK from|stream from|stranger", note):
            known = [p for p in flow.everything if p["packet"] == number]
            if not known or "flow" in one and known[0]["flow"] != one["flow"]:
                yield note, f"packet {number} is not of flow {one.get('flow')}"
            continue
        packet = flow.by_number.get(number)
        if packet is None:
            if number not in [s["packet"] for s in flow.steps]:
                yield note, f"packet {number} is not of flow {flow.finding['flow']}"
            continue
        if note in NOTES and not NOTES[note](flow, packet):
            yield note, f"packet {number}: {packet['from']} {packet['flags']} {packet['bytes']} bytes {flow.names(number)}"
        ttl = re.match(r"TTL (\d+)", note)
        if ttl and packet["ttl"] != int(ttl[1]):
            yield note, f"packet {number} has TTL {packet['ttl']}"
        begins = re.match(r"(RST|FIN)\b", note)
        if begins and begins[1] not in packet["flags"]:
            yield note, f"packet {number} is {packet['flags']}"


ADVICE = [
    # What is advised, and where the finding itself has answered it.
    (r"--keylog", r"were opened with keys"),
    (r"Compare with the certificate of a good flow", r"Another certificate is served|certificates are served for this name"),
    (r"check which of several servers still has the old one", r"certificates are served for this name"),
    (r"Let ICMP fragmentation needed", r"tells the sender (once|twice|\d+ times)"),
    (r"hops? away", r"Nothing speaks against|do not tell the end|next to the capture"),
    (r"does a SYN-ACK leave", r"SYN-ACKs? from|gets only answers"),
    (r"ALPN lists of this and a good flow", r"What differs from"),
]


def advised(flow):
    said = " ".join([flow.finding["headline"], flow.finding.get("detail") or ""])
    for step in flow.finding.get("next_steps", []):
        for advice, answer in ADVICE:
            if re.search(advice, step) and re.search(answer, said):
                yield step, f"answered: {re.search(answer, said)[0]}"


def look(flow, held):
    found = []
    for pattern, where, check in CLAIMS:
        text = flow.finding.get(where) or ""
        said = pattern.search(text)
        if said:
            held[check.__name__] += 1
            found += [(text, why) for why in check(flow, said, text)]
    held["evidence"] += len(flow.finding["evidence"])
    held["advice"] += len(flow.finding.get("next_steps", []))
    return found + list(evidence(flow)) + list(advised(flow))


def lines(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith(b"{")]


def read(job):
    binary, path = job
    keys = os.path.join(os.path.dirname(path), "keys.log")
    options = ["--keylog", keys] if os.path.exists(keys) else []
    run = lambda *words: subprocess.run([binary, words[0], *options, path, *words[1:], "--format", "json"], capture_output=True, timeout=300).stdout
    held, wrong = collections.Counter(), []
    try:
        findings = json.loads(run("diagnose"))["findings"]
    except (ValueError, KeyError, subprocess.TimeoutExpired):
        return path, held, wrong
    if not findings:
        return path, held, wrong
    everything, rows = lines(run("packets")), {row["flow"]: row for row in lines(run("flows"))}
    by_flow = collections.defaultdict(list)
    for packet in everything:
        packet["at"] = moment(packet["time"])
        by_flow[packet["flow"]].append(packet)
    by_cause = collections.defaultdict(list)
    for finding in findings:
        by_cause[finding["cause"]].append(finding)
    for alike in by_cause.values():
        room = min(MOST, len(alike))
        for finding in [alike[at * len(alike) // room] for at in range(room)]:
            steps = json.loads(run("handshake", str(finding["flow"])))["steps"]
            row = rows[finding["flow"]]
            end = row["server"]
            row["server_text"] = f"[{end['ip']}]:{end['port']}" if ":" in end["ip"] else f"{end['ip']}:{end['port']}"
            flow = Flow(finding, row, by_flow[finding["flow"]], steps, everything)
            wrong += [(finding["flow"], finding["cause"], *one) for one in look(flow, held)]
    return path, held, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="target/release/shakedown")
    parser.add_argument("--count", action="store_true")
    parser.add_argument("folder", nargs="+")
    options = parser.parse_args()
    held, wrong, read_captures = collections.Counter(), 0, 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, counted, contradicted in pool.map(read, [(options.bin, path) for path in captures(options.folder)]):
            held += counted
            read_captures += 1
            wrong += len(contradicted)
            for flow, cause, text, why in contradicted:
                print(f"{path} flow {flow} {cause}: {text}\n    but {why}")
    if options.count:
        for name, count in held.most_common():
            print(f"{count:6} {name.replace('_', ' ')}")
    print(f"{read_captures} captures, {sum(held.values())} sentences held, {wrong} contradicted")
    sys.exit(1 if wrong else 0)


main()
