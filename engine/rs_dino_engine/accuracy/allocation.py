"""How many points each class of a map gets."""

from __future__ import annotations

from typing import Dict

from ..errors import UserError


def allocated(count: int, least: int, shares: Dict[int, float], pixels: Dict[int, int]) -> Dict[int, int]:
    """``count`` points over classes: in proportion to their ``shares`` of the area, but at least ``least`` each, and
    never more than a class has ``pixels`` (Olofsson et al. 2014, section 5.1: rare classes first, the rest in
    proportion).

    Raises ``UserError`` where ``count`` is less than what the classes must have.
    """
    if count < least * len(shares):
        raise UserError("sample-too-few", count=count, classes=len(shares), least=least)
    found = dict.fromkeys(shares, 0)
    rest, open_classes = count, dict(shares)
    while open_classes:
        total = sum(open_classes.values())
        small = [n for n, share in open_classes.items() if rest * share < least * total]
        if not small:
            break
        for number in small:
            found[number] = least
            rest -= least
            del open_classes[number]
    total = sum(open_classes.values())
    exact = {number: rest * share / total for number, share in open_classes.items()}
    found.update({number: int(value) for number, value in exact.items()})
    by_remainder = sorted(exact, key=lambda n: (int(exact[n]) - exact[n], n))
    for number in by_remainder[: count - sum(found.values())]:
        found[number] += 1
    return {number: min(points, pixels[number]) for number, points in found.items()}
