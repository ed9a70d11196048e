"""What can be clicked in the dock says what it does."""

from qgis.PyQt.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QSlider

KINDS = (QAbstractButton, QComboBox, QSlider, QAbstractItemView)


def test_everything_of_ours_has_a_tooltip(dock, interface):
    named = [one for kind in KINDS for one in dock.findChildren(kind) if one.objectName().startswith("rsDino")]
    assert len(named) >= 14
    assert [one.objectName() for one in named if not one.toolTip()] == []
