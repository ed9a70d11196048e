"""What our widgets see of QGIS, on real Qt 6: ``qgis.PyQt`` as QGIS on Qt 6 has it, and classes that only draw."""
