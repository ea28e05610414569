"""The check between the kernels: what it must stop, what it must let pass, what it must say."""
import json
import re

from vmtest.case import case, expect
from vmtest.expectations import captured, new_ram, not_started
from vmtest.machines.arm64 import ARM64
from vmtest.machines.ppc64le import PPC64LE
from vmtest.machines.riscv64 import RISCV64, RISCV64_SCALAR, RISCV64_VECTOR

# Near the end of the kernel file lie a signature and padding: with this byte changed the kernel still boots, and nothing but the
# digest can stop it. The case with -i shows that.
FLIPPED = "--flip largest:-8"

# The random seed for the capture kernel is in the digest: a fixed one makes the load's digest that of a dry run.
SEED = "--rng-seed=" + "a5" * 32


def plan(options):
    return f"""
        $PLANNER -p -c {options} --dry-run --format=json /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE" >/tmp/plan
        report plan "$(tr -d '\\n' </tmp/plan)"
    """


def job(changes, arguments="", events=""):
    return f"""
        export WRAPPER="intercept --log /tmp/intercepted {changes} --"
        load {arguments}
        {events}
        crash
    """


def mismatch_reported(outcome, lab, changed_role="kernel"):
    not_started(outcome)
    said = outcome.between_kernels
    expect(any(line.startswith(lab.loader.mismatch) for line in said), f"purgatory did not report the mismatch, but: {said or 'nothing'}")
    if not lab.loader.is_swkexec:
        return lab.loader.mismatch
    named = [line.split()[1] for line in said if line.startswith("  changed: ")]
    expect(named == [changed_role], f"the segment that changed is the {changed_role}, purgatory named {named or 'none'}: {said}")
    digests = [m[1] for word in ("expected", "computed") for line in said if (m := re.fullmatch(rf"  {word} ([0-9a-f]{{64}})", line))]
    expect(len(digests) == 2, f"both digests should have been printed: {said}")
    expect(digests[0] != digests[1], "the two digests are the same")
    if plan := outcome.value("plan"):
        value = json.loads(plan)["digest"]["value"]
        expect(digests[0] == value, f"purgatory expected {digests[0]}, the plan's digest is {value}")
        return f"expected {value[:8]}… as planned, computed {digests[1][:8]}…"
    return f"expected {digests[0][:8]}…, computed {digests[1][:8]}…"


def changed(outcome):
    expect(any(v.startswith("changed ") for v in outcome.values("intercepted")), "the byte was not changed")


@case("stale-digest-6.12", kernel="6.12")
@case("ppc64le-stale-digest-6.12", machine=PPC64LE, kernel="6.12")
def stale_digest(lab, kernel):
    """elfcorehdr is in the digest and yet announced as rewritable: after an event the digest must not fit any more.

    A CPU that goes and comes is not enough for swkexec, whose header is what the kernel writes, byte for byte (see
    header-rewrite): only new memory changes it."""
    outcome = lab.boot(kernel, job("--or-flags 8", "$NO_HOTPLUG", events="event memory+256M"))
    new_ram(outcome)
    seen = mismatch_reported(outcome, lab, "elfcorehdr")
    return f"rewritten elfcorehdr noticed, capture kernel not started; {seen}"


@case("corrupt-6.12", kernel="6.12")
@case("ppc64le-corrupt-6.12", machine=PPC64LE, kernel="6.12")
@case("ppc64le-corrupt-7.x", machine=PPC64LE, kernel="7.x")
@case("arm64-corrupt-6.12", machine=ARM64, kernel="6.12", options="")
@case("riscv64-corrupt-6.12", machine=RISCV64_SCALAR, needs_swkexec=True, kernel="6.12", options="")
@case("riscv64-corrupt-7.x", machine=RISCV64_VECTOR, needs_swkexec=True, kernel="7.x", options="", planned=False)
def corrupt(lab, kernel, options="--hotplug", planned=True):
    """`planned`: the digest that purgatory names is held against a dry run's, which takes a while where swkexec is emulated."""
    if lab.loader.is_swkexec and planned:
        options += f" {SEED}"
        outcome = lab.boot(kernel, plan(options) + job(FLIPPED, options))
    else:
        outcome = lab.boot(kernel, job(FLIPPED, options))
    changed(outcome)
    seen = mismatch_reported(outcome, lab)
    if lab.loader.is_swkexec:
        expect("swkexec purgatory: halted" in outcome.between_kernels, "purgatory did not say that it halted")
        expect(outcome.value("plan") or not planned, "there was no plan to compare the digest with")
    return f"changed kernel not started, machine halted; {seen}"


@case("corrupt-reset-6.12", needs_swkexec=True, kernel="6.12")
@case("ppc64le-corrupt-reset-6.12", machine=PPC64LE, needs_swkexec=True, kernel="6.12")
@case("riscv64-corrupt-reset-6.12", machine=RISCV64, needs_swkexec=True, kernel="6.12", options="")
@case("riscv64-corrupt-reset-7.x", machine=RISCV64, needs_swkexec=True, kernel="7.x", options="")
def corrupt_reset(lab, kernel, options="--hotplug"):
    outcome = lab.boot(kernel, job(FLIPPED, f"{options} --on-mismatch=reset"))
    changed(outcome)
    seen = mismatch_reported(outcome, lab)
    expect("swkexec purgatory: resetting the machine" in outcome.between_kernels, "purgatory did not announce the reset")
    expect(outcome.was_reset, f"the machine was not reset ({outcome.end}; {outcome.events})")
    return f"changed kernel not started, machine reset; {seen}"


@case("corrupt-unchecked-6.12", kernel="6.12")
@case("ppc64le-corrupt-unchecked-6.12", machine=PPC64LE, kernel="6.12")
def corrupt_unchecked(lab, kernel):
    """The control: with -i the same change goes unnoticed and does no harm."""
    outcome = lab.boot(kernel, job(FLIPPED, "--hotplug -i"))
    changed(outcome)
    captured(outcome, lab.loader)
    return "with -i the capture kernel came up from the changed image: only the digest stops it"
