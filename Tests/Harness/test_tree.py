"""Additions to a device tree, read back by dtc of Debian's device-tree-compiler."""
import shutil
import subprocess
import unittest

import setting  # noqa: F401  (finds vmtest)
from vmtest import tree

SOURCE = """
/dts-v1/;
/memreserve/ 0x1000 0x2000;
/ {
    #address-cells = <2>;
    chosen { linux,initrd-start = <0x0 0x48000000>; bootargs = "quiet"; };
    memory@0 { device_type = "memory"; reg = <0 0 0 1>; };
};
"""


def dtc(source, of, into):
    return subprocess.run(["dtc", "-q", "-I", of, "-O", into], input=source, capture_output=True, check=True).stdout


@unittest.skipUnless(shutil.which("dtc"), "dtc is not installed")
class Additions(unittest.TestCase):
    def setUp(self):
        self.blob = dtc(SOURCE.encode(), "dts", "dtb")

    def test_properties_of_chosen(self):
        self.assertEqual(tree.chosen(self.blob, "linux,initrd-start"), bytes.fromhex("0000000048000000"))
        self.assertEqual(tree.chosen(self.blob, "bootargs"), b"quiet\0")
        self.assertIsNone(tree.chosen(self.blob, "device_type"), "of another node")

    def test_what_is_added_is_there_and_all_else_stays(self):
        more = tree.with_more(self.blob, [(0x61000000, 0x20000)], {"linux,odd": b"\1\2\3"})
        expected = SOURCE.replace("/ {", "/memreserve/ 0x61000000 0x20000;\n/ {").replace("chosen {", "chosen { linux,odd = [01 02 03];")
        self.assertEqual(dtc(more, "dtb", "dts"), dtc(dtc(expected.encode(), "dts", "dtb"), "dtb", "dts"))
        self.assertEqual(tree.chosen(more, "bootargs"), b"quiet\0")


if __name__ == "__main__":
    unittest.main()
