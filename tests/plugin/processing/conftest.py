"""What went over to the engine."""

import pytest


@pytest.fixture
def seen(monkeypatch):
    """The requests that were sent."""
    from rs_dino_plugin.processing import execution

    sent = []
    run_job = execution.run_job
    monkeypatch.setattr(
        execution, "run_job", lambda client, request, *rest: sent.append(request) or run_job(client, request, *rest)
    )
    return sent
