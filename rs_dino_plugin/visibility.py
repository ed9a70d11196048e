"""What is seen of the layer tree."""

from __future__ import annotations

from qgis.core import QgsLayerTreeNode


def make_visible(node: QgsLayerTreeNode) -> None:
    """Have a layer or a group seen, and nothing else with it: what else is in groups that are switched on for it was
    out of sight, and is switched off."""
    path = [node]
    while path[-1].parent() is not None:
        path.append(path[-1].parent())
    dark = [group for group in path[1:] if not group.isVisible()]
    for group in dark:
        for child in group.children():
            if child not in path:
                child.setItemVisibilityChecked(False)
    for one in (node, *dark):
        one.setItemVisibilityChecked(True)
