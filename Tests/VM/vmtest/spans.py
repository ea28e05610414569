"""Ranges of physical memory: (start, end), the end not included."""


def joined(spans):
    found = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def without(spans, holes):
    left = []
    for start, end in spans:
        for first, last in sorted(holes):
            if first < end and start < last:
                left.append((start, first))
                start = last
        left.append((start, end))
    return [(start, end) for start, end in left if start < end]


def covers(found, wanted):
    return any(start <= wanted[0] and wanted[1] <= end for start, end in found)


def text(interval):
    return f"{interval[0]:#x}-{interval[1] - 1:#x}"


def size(spans):
    """In bytes, of spans that lie apart."""
    return sum(end - start for start, end in spans)
