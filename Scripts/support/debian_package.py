"""Makes one Debian package of a folder, by dpkg-deb alone: the same bytes for the same commit and the same tools."""
import email.utils
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Packaging"))
import contents  # noqa: E402
import executable  # noqa: E402

# Of Swift's toolchain: it knows every machine.
OBJCOPY = Path(shutil.which("swift") or "swift").resolve().with_name("llvm-objcopy")
SCRIPTS = ("preinst", "postinst", "prerm", "postrm")


class Failed(Exception):
    """One line that says what could not be done."""


def run(*command, **more):
    answer = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd=ROOT, **more)
    if answer.returncode != 0:
        said = (answer.stderr.strip() or answer.stdout.strip()).splitlines()
        name = Path(str(command[0])).name
        why = said[-1].removeprefix(f"{name}: ").removeprefix("error: ") if said else f"exit status {answer.returncode}"
        raise Failed(f"{name}: {why}")
    return answer.stdout.strip()


class Source:
    """The commit that packages are made of."""

    def __init__(self, writer):
        """`writer` is a swkexec of this machine, which writes swkexec-apply for every machine."""
        self.writer = writer
        self.time = int(run("git", "log", "-1", "--format=%ct"))
        self.maintainer = run("git", "log", "-1", "--format=%an <%ae>")
        self.version = version(run(writer, "--version"))


def version(program):
    """The packages' version; `program` is what the program says of itself, "swkexec 1.2.3"."""
    number = re.search(r"\d+(?:\.\d+)+", program)
    if not number:
        raise Failed(f"no version in \"{program}\"")
    dirty = ".dirty" if run("git", "status", "--porcelain", "--untracked-files=no") else ""
    described = subprocess.run(["git", "describe", "--tags", "--match", "v[0-9]*"], capture_output=True, text=True, cwd=ROOT).stdout.strip()
    if described:
        return re.sub(r"-(\d+)-(g[0-9a-f]+)$", r"+\1.\2", described.removeprefix("v")) + dirty
    return f"{number[0]}+{run('git', 'rev-list', '--count', 'HEAD')}.g{run('git', 'rev-parse', '--short=7', 'HEAD')}{dirty}"


def build(source, package, architecture, programs, folder):
    """Makes the package of files that were built, in the folder `programs`, and of those of this checkout; returns its path in `folder`."""
    tree = folder / f"{package}-{architecture}"
    _Tree(source, package, architecture, programs, tree).fill()
    path = folder / f"{package}_{source.version}_{architecture}.deb"
    # One thread: what xz writes depends on their number.
    run("dpkg-deb", "--root-owner-group", "-Zxz", "--threads-max=1", "--build", tree, path,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(source.time), "LC_ALL": "C.UTF-8"})
    shutil.rmtree(tree)
    return path


class _Tree:
    def __init__(self, source, package, architecture, programs, tree):
        self._source, self._package, self._architecture, self._programs, self._tree = source, package, architecture, programs, tree
        self._machine = contents.MACHINES[architecture]

    def fill(self):
        entries = contents.PACKAGES[self._package]()
        for entry in entries:
            if isinstance(entry, contents.Link):
                path = self._path(entry.path)
                path.symlink_to(entry.target)
            else:
                self._add(entry)
        own = ROOT / "Packaging" / self._package
        documentation = f"usr/share/doc/{self._package}"
        self._write(f"{documentation}/copyright", (ROOT / "Packaging/copyright").read_bytes())
        self._write(f"{documentation}/changelog.gz", packed(self._changelog().encode()))
        if (own / "lintian-overrides").exists():
            self._write(f"usr/share/lintian/overrides/{self._package}", (own / "lintian-overrides").read_bytes())
        self._control(own, [entry for entry in entries if isinstance(entry, contents.Link)])
        for path in [self._tree, *self._tree.rglob("*")]:
            os.utime(path, (self._source.time, self._source.time), follow_symlinks=False)

    def _add(self, file):
        path = self._built(file.source) if file.source in contents.BUILT else ROOT / file.source
        name = file.name or Path(file.source).name
        folder = file.folder.replace("@PACKAGE@", self._package)
        data = path.read_bytes()
        if file.source in contents.BUILT:
            path.unlink()
        if folder.startswith(contents.MANUAL) or path.name == "CHANGELOG.md":
            name, data = f"{name}.gz", packed(data)
        self._write(f"{folder}/{name}", data, file.mode)

    def _built(self, name):
        """The path of a program, without what only a debugger reads."""
        path = self._tree.with_name(f"{self._tree.name}-{name}")
        if name == "swkexec-apply":
            run(self._source.writer, f"--arch={self._machine.name}", f"--write-applier={path}")
        else:
            # To its standard output: into a file on a full disk, which it maps, it dies of a signal.
            stripped = subprocess.run([OBJCOPY, "--strip-all", self._programs / name, "-"], capture_output=True)
            if stripped.returncode != 0:
                raise Failed(f"llvm-objcopy: {stripped.stderr.decode(errors='replace').strip()}")
            path.write_bytes(executable.without_traces(stripped.stdout))
        return path

    def _changelog(self):
        return (f"{self._package} ({self._source.version}) unstable; urgency=medium\n\n"
                f"  * What changed is in /usr/share/doc/swkexec/CHANGELOG.md.gz.\n\n"
                f" -- {self._source.maintainer}  {email.utils.formatdate(self._source.time)}\n")

    def _control(self, own, links):
        """The folder DEBIAN, with @NAME@ filled in."""
        files = [path for path in sorted(self._tree.rglob("*")) if path.is_file() and not path.is_symlink()]
        units = contents.units()
        values = {
            "VERSION": self._source.version, "ARCHITECTURE": self._architecture, "MAINTAINER": self._source.maintainer,
            "KEXEC_TOOLS_VERSION": contents.KEXEC_TOOLS_VERSION,
            "SIZE": str(sum(-(-path.stat().st_size // 1024) for path in files)),
            "UNITS": " ".join(path.name for path in units),
            "ENABLED_UNITS": " ".join(path.name for path in units if "\n[Install]\n" in (ROOT / path).read_text()),
            "LINKS": " ".join(f"{Path(link.path).name}:{link.target}" for link in links if link.path.startswith("usr/sbin/")),
        }

        def filled(path):
            return re.sub(r"@([A-Z_]+)@", lambda match: values[match[1]], path.read_text()).encode()

        names = {path: path.relative_to(self._tree) for path in files}
        self._write("DEBIAN/control", filled(own / "control"))
        self._write("DEBIAN/md5sums", "".join(
            f"{hashlib.md5(path.read_bytes()).hexdigest()}  {name}\n" for path, name in names.items() if name.parts[0] != "etc").encode())
        settings = [f"/{name}\n" for name in names.values() if name.parts[0] == "etc"]
        if settings:
            self._write("DEBIAN/conffiles", "".join(settings).encode())
        for script in SCRIPTS:
            if (own / script).exists():
                self._write(f"DEBIAN/{script}", filled(own / script), 0o755)

    def _path(self, name):
        path = self._tree / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        return path

    def _write(self, name, data, mode=0o644):
        path = self._path(name)
        path.write_bytes(data)
        path.chmod(mode)


def packed(data):
    return gzip.compress(data, 9, mtime=0)
