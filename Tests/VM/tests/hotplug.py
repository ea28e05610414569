"""Memory and CPUs come and go after the load: the crash image must still describe the machine. These are runs of the bench (vmtest/hotplug,
Scripts/hotplug-test), and tests of the bench itself: that it fails where something is wrong."""
from vmtest import systemd
from vmtest.case import case, expect
from vmtest.expectations import efi_handed_over, text
from vmtest.hotplug import bench, reports, service
from vmtest.hotplug.boards import BOARDS, GIB, PPC64LE_BOARD, X86_64_BOARD

X86_64, PPC64LE = X86_64_BOARD.machine, PPC64LE_BOARD.machine

MEMORY_AND_CPUS = "memory+1G cpu1- cpu1+"
STORM = 40  # events
# For tests that have one DIMM come, and fill it themselves. Programs may get a few pages of other zones first.
DIMM_MEBIBYTES, MARKED_MEBIBYTES = 1024, 96
PAGES_EXPECTED = MARKED_MEBIBYTES * 256 * 3 // 4
ROOM = 4096  # bytes of an elfcorehdr: 72 program headers of 56 behind the ELF header


def run(lab, kernel, words="", **how):
    task = bench.Task(BOARDS[lab.machine.name], kernel, tuple(words.split()), **how)
    return bench.run(lab, task, lambda step: lab.log(f"{lab.name}: {reports.line(step)}"))


def passed(result):
    expect(result.passes, "; ".join(result.wrong))
    known = f"; known defects: {', '.join(result.known)}" if result.known else ""
    return f"{result.kernel}: {len(result.steps) - 1} events; {result.last_words}{known}"


def fails(result, word, *beginnings):
    """The event went wrong in these ways, and all before it were right."""
    step = next((step for step in result.steps if step.verdict.wrong), None)
    expect(step, "the bench found nothing wrong")
    expect(step.word == word, f"{step.word} failed, {word} should have: {step.verdict.wrong}")
    for beginning in beginnings:
        expect(any(what.startswith(beginning) for what in step.verdict.wrong), f"{beginning} expected: {step.verdict.wrong}")
    return step


@case("hotplug-6.12", machine=X86_64, kernel="6.12")
@case("efi-hotplug-6.12", machine=X86_64, kernel="6.12", efi=True)
@case("hotplug-file-6.12", machine=X86_64, kernel="6.12", call="-s")
@case("hotplug-unasked-6.12", machine=X86_64, needs_swkexec=True, kernel="6.12", options="")
@case("hotplug-7.x", machine=X86_64, kernel="7.x", words=X86_64_BOARD.every_event)
@case("ppc64le-hotplug-6.12", machine=PPC64LE, kernel="6.12", words=f"{MEMORY_AND_CPUS} cpu+")
@case("ppc64le-hotplug-7.x", machine=PPC64LE, kernel="7.x", words=PPC64LE_BOARD.every_event)
def hotplug(lab, kernel, words=MEMORY_AND_CPUS, efi=False, **how):
    result = run(lab, kernel, words, efi=efi, **how)
    seen = passed(result)
    if efi:
        efi_handed_over(result.outcome)
    for subject in ("cpu", "memory"):
        value = result.outcome.value(f"{subject}-crash-hotplug")
        expect(value == "1", f"/sys/devices/system/{subject}/crash_hotplug is {value} after the load")
    return seen


@case("hotplug-storm-7.x", machine=X86_64, kernel="7.x", seed=14)
@case("ppc64le-hotplug-storm-7.x", machine=PPC64LE, kernel="7.x", seed=14)
def storm(lab, kernel, seed):
    """Random events, the same in each run."""
    result = run(lab, kernel, random=STORM, seed=seed)
    refused = sum(bool(step.refused) for step in result.steps)
    return passed(result) + (f"; {refused} refused" if refused else "")


# That the bench fails


@case("nohotplug-6.12", machine=X86_64, kernel="6.12")
@case("ppc64le-nohotplug-6.12", machine=PPC64LE, kernel="6.12")
def without_hotplug(lab, kernel):
    """With the kernel's updates off, the first memory is named, in the image and in the dump."""
    result = run(lab, kernel, MEMORY_AND_CPUS, options=lab.loader.no_hotplug)
    start = lab.machine.dimms_at + ("virtio" not in BOARDS[lab.machine.name].lacks) * GIB  # virtio-mem has the first place
    came = text((start, start + GIB))
    fails(result, "memory+1G", f"{came} is missing from the elfcorehdr")
    expect(result.crash and f"{came} is missing from /proc/vmcore" in result.crash.wrong, f"the crash: {result.crash}")
    for subject in ("cpu", "memory"):
        value = result.outcome.value(f"{subject}-crash-hotplug")
        expect(value == "0", f"/sys/devices/system/{subject}/crash_hotplug is {value} after a load of an image that is not updated")
    return f"{result.kernel}: {came} is named as missing after the event and in the dump"


@case("hotplug-no-room-6.12", machine=X86_64, needs_swkexec=True, kernel="6.12")
def too_few_headers(lab, kernel):
    """A loader that leaves room for 72 program headers, where 64 CPUs may come: the kernel cannot write more, and the memory that has none
    is named."""
    result = run(lab, kernel, " ".join(["memory+128M"] * 6), wrapper=f"intercept --log /tmp/intercepted --size elf:{ROOM} --")
    step = fails(result, "memory+128M")
    missing = [what for what in step.verdict.wrong if what.endswith("is missing from the elfcorehdr")]
    expect(missing and 0 < step.number, f"no memory is named as missing: {step.verdict.wrong}")
    return f"DIMM {step.number} was too much for {ROOM} bytes: {missing[0]}"


@case("hotplug-in-digest-6.12", machine=X86_64, needs_swkexec=True, kernel="6.12")
def inside_the_digest(lab, kernel):
    """The elfcorehdr is in the digest, and yet the kernel is asked to rewrite it."""
    result = run(lab, kernel, "memory+256M", options=lab.loader.no_hotplug, wrapper="intercept --log /tmp/intercepted --or-flags 8 --")
    fails(result, "memory+256M", "elfcorehdr at ", "the image is not intact")
    expect(result.crash and any("SHA-256 mismatch" in what for what in result.crash.wrong), f"the crash: {result.crash}")
    return f"{result.steps[1].verdict.wrong[0]}; the crash kernel was not started"


# The service under real events


@case("service-kept-6.12", machine=X86_64, needs_swkexec=True, pieces=(systemd.piece(X86_64),), kernel="6.12")
@case("service-kept-7.x", machine=X86_64, needs_swkexec=True, pieces=(systemd.piece(X86_64),), kernel="7.x")
def kept(lab, kernel):
    """The kernel keeps the image right, and nothing is loaded again, but after memory was removed."""
    result = run(lab, kernel, "memory+256M block- block+ cpu1- cpu1+ cpu+ cpu- memory- memory+256M", options="", under_service=True)
    seen = passed(result)
    reloads = [(step.word, step.reload) for step in result.steps if step.reload]
    expect([word for word, _ in reloads] == ["memory-"], f"reloads: {reloads}")
    return f"{seen}; memory-: {reloads[0][1]}"


@case("service-reloads-6.12", machine=X86_64, needs_swkexec=True, pieces=(systemd.piece(X86_64),), kernel="6.12",
      words="memory+256M block- block+ cpu1- cpu1+ cpu+ cpu- memory- memory+256M", wanted="memory+256M block- block+ cpu+ cpu- memory- memory+256M")
@case("ppc64le-service-reloads-6.12", machine=PPC64LE, needs_swkexec=True, pieces=(systemd.piece(PPC64LE),), kernel="6.12",
      words="cpu1- cpu1+ memory+256M cpu+", wanted="cpu1+ memory+256M cpu+", within=120)  # swkexec is emulated there
def reloads(lab, kernel, words, wanted, within=service.WITHIN):
    """The image is one that the kernel does not keep right: one reload for each event that makes it stale, and none for others."""
    result = run(lab, kernel, words, options="-i --no-hotplug", under_service=True, within=within)
    seen = passed(result)
    reloaded = [step for step in result.steps if step.reload]
    expect([step.word for step in reloaded] == wanted.split(), f"reloaded after {[step.word for step in reloaded]}, not {wanted}")
    return f"{seen}; {len(reloaded)} reloads, the last one: {reloaded[-1].reload}"


@case("service-late-6.12", machine=X86_64, needs_swkexec=True, pieces=(systemd.piece(X86_64),), kernel="6.12")
def late(lab, kernel):
    """A test of the bench: the throttle takes its time."""
    result = run(lab, kernel, "memory+256M", options="-i --no-hotplug", under_service=True, within=15,
                 drop_ins={service.THROTTLE: "[Service]\nExecStart=\nExecStart=/bin/sleep 20\n"})
    step = fails(result, "memory+256M", "the image was stale for ")
    return step.verdict.wrong[0]
