"""A plan made from a snapshot on another machine is the plan that the guest itself makes."""
import hashlib
import json
import subprocess
import tarfile
from pathlib import Path

from vmtest.case import case, expect

PLAN = ["-p", "-c", "--hotplug", "--dry-run", "--format=json", "--rng-seed=" + "5a" * 32]


def differences(one, other, path=""):
    """The places where two JSON values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [d for key in sorted({*one, *other}) for d in differences(one.get(key), other.get(key), f"{path}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [d for i, pair in enumerate(zip(one, other)) for d in differences(*pair, f"{path}[{i}]")]
    return [] if one == other else [f"{path.lstrip('.')}: {one} in the guest, {other} outside"]


def digest_of_files(plan, folder):
    """SHA-256 over the written files of the included segments in address order, as `cat … | sha256sum` would compute it."""
    digest, size = hashlib.sha256(), 0
    for segment in sorted(plan["segments"], key=lambda s: int(s["start"], 16)):
        contents = (folder / segment["file"]).read_bytes()
        expect(len(contents) == segment["loadedSize"], f"{segment['file']} has {len(contents)} bytes, not {segment['loadedSize']}")
        expect(hashlib.sha256(contents).hexdigest() == segment["sha256"], f"{segment['file']} is not what its sha256 says")
        if segment["digest"] == "included":
            digest.update(contents)
            size += len(contents)
    return digest.hexdigest(), size


@case("snapshot-6.12", needs_swkexec=True, kernel="6.12")
def snapshot(lab, kernel):
    outcome = lab.boot(kernel, f"""
        mkdir -p /tmp/out
        run snapshot $LOADER snapshot /tmp/out/sysroot
        $LOADER {' '.join(PLAN)} --write-segments=/tmp/segments --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE" /vmlinuz >/tmp/out/plan.json 2>/tmp/said
        report plan-status $?
        report_lines plan-said /tmp/said
        send_folder /tmp/out
    """)
    for step in ("snapshot", "plan"):
        expect(outcome.value(f"{step}-status") == "0", f"{step}: status {outcome.value(f'{step}-status')}: {outcome.values(f'{step}-said')}")
    sent = lab.folder / "sent"
    with tarfile.open(outcome.sent_file) as archive:
        archive.extractall(sent, filter="data")
    inside = json.loads((sent / "plan.json").read_text())
    written = lab.folder / "segments"
    answer = subprocess.run(
        [lab.loader.files["bin/swkexec"], f"--sysroot={sent / 'sysroot'}", *PLAN, f"--write-segments={written}",
         f"--initrd={lab.capture_image()}", f"--append={lab.machine.capture_command_line} ", lab.pieces.vmlinuz(kernel)],
        capture_output=True, text=True)
    expect(answer.returncode == 0, f"the plan outside failed: {answer.stderr.strip()}")
    outside = json.loads(answer.stdout)
    found = differences(inside, outside)
    expect(not found, f"the plans differ: {'; '.join(found)[:400]}")
    value, size = digest_of_files(outside, Path(written))
    expect(value == outside["digest"]["value"], f"sha256sum over the written files gives {value}, the plan {outside['digest']['value']}")
    expect(size == outside["digest"]["bytes"], f"the plan counts {outside['digest']['bytes']} bytes, the files have {size}")
    return f"the same plan of {len(outside['segments'])} segments inside and outside; sha256sum agrees with digest {value[:8]}… over {size} bytes"
