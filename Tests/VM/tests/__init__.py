"""The guest tests, a subject a module. Importing the package registers them all."""
from . import burst, check, digest, dmesg, elfcorehdr, hotplug, images, makedumpfile, multiboot, other_boot, paging, plain, planfile, reboot, refusals, snapshot  # noqa: F401
