"""The shortest beginning of a failed run that still fails."""
import dataclasses


def shortest(result, fails):
    """How many of its events it takes. `fails` runs so many of them and returns whether something was wrong, so it is asked seldom.

    Where an inspection failed, those before it did not: it is the events up to that one. Where only the crash went wrong, it is sought by
    halves, as if each longer beginning failed, too. None: what failed once did not fail again."""
    most = result.first_failure
    if not fails(most):
        return None
    if any(step.verdict.wrong for step in result.steps):
        return most
    least = 0  # so many are enough, or too few
    while least < most:
        middle = (least + most) // 2
        if fails(middle):
            most = middle
        else:
            least = middle + 1
    return most


def beginning(task, words, count):
    """The task of the first so many events, as a list."""
    return dataclasses.replace(task, words=tuple(words[:count]), random=0)
