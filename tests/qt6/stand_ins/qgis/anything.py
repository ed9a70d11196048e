"""A stand-in for a class of QGIS that does not draw: every name is there, every call gives nothing."""


class _Open(type):
    """Attributes are made when they are asked for: enumerations, their members, class methods."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        made = _Open(name, (Anything,), {})
        setattr(cls, name, made)
        return made

    def __or__(cls, other):
        return cls

    __and__ = __ror__ = __or__


class Lenient:
    """For classes of Qt that stand in for one of QGIS: what they do not have is :class:`Anything`."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything


class Anything(metaclass=_Open):
    """Empty, zero, false."""

    def __init__(self, *values, **named):
        pass

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything

    def __bool__(self):
        return False

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def __str__(self):
        return ""

    def __float__(self):
        return 0.0

    def __int__(self):
        return 0

    __index__ = __int__

    def __or__(self, other):
        return self

    __and__ = __or__

    def __gt__(self, other):
        return False

    __lt__ = __ge__ = __le__ = __gt__
