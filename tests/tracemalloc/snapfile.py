# SPDX-License-Identifier: MIT
"""Writes snapshot files from traces as tracemalloc.Snapshot has them: made
from the description in src/snapshot/file.h, not from our code."""
import struct
import zlib


def text(value):
    data = value.encode()
    return struct.pack("<I", len(data)) + data


def body(traces, limit, modules=(), time=0, pid=0, drops=0):
    """`traces`: (domain, size, ((file, line), ...), total), newest first."""
    places = {}
    sums = {}
    for domain, size, frames, _ in traces:
        for frame in frames:
            places.setdefault(frame, len(places))
        blocks, total = sums.get((domain, frames), (0, 0))
        sums[domain, frames] = (blocks + 1, total + size)
    out = struct.pack("<QIIQ", time, pid, limit, drops)
    out += struct.pack("<I", len(modules))
    for path, build_id in modules:
        out += text(path) + text(build_id) + b"\0"
    out += struct.pack("<I", len(places))
    for (name, line), index in places.items():
        out += struct.pack("<IQI", 0, index, 1)
        out += text("") + text(name) + struct.pack("<I", line)
    out += struct.pack("<I", len(sums))
    for (domain, frames), (blocks, total) in sums.items():
        out += struct.pack("<IqqI", domain, blocks, total, len(frames))
        out += b"".join(struct.pack("<I", places[f]) for f in frames)
    return out


def whole(data, version=1):
    return (b"LSSNAP\r\n" + struct.pack("<II", version, zlib.crc32(data)) +
            struct.pack("<Q", len(data)) + data)


def write(path, traces, limit):
    with open(path, "wb") as file:
        file.write(whole(body(traces, limit)))
