"""Guest tests of swkexec: real kernels in QEMU, real loads, real crashes."""
