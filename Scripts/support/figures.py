"""How a benchmark prints its figures."""
import statistics


class Goals:
    """Prints each figure beside its goal and remembers whether all were met."""

    def __init__(self):
        self.missed = []

    def check(self, what, value, limit, unit=""):
        met = value <= limit
        print(f"  {'met   ' if met else 'MISSED'}  {what}: {value:.3g}{unit} (goal: at most {limit}{unit})", flush=True)
        if not met:
            self.missed.append(what)


def say(line):
    print(f"-- {line}", flush=True)


def describe(values, unit="ms"):
    return f"median {statistics.median(values):.0f} {unit} (n={len(values)}, {min(values):.0f} to {max(values):.0f})"
