"""What a run came to: lines for whoever watches, JSON and JUnit's XML for programs. Hotplug.md has the keys."""
import json
from xml.etree import ElementTree

SCHEMA_VERSION = 1


def line(step):
    """An event's one line: number, event, seconds, ranges in the header, and what came of it."""
    ranges = f"{step.ranges:4} ranges" if step.ranges is not None else "   - ranges"
    return f"{step.number:4}  {step.word:<14} {step.seconds:6.1f} s {ranges}  {words(step)}"


def words(step):
    if step.verdict.wrong:
        return "FAIL " + "; ".join(step.verdict.wrong)
    more = f"; {step.reload}" if step.reload else ""
    more += f" (known defect: {', '.join(step.verdict.known)})" if step.verdict.known else ""
    return (f"REFUSED {step.refused}; the image is right" if step.refused else "PASS") + more


def crash_line(result):
    if result.crash is None:
        return "crash: not reached"
    if result.crash.wrong:
        return "crash: FAIL " + "; ".join(result.crash.wrong)
    return "crash: PASS " + result.last_words + (f" (known defect: {', '.join(result.crash.known)})" if result.crash.known else "")


def summary(result):
    events = [step for step in result.steps if step.number]
    wrong, refused = sum(not step.verdict.passes for step in events), sum(bool(step.refused) for step in events)
    return f"{'PASS' if result.passes else 'FAIL'}: {len(events)} events, {wrong} wrong, {refused} refused; crash " + (
        "not reached" if result.crash is None else "right" if result.crash.passes else "wrong")


def as_json(task, result):
    def verdict(found):
        return {"passes": found.passes, "wrong": found.wrong, "knownDefects": found.known}

    document = {
        "schemaVersion": SCHEMA_VERSION, "machine": task.board.name, "kernel": result.kernel, "kernelAsked": str(task.kernel),
        "loader": result.loader, "call": task.call, "options": task.options, "append": task.append, "efi": task.efi,
        "random": task.random or None, "seed": task.seed if task.random else None,
        "events": [{"number": step.number, "event": step.word, "seconds": round(step.seconds, 3), "ranges": step.ranges,
                    "inspected": step.is_inspected, "refused": step.refused or None, "reload": step.reload or None, **verdict(step.verdict)} for step in result.steps],
        "crash": None if result.crash is None else verdict(result.crash),
        "passes": result.passes, "wrong": result.wrong, "knownDefects": result.known,
    }
    return json.dumps(document, indent=2) + "\n"


def as_junit(task, result):
    """A test case an event, and one for the crash."""
    suite = ElementTree.Element("testsuite", name=f"hotplug-{task.board.name}-{result.kernel}")
    counts = {"tests": 0, "failures": 0, "skipped": 0, "errors": 0}

    def case(name, seconds, wrong, refused, said):
        counts["tests"] += 1
        element = ElementTree.SubElement(suite, "testcase", classname=suite.get("name"), name=name, time=f"{seconds:.3f}")
        if wrong:
            counts["failures"] += 1
            ElementTree.SubElement(element, "failure", message="; ".join(wrong)).text = "\n".join(wrong)
        elif refused:
            counts["skipped"] += 1
            ElementTree.SubElement(element, "skipped", message=refused)
        ElementTree.SubElement(element, "system-out").text = said

    for step in result.steps:
        case(f"{step.number:04} {step.word}", step.seconds, step.verdict.wrong, step.refused, line(step))
    wrong = ["it did not come to the crash"] if result.crash is None else result.crash.wrong
    case("crash", 0, wrong, "", crash_line(result))
    for name, count in counts.items():
        suite.set(name, str(count))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
