"""The guest tests, a subject a module. Importing the package registers them all."""
from . import digest, elfcorehdr, hotplug, makedumpfile, plain, refusals, snapshot  # noqa: F401
