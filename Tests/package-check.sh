#!/bin/bash
# The packages of Scripts/package, without installing one: what is in them and what they say of themselves, lintian, the same bytes from
# another folder, and a disk that is full. Guests install them (Tests/VM, package-*).
#
# usage: Tests/package-check.sh [--rebuild]     --rebuild compiles in the other folder, too, which takes minutes
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
export LC_ALL=C.UTF-8

for tool in lintian dpkg-deb rpmbuild unshare; do
    command -v $tool >/dev/null || { echo "$0: no $tool; see Scripts/install-dependencies" >&2; exit 2; }
done
fail() { echo "$*"; exit 1; }

mkdir -p .build
work=$(mktemp -d -p "$PWD/.build")
again=  # the process that makes them there
trap '[ -z "$again" ] || kill "$again" 2>/dev/null || true; rm -rf "$work"' EXIT
program=$(Scripts/build-static 2>"$work/build.log") || { cat "$work/build.log"; exit 1; }
programs=$(dirname "$program")

# Another folder, to be compared below: a copy of this checkout, whatever its state.
other=$work/another-folder/with-a-longer-name
mkdir -p "$other"
tar -c --exclude=./.build . | tar -x -C "$other"
there=("--programs=$programs")
[ "${1:-}" != --rebuild ] || there=()
(cd "$other" && umask 077 && python3 Scripts/support/package.py "${there[@]}" --only=amd64,ppc64el,riscv64 --rpm --output="$work/again" >"$work/made-again" 2>&1) &
again=$!
python3 Scripts/support/package.py --programs="$programs" --only=amd64,ppc64el,riscv64 --rpm --output="$work/packages" >"$work/made" || fail "Scripts/package: exit status $?"

# Which there are.
version=$(dpkg-deb -f "$(head -1 "$work/made")" Version)
expected="swkexec-apply_${version}_amd64.deb swkexec-apply_${version}_ppc64el.deb swkexec-apply_${version}_riscv64.deb swkexec-kexec_${version}_amd64.deb swkexec_${version}_amd64.deb"
of_rpm="swkexec-$version-1.x86_64.rpm swkexec-apply-$version-1.ppc64le.rpm swkexec-apply-$version-1.riscv64.rpm swkexec-apply-$version-1.x86_64.rpm swkexec-kexec-$version-1.x86_64.rpm"
names() { (cd "$work/packages" && ls -- *."$1" | xargs); }
[ "$(names deb)" = "$expected" ] || fail "packages: $(names deb), $expected expected"
[ "$(names rpm)" = "$of_rpm" ] || fail "packages: $(names rpm), $of_rpm expected"
dpkg --validate-version "$version" || fail "version $version"

package() { echo "$work/packages/$1_${version}_${2:-amd64}.deb"; }
field() { dpkg-deb -f "$(package "$1")" "$2"; }
# files PACKAGE: MODE PATH of each file, MODE PATH -> TARGET of each link; all are root's, and of one time.
files() {
    dpkg-deb -c "$(package "$@")" | grep -v ' root/root ' && fail "$1: the file above is not root's"
    [ "$(dpkg-deb --fsys-tarfile "$(package "$@")" | TZ=UTC tar -tv --full-time | awk '{print $4, $5}' | sort -u | wc -l)" = 1 ] || fail "$1: files of different times"
    dpkg-deb -c "$(package "$@")" | awk '$6 !~ /\/$/ { sub(/^\.\//, "", $6); print $1, $6 ($7 ? " -> " $8 : "") }' | sort -k2
}
same() { diff <(echo "$2") <(echo "$3") || fail "$1: < as it is, > as expected"; }

applier="-rwxr-xr-x usr/sbin/swkexec-apply
-rw-r--r-- usr/share/man/man5/swkexec-plan.5.gz
-rw-r--r-- usr/share/man/man8/swkexec-apply.8.gz"
of_every() { # of_every PACKAGE
    echo "-rw-r--r-- usr/share/doc/$1/changelog.gz
-rw-r--r-- usr/share/doc/$1/copyright
-rw-r--r-- usr/share/lintian/overrides/$1"
}
systemd=$(cd Systemd && for name in *; do
    case $name in
    *.rules) echo "-rw-r--r-- usr/lib/udev/rules.d/$name" ;;
    *.default) echo "-rw-r--r-- etc/default/${name%.default}" ;;
    *.*) echo "-rw-r--r-- usr/lib/systemd/system/$name" ;;
    *) echo "-rwxr-xr-x usr/libexec/$name" ;;
    esac
done)
same "files of swkexec" "$(files swkexec)" "$(sort -k2 <<<"$applier
$systemd
$(of_every swkexec)
-rwxr-xr-x usr/sbin/swkexec
-rwxr-xr-x usr/sbin/swkexec-vmcore-dmesg
-rw-r--r-- usr/share/bash-completion/completions/swkexec
-rw-r--r-- usr/share/doc/swkexec/CHANGELOG.md.gz
-rw-r--r-- usr/share/doc/swkexec/README.Debian
-rw-r--r-- usr/share/doc/swkexec/README.md
-rw-r--r-- usr/share/fish/vendor_completions.d/swkexec.fish
-rw-r--r-- usr/share/man/man8/swkexec-fadump.8.gz
-rw-r--r-- usr/share/man/man8/swkexec-vmcore-dmesg.8.gz
-rw-r--r-- usr/share/man/man8/swkexec.8.gz
-rw-r--r-- usr/share/zsh/vendor-completions/_swkexec")"
same "files of swkexec-kexec" "$(files swkexec-kexec)" "$(sort -k2 <<<"$(of_every swkexec-kexec | grep -v lintian)
-rwxr-xr-x usr/libexec/swkexec-kexec/coldreboot
-rwxr-xr-x usr/libexec/swkexec-kexec/kexec-load-kernel
lrwxrwxrwx usr/sbin/coldreboot -> ../libexec/swkexec-kexec/coldreboot
lrwxrwxrwx usr/sbin/kexec -> swkexec
lrwxrwxrwx usr/sbin/kexec-load-kernel -> ../libexec/swkexec-kexec/kexec-load-kernel
lrwxrwxrwx usr/sbin/vmcore-dmesg -> swkexec-vmcore-dmesg
-rw-r--r-- usr/share/man/man8/coldreboot.8.gz
-rw-r--r-- usr/share/man/man8/kexec-load-kernel.8.gz
lrwxrwxrwx usr/share/man/man8/kexec.8.gz -> swkexec.8.gz
lrwxrwxrwx usr/share/man/man8/vmcore-dmesg.8.gz -> swkexec-vmcore-dmesg.8.gz")"
for architecture in amd64 ppc64el riscv64; do
    same "files of swkexec-apply, $architecture" "$(files swkexec-apply $architecture)" "$(sort -k2 <<<"$applier
$(of_every swkexec-apply)")"
done
echo "packages: $(wc -l <"$work/made") of version $version, with the files that they should have"

# Settings survive an upgrade and a removal; what kexec-tools' users depend on is provided; the programs need nothing.
settings=$(dpkg-deb -I "$(package swkexec)" conffiles | xargs)
[ "$settings" = "$(cd Systemd && ls *.default | sed 's:^:/etc/default/:; s:\.default$::' | xargs)" ] || fail "conffiles of swkexec: $settings"
[ -z "$(field swkexec Depends)$(field swkexec-apply Depends)" ] || fail "dependencies of static programs"
[ "$(field swkexec-kexec Depends)" = "swkexec (= $version)" ] || fail "swkexec-kexec depends on $(field swkexec-kexec Depends)"
[[ $(field swkexec-kexec Provides) =~ ^kexec-tools\ \(=\ 1:2\.0\.[0-9]+\)$ ]] || fail "swkexec-kexec provides $(field swkexec-kexec Provides)"
[ "$(field swkexec-kexec Replaces)" = kexec-tools ] && [[ $(field swkexec-kexec Conflicts) == kexec-tools* ]] || fail "swkexec-kexec and kexec-tools"
for name in swkexec swkexec-kexec swkexec-apply; do
    dpkg-deb -x "$(package $name)" "$work/$name"
    grep -q "No licence has been chosen by the owner yet" "$work/$name/usr/share/doc/$name/copyright" || fail "$name: copyright"
    dpkg-deb -e "$(package $name)" "$work/control"
    for script in "$work"/control/*; do
        grep -q '@[A-Z_]*@' "$script" && fail "$name: $script is not filled in"
        case $script in *inst | *rm) sh -n "$script" ;; esac
    done
    (cd "$work/$name" && md5sum --quiet -c "$work/control/md5sums") || fail "$name: md5sums"
    rm -r "$work/control"
done
enabling=$(dpkg-deb -I "$(package swkexec)" postinst | grep -v '^ *#' | grep -E 'enable|start|swkexec ' || true)
[ -z "$enabling" ] || fail "installing swkexec does something: $enabling"
[[ $("$work/swkexec/usr/sbin/swkexec" --version) == swkexec* ]] && "$work/swkexec/usr/sbin/swkexec-vmcore-dmesg" --version >/dev/null || fail "the programs do not run"
echo "control files: settings, dependencies, scripts that enable nothing"

# RPMs: the same files but for Debian's own, with swkexec-apply in its package alone.
rpm() { command rpm --dbpath "$work/no-database" "$@"; }
rpm -K --nosignature "$work"/packages/*.rpm >"$work/digests" || fail "RPM: $(grep -v ' OK$' "$work/digests")"
for name in swkexec swkexec-kexec swkexec-apply; do
    of_debian=$(cd "$work/$name" && find . ! -type d | sed 's/^\.//; s:zsh/vendor-completions:zsh/site-functions:' | grep -v -e /lintian/ -e /changelog.gz -e /README.Debian)
    [ $name != swkexec ] || of_debian=$(grep -v -e /swkexec-apply -e /swkexec-plan <<<"$of_debian")
    found=$(rpm -qp --qf '[%{FILEMODES:perms} %{FILENAMES}\n]' "$work/packages/$name-$version-1.x86_64.rpm" | grep -v ^d | cut -d' ' -f2)
    same "files of the RPM $name" "$(sort <<<"$found")" "$(sort <<<"$of_debian")"
done
about() { rpm -qp "--$1" "$work/packages/$2-$version-1.x86_64.rpm"; }
[ "$(about configfiles swkexec)" = "$settings" ] || fail "RPM: settings $(about configfiles swkexec)"
about provides swkexec-kexec | grep -qx 'kexec-tools = 2\.0\.[0-9]*-1' || fail "RPM: swkexec-kexec provides $(about provides swkexec-kexec)"
[ "$(about conflicts swkexec-kexec)" = kexec-tools ] || fail "RPM: swkexec-kexec conflicts with $(about conflicts swkexec-kexec)"
[ -z "$(about requires swkexec-apply | grep -v '^rpmlib')" ] || fail "RPM: swkexec-apply requires $(about requires swkexec-apply)"
echo "RPMs: the same files, kexec-tools provided"

found=$(lintian --allow-root --fail-on=none "$work"/packages/*.deb 2>&1 | grep -v '^N: ' || true)
[ -z "$found" ] || fail "lintian: $found"
echo "lintian: nothing to be said"

wait $again || fail "another folder: exit status $?: $(tail -3 "$work/made-again")"
diff <(cd "$work/packages" && sha256sum -- *) <(cd "$work/again" && sha256sum -- *) || fail "another folder: other bytes"
echo "another folder${1:+, compiled there}: the same bytes"

# apt, with an archive that has kexec-tools and one that depends on it: swkexec-kexec satisfies that, and each gives way to the other.
apt=$work/apt
mkdir -p "$apt"/{archive,etc/apt/{apt.conf.d,preferences.d,sources.list.d},var/lib/apt/lists/partial,var/cache/apt/archives/partial}
stanza() { printf 'Package: %s\nVersion: %s\nArchitecture: amd64\nMaintainer: nobody <nobody@localhost>\n%sDescription: stands for it\n' "$@"; }
archived() { printf 'Filename: ./%s.deb\nSize: 1\nSHA256: %064d\n\n' "$1" 0; }
{
    stanza kexec-tools 1:2.0.32-3 "" && archived kexec-tools
    stanza kdump-tools 1:1.10.7 $'Depends: kexec-tools\n' && archived kdump-tools
} >"$apt/archive/Packages"
echo "deb [trusted=yes] file:$apt/archive ./" >"$apt/etc/apt/sources.list"
there() { # there COMMAND...: apt-get where the packages of $apt/status are installed
    apt-get -q -o Dir="$apt" -o Dir::State::status="$apt/status" -o APT::Architecture=amd64 -o APT::Architectures=amd64 -o Debug::NoLocking=1 \
        -o APT::Sandbox::User= --no-install-recommends "$@" 2>&1
}
would() { # would EXPECTED PACKAGE...: what apt-get install would do
    said=$(there -s install "${@:2}") || fail "apt install ${*:2}: $said"
    [ "$(sed -nE 's/^(Inst|Remv) (\S+).*/\1 \2/p' <<<"$said" | sort | xargs)" = "$1" ] || fail "apt install ${*:2}: $said"
}
: >"$apt/status"
there update >/dev/null || fail "apt update: $(there update)"
would "Inst kdump-tools Inst kexec-tools" kdump-tools
would "Inst kdump-tools Inst swkexec Inst swkexec-kexec" "$(package swkexec)" "$(package swkexec-kexec)" kdump-tools
installed() { awk 'NR == 2 { print "Status: install ok installed" } { print } END { print "" }'; }
for name in swkexec swkexec-kexec; do dpkg-deb -f "$(package $name)" | installed; done >"$apt/status"
would "Inst kdump-tools" kdump-tools
would "Inst kexec-tools Remv swkexec-kexec" kexec-tools
{
    stanza kexec-tools 1:2.0.32-3 "" | installed
    stanza kdump-tools 1:1.10.7 $'Depends: kexec-tools\n' | installed
} >"$apt/status"
would "Inst swkexec Inst swkexec-kexec Remv kexec-tools" "$(package swkexec)" "$(package swkexec-kexec)"
echo "apt: kdump-tools is satisfied with swkexec-kexec, and either gives way to the other"

# Nothing tells where the programs were built.
for name in swkexec swkexec-vmcore-dmesg; do
    ! grep -aqF "$PWD" "$work/swkexec/usr/sbin/$name" || fail "$name names $PWD"
    hashes=$(readelf -x .swift_modhash "$work/swkexec/usr/sbin/$name" | awk '/^ *0x/ { print substr($0, 14, 36) }' | tr -d ' 0\n')
    [ -z "$hashes" ] || fail "$name has the compiler's hashes of its inputs: $hashes"
done

# Before Debian 13 kexec-tools has its programs in /sbin, a link to /usr/sbin: dpkg, which does not see that, removes them by the other name.
old=$work/older
mkdir -p "$old"/{root/usr/sbin,root/var/lib/dpkg/info}
ln -s usr/sbin "$old/root/sbin"
touch "$old/root/var/lib/dpkg/status"
# stands_for PACKAGE VERSION FILE...: a package with these files in /sbin
stands_for() {
    mkdir -p "$old/$1"/{DEBIAN,sbin}
    printf 'Package: %s\nVersion: %s\nArchitecture: amd64\nMaintainer: nobody <nobody@localhost>\nDescription: stands for it\n' "$1" "$2" >"$old/$1/DEBIAN/control"
    for name in "${@:3}"; do echo theirs >"$old/$1/sbin/$name"; done
    dpkg-deb --root-owner-group --build "$old/$1" "$old/$1.deb" >/dev/null
}
stands_for init 1 init
stands_for kexec-tools 1:2.0.25-3 kexec vmcore-dmesg coldreboot
dpkg_there() {
    unshare --map-root-user dpkg --root="$old/root" --force-script-chrootless,not-root,unsafe-io --log=/dev/null "$@" >"$old/log" 2>&1 || fail "dpkg $*: $(tail -4 "$old/log")"
}
names_there() { (cd "$old/root" && ls -l usr/sbin | awk 'NR > 1 { print $9 $10 $11 }' | xargs); }
dpkg_there -i "$old/init.deb" "$old/kexec-tools.deb"
dpkg_there -i "$(package swkexec)" "$(package swkexec-kexec)"
expected="coldreboot->../libexec/swkexec-kexec/coldreboot init kexec->swkexec kexec-load-kernel->../libexec/swkexec-kexec/kexec-load-kernel swkexec swkexec-apply swkexec-vmcore-dmesg vmcore-dmesg->swkexec-vmcore-dmesg"
[ "$(names_there)" = "$expected" ] || fail "in the place of an older kexec-tools: $(names_there), $expected expected"
dpkg_there --remove swkexec-kexec
dpkg_there -i "$old/kexec-tools.deb"
[ "$(names_there)" = "coldreboot init kexec swkexec swkexec-apply swkexec-vmcore-dmesg vmcore-dmesg" ] || fail "back at an older kexec-tools: $(names_there)"
dpkg_there --purge kexec-tools swkexec
left=$(cd "$old/root" && find . ! -type d ! -path './var/lib/dpkg/*' | sort | xargs)
[ "$left" = "./sbin ./usr/sbin/init" ] || fail "left by purge: $left"
echo "dpkg: in the place of an older kexec-tools and back, nothing left by purge"

# A disk that is full before dpkg-deb comes, and in the middle of its work: one line, and what was there is there.
mkdir "$work/full"
for size in 4096 $(($(field swkexec Installed-Size) + 1024)); do
    said=$(unshare --map-root-user --mount bash -c '
        mount -t tmpfs -o size=$3k none "$2" && echo old >"$2/swkexec_0_amd64.deb"
        python3 Scripts/support/package.py --programs="$1" --only=amd64 --output="$2" && echo "no error"
        ls -A "$2"' - "$programs" "$work/full" $size 2>&1) || true
    [ "$(wc -l <<<"$said")" = 2 ] && [[ $said == *"No space left on device"*"are as they were
swkexec_0_amd64.deb" ]] || fail "a full disk of $size KiB: $said"
done
said=$(python3 Scripts/support/package.py --only=vax 2>&1) && fail "packages for a vax"
[[ $said == *"--only=vax: one of amd64, arm64, ppc64el, riscv64"* ]] || fail "packages for a vax: $said"
echo "a full disk: one line, and the earlier package is there"

# kexec-load-kernel, on machines made for it.
machine=$work/machine
mkdir -p "$machine"/{etc/default/kexec.d,boot/grub,sys/kernel,proc}
echo 0 >"$machine/sys/kernel/kexec_loaded"
echo "root=/dev/sda1 quiet" >"$machine/proc/cmdline"
printf '#!/bin/sh\nprintf "%%s|" "$@"\n' >"$work/kexec"
chmod +x "$work/kexec"
expect() { # expect WHAT IS SAID, the words that kexec gets each with a | behind it
    said=$(KEXEC=$work/kexec sh Packaging/swkexec-kexec/kexec-load-kernel "$machine" 2>&1) || true
    [ "$said" = "$1" ] || fail "kexec-load-kernel: $said, $1 expected"
}
expect "-l|/vmlinuz|--append=root=/dev/sda1 quiet|--initrd=/initrd.img|"
echo 'KERNEL_IMAGE=/boot/vmlinuz INITRD= APPEND="a b"' >"$machine/etc/default/kexec"
expect "-l|/boot/vmlinuz|--append=a b|"
cat >"$machine/boot/grub/grub.cfg" <<'END'
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
else
   set default="0"
fi
menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'gnulinux-simple-1234' {
	search --no-floppy --fs-uuid --set=root 1234
	linux	/boot/vmlinuz-6.12 root=UUID=1234 ro  quiet
	initrd	/boot/initrd.img-6.12
}
submenu 'Advanced options' $menuentry_id_option 'gnulinux-advanced-1234' {
	menuentry 'Debian GNU/Linux, with Linux 6.1' --class debian $menuentry_id_option 'gnulinux-6.1-advanced-1234' {
		linux	/vmlinuz-6.1 root=UUID=1234 ro single
		initrd	/initrd.img-6.1
	}
}
END
touch "$machine/boot/vmlinuz-6.12"
echo 'USE_GRUB_CONFIG=true APPEND=' >"$machine/etc/default/kexec.d/grub"
expect "-l|/boot/vmlinuz-6.12|--append=root=UUID=1234 ro quiet|--initrd=/boot/initrd.img-6.12|"
sed -i 's/set default="0"/set default="${saved_entry}"/' "$machine/boot/grub/grub.cfg"
for entry in 1 "gnulinux-advanced-1234>gnulinux-6.1-advanced-1234" "Advanced options>Debian GNU/Linux, with Linux 6.1"; do
    echo "saved_entry=$entry" >"$machine/boot/grub/grubenv"
    expect "-l|/boot/vmlinuz-6.1|--append=root=UUID=1234 ro single|--initrd=/boot/initrd.img-6.1|"
done
echo "saved_entry=7" >"$machine/boot/grub/grubenv"
expect "$machine/boot/grub/grub.cfg has no entry \"7\" with a kernel; set KERNEL_IMAGE in /etc/default/kexec"
touch "$machine/no-kexec-reboot"
expect "none is loaded: coldreboot asked for that"
[ ! -e "$machine/no-kexec-reboot" ] || fail "kexec-load-kernel: coldreboot counts twice"
echo 1 >"$machine/sys/kernel/kexec_loaded"
expect "a kernel is loaded for the next reboot already"
echo "kexec-load-kernel: settings, GRUB's entries, coldreboot"
