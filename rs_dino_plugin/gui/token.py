"""The access token for Hugging Face: in QGIS's authentication database, or for one download only."""

from __future__ import annotations

from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsSettings

_ID = "rsdino/model_token_id"
"""Only the number of the entry in the database stands in the settings."""


def can_store() -> bool:
    """Whether there is an authentication database that works."""
    return not QgsApplication.authManager().isDisabled()


def is_stored() -> bool:
    """Whether one was stored; asks for no password."""
    return str(QgsSettings().value(_ID, "") or "") in QgsApplication.authManager().configIds()


def stored_token() -> str:
    """The token; empty when there is none, or the master password was not given."""
    found = QgsAuthMethodConfig()
    if not is_stored():
        return ""
    answer = QgsApplication.authManager().loadAuthenticationConfig(str(QgsSettings().value(_ID)), found, True)
    if isinstance(answer, tuple):  # some versions hand out the entry instead of filling it
        found = answer[1]
    return found.config("password")


def store_token(token: str) -> bool:
    """Put it into the database; QGIS asks for its master password. False when that did not work."""
    manager = QgsApplication.authManager()
    forget_token()
    entry = QgsAuthMethodConfig("Basic")
    entry.setName("RS-DINO: Hugging Face")
    entry.setConfig("username", "token")
    entry.setConfig("password", token)
    answer = manager.storeAuthenticationConfig(entry)
    done, entry = answer if isinstance(answer, tuple) else (answer, entry)
    if done:
        QgsSettings().setValue(_ID, entry.id())
    return bool(done)


def forget_token() -> None:
    """Take it out of the database again."""
    if is_stored():
        QgsApplication.authManager().removeAuthenticationConfig(str(QgsSettings().value(_ID)))
    QgsSettings().remove(_ID)
