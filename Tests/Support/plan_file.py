#!/usr/bin/env python3
"""Another reader and writer of plan files, made from the tables in swkexec-plan(5) alone.

    plan_file.py read FILE      prints what is in it as JSON
    plan_file.py write FILE     turns such JSON from standard input into a file
"""
import hashlib
import json
import struct
import sys

HEADER = struct.Struct("<8sIIQ32sHHIQQQ32sQIIII2I2I")
SEGMENT = struct.Struct("<2IIIQQQQ")
REGION = struct.Struct("<QQ")
FACT = struct.Struct("<HHI2I2I2I2I2I")
COVERED_FROM = 56


def read(data):
    (magic, version, head_size, file_size, sha256, machine, purpose, options, entry, flags, older_flags, digest, covered,
     segments, regions, facts, text_size, *names) = HEADER.unpack_from(data)
    assert magic == b"SWKXPLAN" and version == 2 and file_size == len(data)
    assert sha256 == hashlib.sha256(data[COVERED_FROM:]).digest()
    at = HEADER.size
    tables = []
    for layout, count in ((SEGMENT, segments), (REGION, regions), (FACT, facts)):
        tables.append([layout.unpack_from(data, at + i * layout.size) for i in range(count)])
        at += count * layout.size
    texts = data[at:at + text_size]
    assert head_size == at + text_size

    def text(offset, size):
        assert offset + size <= len(texts)
        return texts[offset:offset + size]

    return {
        "machine": machine, "purpose": purpose, "options": options, "entry": entry, "flags": flags, "olderFlags": older_flags,
        "digest": digest.hex(), "coveredBytes": covered,
        "architecture": text(*names[:2]).decode(), "commandLine": text(*names[2:]).decode(),
        "segments": [
            {"role": text(*s[:2]).decode(), "digestRule": s[2], "memoryStart": s[4], "memorySize": s[5],
             "bytes": data[s[6]:s[6] + s[7]].hex()} for s in tables[0]],
        "regions": [list(r) for r in tables[1]],
        "facts": [
            {"rule": f[0], "attributes": f[1], "subject": text(*f[3:5]).decode(), "path": text(*f[5:7]).decode(),
             "numbers": text(*f[7:9]).decode(), "selector": text(*f[9:11]).decode(), "expected": text(*f[11:13]).hex()}
            for f in tables[2]],
    }


def write(plan):
    texts = bytearray()

    def text(content):
        texts.extend(content)
        return len(texts) - len(content), len(content)

    names = text(plan["architecture"].encode()) + text(plan["commandLine"].encode())
    roles = [text(s["role"].encode()) for s in plan["segments"]]
    facts = b"".join(
        FACT.pack(f["rule"], f["attributes"], 0, *text(f["subject"].encode()), *text(f["path"].encode()),
                  *text(f["numbers"].encode()), *text(f["selector"].encode()), *text(bytes.fromhex(f["expected"])))
        for f in plan["facts"])
    regions = b"".join(REGION.pack(*r) for r in plan["regions"])
    contents = [bytes.fromhex(s["bytes"]) for s in plan["segments"]]
    head_size = HEADER.size + len(roles) * SEGMENT.size + len(regions) + len(facts) + len(texts)
    segments, offset = b"", head_size
    for role, segment, content in zip(roles, plan["segments"], contents):
        segments += SEGMENT.pack(*role, segment["digestRule"], 0, segment["memoryStart"], segment["memorySize"], offset, len(content))
        offset += len(content)

    def header(sha256):
        return HEADER.pack(
            b"SWKXPLAN", 2, head_size, offset, sha256, plan["machine"], plan["purpose"], plan["options"], plan["entry"], plan["flags"],
            plan["olderFlags"], bytes.fromhex(plan["digest"]), plan["coveredBytes"],
            len(roles), len(plan["regions"]), len(plan["facts"]), len(texts), *names)

    rest = segments + regions + facts + bytes(texts) + b"".join(contents)
    return header(hashlib.sha256(header(bytes(32))[COVERED_FROM:] + rest).digest()) + rest


if __name__ == "__main__":
    action, path = sys.argv[1:]
    if action == "read":
        with open(path, "rb") as file:
            json.dump(read(file.read()), sys.stdout)
    else:
        contents = write(json.load(sys.stdin))
        with open(path, "wb") as file:
            file.write(contents)
