"""Which file goes where, in which package, for which machine."""
from collections import namedtuple
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Debian's name -> ours, and the script that builds swkexec for it on this or another machine; None where plans alone go there.
Machine = namedtuple("Machine", "name build")
MACHINES = {
    "amd64": Machine("x86_64", "Scripts/build-static"),
    "arm64": Machine("aarch64", "Scripts/build-arm64"),
    "ppc64el": Machine("ppc64le", None),
    "riscv64": Machine("riscv64", None),
}

KEXEC_TOOLS_VERSION = "1:2.0.32"  # whose command line swkexec takes

BUILT = ("swkexec", "vmcore-dmesg", "swkexec-apply")

# Of a file below ROOT, or of one of BUILT: where it goes, under which name if not its own, and its mode.
File = namedtuple("File", "source folder name mode", defaults=(None, 0o644))
Link = namedtuple("Link", "path target")

UNITS, UDEV, DEFAULTS = "usr/lib/systemd/system", "usr/lib/udev/rules.d", "etc/default"
MANUAL = "usr/share/man"
DOCUMENTATION = "usr/share/doc/@PACKAGE@"

APPLIER = (
    File("swkexec-apply", "usr/sbin", mode=0o755),
    File("Man/swkexec-apply.8", f"{MANUAL}/man8"),
    File("Man/swkexec-plan.5", f"{MANUAL}/man5"),
)


def systemd():
    """The files of Systemd/ by their kind, so that a new one is in the package."""
    for source in sorted((ROOT / "Systemd").iterdir()):
        path = f"Systemd/{source.name}"
        if source.suffix == ".rules":
            yield File(path, UDEV)
        elif source.suffix == ".default":
            yield File(path, DEFAULTS, source.stem)
        elif source.suffix:
            yield File(path, UNITS)
        else:
            yield File(path, "usr/libexec", mode=0o755)


def units():
    return [Path(file.source) for file in systemd() if file.folder == UNITS]


def manual_pages():
    """Those of swkexec itself: of others there are names of their own."""
    for source in sorted((ROOT / "Man").glob("*.[0-9]")):
        if source.name not in ("vmcore-dmesg.8", "swkexec-apply.8", "swkexec-plan.5"):
            yield File(f"Man/{source.name}", f"{MANUAL}/man{source.suffix[1:]}")


def swkexec():
    return [
        File("swkexec", "usr/sbin", mode=0o755),
        File("vmcore-dmesg", "usr/sbin", "swkexec-vmcore-dmesg", 0o755),
        *APPLIER,
        *manual_pages(),
        File("Man/vmcore-dmesg.8", f"{MANUAL}/man8", "swkexec-vmcore-dmesg.8"),
        File("Completions/swkexec.bash", "usr/share/bash-completion/completions", "swkexec"),
        File("Completions/_swkexec", "usr/share/zsh/vendor-completions"),
        File("Completions/swkexec.fish", "usr/share/fish/vendor_completions.d"),
        *systemd(),
        File("CHANGELOG.md", DOCUMENTATION),
        File("README.md", DOCUMENTATION),
        File("Packaging/swkexec/README.Debian", DOCUMENTATION),
    ]


KEXEC = [
    Link("usr/sbin/kexec", "swkexec"),
    Link("usr/sbin/vmcore-dmesg", "swkexec-vmcore-dmesg"),
    File("Packaging/swkexec-kexec/coldreboot", "usr/libexec/swkexec-kexec", mode=0o755),
    File("Packaging/swkexec-kexec/kexec-load-kernel", "usr/libexec/swkexec-kexec", mode=0o755),
    Link("usr/sbin/coldreboot", "../libexec/swkexec-kexec/coldreboot"),
    Link("usr/sbin/kexec-load-kernel", "../libexec/swkexec-kexec/kexec-load-kernel"),
    Link(f"{MANUAL}/man8/kexec.8.gz", "swkexec.8.gz"),
    Link(f"{MANUAL}/man8/vmcore-dmesg.8.gz", "swkexec-vmcore-dmesg.8.gz"),
    File("Packaging/swkexec-kexec/coldreboot.8", f"{MANUAL}/man8"),
    File("Packaging/swkexec-kexec/kexec-load-kernel.8", f"{MANUAL}/man8"),
]

# Package -> what is in it, besides its changelog and copyright.
PACKAGES = {"swkexec": swkexec, "swkexec-kexec": lambda: KEXEC, "swkexec-apply": lambda: list(APPLIER)}


def of_machine(machine):
    return tuple(PACKAGES) if machine.build else ("swkexec-apply",)
