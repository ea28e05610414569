"""The guest tests, a subject a module. Importing the package registers them all."""
import importlib
import pkgutil

for subject in sorted(module.name for module in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{subject}")
