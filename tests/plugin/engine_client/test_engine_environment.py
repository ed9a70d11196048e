"""What an engine inherits from QGIS, on each platform; plain values, so all of them are tested here."""

from rs_dino_plugin.engine_client.environment import engine_environment

QGIS_ON_WINDOWS = {
    "PATH": r"C:\OSGeo4W\apps\qgis\bin;C:\OSGeo4W\bin;C:\Windows\system32;C:\OSGeo4W64\bin;C:\Program Files\Git\cmd",
    "OSGEO4W_ROOT": r"C:\OSGeo4W",
    "PYTHONHOME": r"C:\OSGeo4W\apps\Python39",
    "GDAL_DATA": r"C:\OSGeo4W\share\gdal",
    "GDAL_DRIVER_PATH": r"C:\OSGeo4W\bin\gdalplugins",
    "PROJ_LIB": r"C:\OSGeo4W\share\proj",
    "QT_PLUGIN_PATH": r"C:\OSGeo4W\apps\Qt5\plugins",
    "SystemRoot": r"C:\Windows",
}


def test_windows_paths_of_osgeo4w_are_gone_and_others_stay():
    made = engine_environment(QGIS_ON_WINDOWS, ";")
    assert made["PATH"] == r"C:\Windows\system32;C:\OSGeo4W64\bin;C:\Program Files\Git\cmd"
    assert made["SystemRoot"] == r"C:\Windows"
    assert not {"OSGEO4W_ROOT", "PYTHONHOME", "GDAL_DATA", "GDAL_DRIVER_PATH", "PROJ_LIB", "QT_PLUGIN_PATH"} & set(made)


def test_windows_name_of_path_is_kept_as_it_is_spelt():
    assert engine_environment({"Path": r"C:\a;C:\b"}, ";")["Path"] == r"C:\a;C:\b"


def test_macos_bundle_is_gone():
    parent = {"PATH": "/Applications/QGIS.app/Contents/MacOS/bin:/usr/bin", "DYLD_LIBRARY_PATH": "/x", "HOME": "/h"}
    made = engine_environment(parent, ":")
    assert made["PATH"] == "/usr/bin"
    assert "DYLD_LIBRARY_PATH" not in made
    assert made["HOME"] == "/h"


def test_network_and_credentials_stay():
    parent = {
        "GDAL_HTTP_USERPWD": "a:b", "AWS_PROFILE": "p", "http_proxy": "x", "NO_PROXY": "y", "SSL_CERT_FILE": "z",
        "RS_DINO_MODELS": "m",
    }  # fmt: skip
    assert parent.items() <= engine_environment(parent, ":").items()


def test_certificates_of_qgis_are_gone_and_the_users_stay():
    root = r"C:\Program Files\QGIS 3.40"
    qgis = {"SSL_CERT_FILE": root.lower() + r"\bin\curl-ca-bundle.crt", "SSL_CERT_DIR": root + "/apps/openssl/certs"}
    assert not set(qgis) & set(engine_environment({"OSGEO4W_ROOT": root, **qgis}, ";"))
    own = {"SSL_CERT_FILE": r"C:\Program Files\QGIS 3.40 firm\root.pem", "SSL_CERT_DIR": r"D:\certs"}
    assert own.items() <= engine_environment({"OSGEO4W_ROOT": root, **own}, ";").items()
    both = {"OSGEO4W_ROOT": root, "SSL_CERT_DIR": r"D:\certs;" + qgis["SSL_CERT_DIR"]}
    assert engine_environment(both, ";")["SSL_CERT_DIR"] == r"D:\certs"
    bundle = {"SSL_CERT_FILE": "/Applications/QGIS.app/Contents/Resources/certs/certs.pem"}
    assert "SSL_CERT_FILE" not in engine_environment(bundle, ":")


def test_output_is_utf8_and_threads_do_not_spin():
    made = engine_environment({"PYTHONUTF8": "0"}, ":")
    assert made["PYTHONUTF8"] == "1"
    assert made["PYTHONIOENCODING"] == "utf-8"
    assert made["OMP_WAIT_POLICY"] == "PASSIVE"
    assert engine_environment({"OMP_WAIT_POLICY": "ACTIVE"}, ":")["OMP_WAIT_POLICY"] == "ACTIVE"  # somebody's choice
