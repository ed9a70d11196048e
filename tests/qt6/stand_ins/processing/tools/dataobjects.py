from qgis.anything import Anything as createContext  # noqa: F401
