"""`swkexec check` agrees with the kernel, before a load, after it, and in the capture kernel."""
import gzip
import json

from vmtest import initramfs
from vmtest.case import case, expect
from vmtest.cpio import Archive
from vmtest.expectations import captured

# Behind the capture kernel's own job: what the loader says of the machine then.
IN_CAPTURE_KERNEL = """
run check swkexec check
"""


def capture_image(lab):
    """The capture kernel's RAM disk with the loader in it: an archive behind the first replaces its files."""
    more = Archive()
    for path, contents in lab.loader.files.items():
        more.copy(path, contents)
    more.program("job", (initramfs.SCRIPTS / "capture").read_bytes() + IN_CAPTURE_KERNEL.encode())
    return initramfs.capture(lab.pieces) + gzip.compress(more.bytes(), 6, mtime=0)


def answered(outcome, name, status, *beginnings, stage="first"):
    """`run NAME swkexec check` ended with that status, and has a line that begins with each of these; returns the verdict."""
    lines = [line for line in outcome.values(f"{name}-said", stage) if line.strip()]
    expect(outcome.value(f"{name}-status", stage) == status,
           f"{name}: status {outcome.value(f'{name}-status', stage)}, {status} expected: {' | '.join(lines)}")
    for beginning in beginnings:
        expect(any(" ".join(line.split()).startswith(beginning) for line in lines),
               f"{name}: no line \"{beginning}\" in: {' | '.join(lines)}")
    verdict = lines[-1] if lines else ""
    expect(verdict.startswith("ready: " if status == "0" else "not ready: "), f"{name}: no verdict but \"{verdict}\"")
    return verdict


@case("check-6.12", needs_swkexec=True, kernel="6.12")
def check(lab, kernel):
    outcome = lab.boot(kernel, """
        mount -t securityfs securityfs /sys/kernel/security
        run before $LOADER check
        run named $LOADER check --hotplug /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE"
        run not-root su nobody -c "$LOADER check /vmlinuz"
        load --no-hotplug
        run plain $LOADER check
        run plain-hotplug $LOADER check --hotplug
        load --hotplug
        run hotplug $LOADER check --hotplug
        event cpu1-
        event cpu1+
        run after-event $LOADER check --hotplug
        sysctl -w kernel.panic_on_oops=1
        sysctl -w kernel.kexec_load_disabled=1
        run disabled $LOADER check --hotplug
        run disabled-json $LOADER check --hotplug --format=json
        run not-root-loaded su nobody -c "$LOADER check"
        crash
    """, files={"capture.img": capture_image(lab)})
    verdicts = [answered(outcome, "before", "1", "bad crash image none is loaded", "ok reserved memory", "ok crash region 0x",
                         "ok crashkernel=", "info CPU hotplug", "ok kexec_load_disabled 0", "ok lockdown none")]
    answered(outcome, "named", "1", "ok named kernel takes", "bad crash image")
    answered(outcome, "not-root", "1", "unknown crash region", "unknown named kernel")
    answered(outcome, "plain", "0", "ok crash image loaded", "warning CPU hotplug", "warning memory hotplug")
    answered(outcome, "plain-hotplug", "1", "bad CPU hotplug", "bad memory hotplug")
    verdicts.append(answered(outcome, "hotplug", "0", "ok CPU hotplug", "ok memory hotplug", "warning kernel.panic_on_oops 0"))
    answered(outcome, "after-event", "0", "ok CPU hotplug")
    answered(outcome, "disabled", "0", "ok kernel.panic_on_oops 1", "ok kexec_load_disabled 1")
    answered(outcome, "not-root-loaded", "0", "ok crash image", "unknown crash region")

    told = json.loads("\n".join(outcome.values("disabled-json-said")))
    expect(told["schemaVersion"] == 1 and told["ready"] is True, f"--format=json: {told}")
    items = {item["id"]: item for item in told["items"]}
    expect(items["crash-image"]["file"] == "/sys/kernel/kexec_crash_loaded", f"--format=json: {items['crash-image']}")
    expect(all(item["state"] in ("ok", "info", "unknown") for item in items.values()), f"--format=json: {told}")

    captured(outcome, lab.loader)
    verdicts.append(answered(outcome, "check", "1", "bad running kernel a capture kernel", stage="capture"))
    return "; ".join(verdicts)
