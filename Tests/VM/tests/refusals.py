"""What the loader must refuse, in one line that says why and what is now loaded. Several refusals share a guest."""
from vmtest.case import case, expect


def refused(outcome, name, *words):
    """`run NAME …` ended with status 1 and one line on stderr that holds all the words."""
    status, said = outcome.value(f"{name}-status"), outcome.values(f"{name}-said")
    expect(status == "1", f"{name}: status {status}, 1 expected: {said}")
    expect(len(said) == 1, f"{name}: one line expected, not {said}")
    for word in words:
        expect(word in said[0], f"{name}: \"{word}\" is missing in: {said[0]}")
    return said[0]


def status_is(outcome, name, wanted):
    """`run NAME swkexec -S`: 1 with an image, 0 without."""
    expect(outcome.value(f"{name}-status") == wanted,
           f"{name}: swkexec -S ended with {outcome.value(f'{name}-status')}, {wanted} expected")


CALL = '$LOADER -p -c /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE"'


@case("hotplug-refused-6.1", needs_swkexec=True, kernel="6.1")
def hotplug_refused(lab, kernel):
    """6.1 cannot rewrite a crash image: --hotplug is a promise that cannot be kept there, and nothing may be loaded or lost."""
    outcome = lab.boot(kernel, """
        load
        run status-before $LOADER -S
        run hotplug $LOADER -p -c --hotplug /vmlinuz --initrd=/capture.img --append="$CAPTURE_COMMAND_LINE"
        run status-after $LOADER -S
    """)
    expect(outcome.value("load-status") == "0", f"the plain load failed: {outcome.values('load-said')}")
    status_is(outcome, "status-before", "1")
    said = refused(outcome, "hotplug", "crash_elfcorehdr_size")
    status_is(outcome, "status-after", "1")
    return said


@case("refusals-6.12", needs_swkexec=True, kernel="6.12")
def refusals(lab, kernel):
    """Lockdown and the sysctl cannot be taken back, so they come last."""
    outcome = lab.boot(kernel, f"""
        run empty $LOADER -S
        run not-root su nobody -c '{CALL}'
        load
        run full $LOADER -S
        run not-root-full su nobody -c '{CALL}'
        run unknown-flag intercept --log /tmp/intercepted --or-flags 0x100 -- {CALL}
        run kept $LOADER -S
        run misplaced intercept --log /tmp/intercepted --move 0:1 -- {CALL}
        run lost $LOADER -S
        load
        mount -t securityfs securityfs /sys/kernel/security
        if echo integrity >/sys/kernel/security/lockdown; then
            run lockdown {CALL}
            run after-lockdown $LOADER -S
        fi
        report_file lockdown-state /sys/kernel/security/lockdown
        sysctl -w kernel.kexec_load_disabled=1
        run disabled {CALL}
        run after-disabled $LOADER -S
    """)
    status_is(outcome, "empty", "0")
    refused(outcome, "not-root", "root")
    status_is(outcome, "full", "1")
    refused(outcome, "not-root-full", "root")
    # EINVAL for an unknown flag comes before the old image is given up; a misplaced segment is found after that.
    refused(outcome, "unknown-flag", "kexec_load", "still")
    status_is(outcome, "kept", "1")
    refused(outcome, "misplaced", "kexec_load", "no crash image")
    status_is(outcome, "lost", "0")
    seen = ["not root", "failed call with the old image kept", "failed call with the old image lost"]
    if "[integrity]" in (outcome.value("lockdown-state") or ""):
        refused(outcome, "lockdown", "locked down", "still")
        status_is(outcome, "after-lockdown", "1")
        seen.append("lockdown")
    refused(outcome, "disabled", "kernel.kexec_load_disabled", "still")
    status_is(outcome, "after-disabled", "1")
    seen.append("kexec_load_disabled")
    return f"each refused in one line: {', '.join(seen)}"


@case("unload-6.12", needs_swkexec=True, kernel="6.12")
def unload(lab, kernel):
    """Then the crash region is given back to the system: a load must say that there is none."""
    outcome = lab.boot(kernel, f"""
        load --hotplug
        run full $LOADER -S
        run unload $LOADER -p -u
        run empty $LOADER -S
        report_file crash-loaded /sys/kernel/kexec_crash_loaded
        run unload-again $LOADER -p -u
        echo 0 >/sys/kernel/kexec_crash_size
        report crash-region "$(grep -c 'Crash kernel' /proc/iomem)"
        run no-region {CALL}
        run still-empty $LOADER -S
    """)
    status_is(outcome, "full", "1")
    expect(outcome.value("unload-status") == "0", f"-p -u ended with {outcome.value('unload-status')}: {outcome.values('unload-said')}")
    status_is(outcome, "empty", "0")
    expect(outcome.value("crash-loaded") == "0", "the kernel still has a crash image after -p -u")
    expect(outcome.value("unload-again-status") == "0", "a second unload is an error")
    expect(outcome.value("crash-region") == "0", "the crash region could not be given back, the test shows nothing")
    said = refused(outcome, "no-region", "crashkernel=")
    status_is(outcome, "still-empty", "0")
    return f"-u and -S agree with the kernel; without a region: {said}"
