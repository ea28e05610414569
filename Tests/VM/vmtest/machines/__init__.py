"""The machines that a guest can be, a file each."""
