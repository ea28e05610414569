"""Makes the RPM packages of a machine out of its Debian packages, by Packaging/swkexec.spec."""
import os
import shutil
from pathlib import Path

import debian_package
from debian_package import ROOT, contents, run


def build(source, architecture, packages, folder):
    """`packages` are the paths of the architecture's Debian packages; returns those of the RPMs, in `folder`."""
    if not shutil.which("rpmbuild"):
        raise debian_package.Failed("no rpmbuild; it is in Debian's package rpm")
    machine = contents.MACHINES[architecture]
    top = folder / f"rpm-{architecture}"
    tree = top / "tree"
    tree.mkdir(parents=True)
    for package in packages:
        run("dpkg-deb", "-x", package, tree)
    values = {
        "_topdir": top, "_rpmdir": top / "made", "_rpmfilename": "%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
        "tree": tree, "source_version": source.version, "programs": int(machine.build is not None),
        "kexec_tools": contents.KEXEC_TOOLS_VERSION.rpartition(":")[2],
        # The same bytes everywhere.
        "_buildhost": "swkexec", "use_source_date_epoch_as_buildtime": 1, "clamp_mtime_to_source_date_epoch": 1,
        "source_date_epoch_from_changelog": 0, "_binary_payload": "w3.xzdio",
    }
    definitions = [word for name, value in values.items() for word in ("--define", f"{name} {value}")]
    run("rpmbuild", "-bb", "--quiet", f"--target={machine.name}-linux", *definitions, ROOT / "Packaging/swkexec.spec",
        env={**os.environ, "SOURCE_DATE_EPOCH": str(source.time), "LC_ALL": "C.UTF-8"})
    made = [Path(path.rename(folder / path.name)) for path in sorted((top / "made").glob("*.rpm"))]
    shutil.rmtree(top)
    return made
