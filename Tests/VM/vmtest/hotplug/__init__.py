"""The hotplug bench: memory and CPUs of a guest come and go after a crash image was loaded; the image is read back after each event, and
at the end the machine crashes. Hotplug.md explains it."""
