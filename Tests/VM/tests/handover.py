"""State that only the kernel's own loader hands on to the next kernel."""
import dataclasses

from tests.refusals import refused
from vmtest.case import case, expect
from vmtest.machines.x86_64 import X86_64

WITH_KHO = dataclasses.replace(X86_64, command_line=f"{X86_64.command_line} kho=on")


@case("handover-7.x", machine=WITH_KHO, needs_swkexec=True, kernel="7.x")
def handover(lab, kernel):
    """With kho=on an image by kexec_load is refused, unless the loss is asked for. Debian's kernel is built without Kexec HandOver, which
    it shows nowhere: the parameter alone counts."""
    outcome = lab.boot(kernel, """
        call='/vmlinuz --initrd=/capture.img --append=quiet'
        run segments $LOADER -l -c $call
        run none $LOADER -S -l
        run dropped $LOADER -l -c --drop-handover=kho $call
        run loaded $LOADER -S -l
        run files $LOADER -l -s $call
        run crash $LOADER -p -c $call
    """)
    refused(outcome, "segments", "kexec handover", "--drop-handover=kho", "no image is loaded")
    for name, status in {"none": "0", "dropped": "0", "loaded": "1", "files": "0", "crash": "0"}.items():
        expect(outcome.value(f"{name}-status") == status, f"{name}: status {outcome.value(f'{name}-status')}, {outcome.values(f'{name}-said')}")
    return f"{outcome.value('kernel')}: kho=on: -c refused, loaded where the loss is named, -s and a crash image loaded"
