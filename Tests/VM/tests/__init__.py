"""The guest tests, a subject a module. Importing the package registers them all."""
from . import burst, check, digest, dmesg, elfcorehdr, exceptions, fadump, hotplug, images, jump, makedumpfile, multiboot, other_boot, paging, plain, planfile, programs, reboot, refusals, screen, snapshot  # noqa: F401
