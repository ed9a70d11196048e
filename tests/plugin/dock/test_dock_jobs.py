"""The list of jobs: how they go, what can be done with them, and that their folders are all there is to know."""

from dock_actions import SUCCEED, WAIT, click, wait_for, wait_for_tasks
from qgis.core import QgsProject, QgsRectangle
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialog, QMessageBox, QPlainTextEdit, QPushButton


def finished(start):
    """A job that has ended well, its layer in the project."""
    job = start(SUCCEED)
    wait_for(lambda: job.is_final)
    wait_for(lambda: len(QgsProject.instance().mapLayers()) == 2, "the layer")
    return job


def row(dock, job):
    """What the list shows of a job."""
    dock.job_list.show_job(job)
    item = dock.job_list.list.currentItem()
    return item.text(0), item.text(1), dock.job_list.details.text()


def test_job_is_followed_from_start_to_layers(dock, start, interface):
    from rs_dino_plugin import notices

    notices.engine_unusable("No engine.")
    job = start(WAIT + SUCCEED)
    wait_for(lambda: job.state == "running")
    title, state, details = row(dock, job)
    assert title.endswith(" · Segment: 郊区 suburb") and state == "10 %"  # as the layer is called, not its file
    assert "Writing x." in details and "Started" in details
    assert dock.job_list.progress.isVisibleTo(dock) and not dock.job_list.open.isEnabled()
    (job.folder / "go").touch()
    wait_for(lambda: job.is_final)
    title, state, details = row(dock, job)
    assert state == "done" and "has 5 m per pixel" in details
    assert not dock.job_list.progress.isVisibleTo(dock) and not dock.job_list.cancel.isEnabled()
    wait_for(lambda: len(QgsProject.instance().mapLayers()) == 2)
    assert "No engine." not in [item.text() for item in interface.bar.items()]
    assert any("has 5 m per pixel" in text for text in interface.said)


def test_cancel_stops_a_job_and_leaves_the_map_alone(dock, start):
    job = start(WAIT + SUCCEED)
    wait_for(lambda: job.state == "running")
    row(dock, job)
    click(dock, QPushButton, "rsDinoCancelJob")
    assert row(dock, job)[1] == "stopping" and not dock.job_list.cancel.isEnabled()
    wait_for(lambda: job.is_final)
    assert row(dock, job)[1] == "cancelled"
    assert len(QgsProject.instance().mapLayers()) == 1


def test_job_that_does_not_listen_is_ended(dock, start, monkeypatch):
    from rs_dino_plugin.gui import job_follower

    monkeypatch.setattr(job_follower, "CANCEL_GRACE_S", 0.1)
    job = start('say("running", 10)\ntime.sleep(1000)')
    wait_for(lambda: job.state == "running")
    dock.follower.cancel(job)
    wait_for(lambda: job.is_final)
    assert job.state == "dismissed"


def of_an_earlier_session(dock, start, monkeypatch):
    """A job that does not listen, known from its folder alone."""
    from rs_dino_plugin.engine_client.local import LocalJob
    from rs_dino_plugin.gui import job_follower

    monkeypatch.setattr(job_follower, "CANCEL_GRACE_S", 0.1)
    job = start('say("running", 10)\ntime.sleep(1000)')
    wait_for(lambda: job.state == "running")
    process, job.job = job.job._process, LocalJob(job.folder, job.request.process_id)
    wait_for(lambda: job.state == "running")
    return job, process


def test_job_of_an_earlier_session_that_does_not_listen_is_ended(dock, start, monkeypatch):
    job, process = of_an_earlier_session(dock, start, monkeypatch)
    try:
        dock.follower.cancel(job)
        wait_for(lambda: job.is_final)
        assert job.state == "dismissed" and not dock.follower.is_busy()
    finally:
        process.kill()


def test_job_that_cannot_be_ended_from_here_says_so(dock, start, monkeypatch):
    job, process = of_an_earlier_session(dock, start, monkeypatch)
    lock = job.folder / "job.lock"
    lock.write_text(lock.read_text(encoding="utf-8").replace('"host": "', '"host": "not '), encoding="utf-8")
    dock.follower.cancel(job)
    assert row(dock, job)[1] == "stopping"
    wait_for(lambda: "could not be ended" in row(dock, job)[2])
    assert row(dock, job)[1] == "10 %" and dock.job_list.cancel.isEnabled()
    process.kill()
    wait_for(lambda: job.is_final)


def test_failure_is_one_sentence_in_the_list_and_the_message_bar(dock, start, interface):
    told = 'say("running", 2, "raster-empty", "", path="/y.tif")\n' * 2
    job = start(
        'print("Traceback 详情", flush=True)\n' + told + 'say("failed", 3, "raster-missing", "", path="/x.tif")'
    )
    wait_for(lambda: job.is_final)
    assert "The raster /x.tif does not exist." in row(dock, job)[2]
    assert interface.said == ["Segment: 郊区 suburb: The raster /x.tif does not exist."]
    click(dock, QPushButton, "rsDinoJobLog")
    dialog = dock.findChild(QDialog, "rsDinoLogDialog")
    log = dialog.findChild(QPlainTextEdit).toPlainText()
    assert log.count("/y.tif") == log.count("The raster /x.tif does not exist.") == 1
    assert log.index("/y.tif") < log.index("/x.tif") < log.index("The engine's log") < log.index("Traceback 详情")
    dialog.close()


def test_jobs_outlive_qgis_and_are_found_again(dock, start, desktop, interface):
    """The dock of another session: one job still runs, one ended meanwhile, one died, one was never begun."""
    ended, running, died = start(WAIT + SUCCEED), start(), start()
    for job in (running, died):
        dock.follower.start_now(job)
    for job in (ended, running, died):
        wait_for(lambda job=job: job.state == "running")
    (died.folder / "die").touch()
    wait_for(lambda: (died.folder / "exit-code").exists())
    desktop.close()
    desktop.close = lambda: None  # not once more at the end
    (ended.folder / "go").touch()
    (dock.follower.store.folder / "20200101-000000-not-a-job").mkdir()
    wait_for(lambda: not ended.job.is_alive())
    from rs_dino_plugin.gui.desktop import Desktop

    again = Desktop(interface)
    try:
        again.show_dock(True)
        follower = again.dock.follower
        wait_for(lambda: len(follower.jobs) == 3)
        found = {job.folder: job for job in follower.jobs}
        assert found[ended.folder].state == "successful"
        assert found[running.folder].state == "running"
        assert found[died.folder].state == "failed"
        assert "exit code 3" in row(again.dock, found[died.folder])[2]
        assert len(QgsProject.instance().mapLayers()) == 1
        assert again.dock.job_list.current() is follower.jobs[0]
        told = [text for text in interface.said if "it went on without QGIS" in text]
        assert told == ["Segment: 郊区 suburb: done; it went on without QGIS."]
        assert any("exit code 3" in text for text in interface.said)
        open_it = next(one for one in interface.bar.findChildren(QPushButton) if one.text() == "Open result")
        open_it.click()
        wait_for(lambda: len(QgsProject.instance().mapLayers()) == 2)
        assert again.dock.job_list.current() is found[ended.folder]
        follower.cancel(found[running.folder])
        wait_for(lambda: found[running.folder].is_final)
        assert found[running.folder].state == "dismissed"
    finally:
        again.close()


def test_results_do_not_go_into_another_project(dock, start, interface):
    job = start(WAIT + SUCCEED)
    wait_for(lambda: job.state == "running")
    QgsProject.instance().clear()
    (job.folder / "go").touch()
    wait_for(lambda: job.is_final)
    wait_for_tasks()
    assert QgsProject.instance().mapLayers() == {}
    assert interface.said == ["Segment: 郊区 suburb: done."]
    interface.bar.findChild(QPushButton).click()
    wait_for(lambda: QgsProject.instance().mapLayers(), "the layer")


def test_what_is_opened_is_led_to(dock, start, interface, suburb):
    """… in the layer tree and, where the map shows something else, on the map."""
    job = finished(start)
    far = suburb.extent().xMaximum() + 1e5
    interface.canvas.setExtent(QgsRectangle(far, 0, far + 1e5, 1e5))
    interface.tree.setCurrentLayer(suburb)
    row(dock, job)
    click(dock, QPushButton, "rsDinoOpenResult")
    wait_for(lambda: interface.tree.currentLayer() is not suburb)
    assert interface.tree.currentLayer().name() == "Labels · 郊区 suburb"
    assert interface.tree.visualRect(interface.tree.currentIndex()).isValid()
    assert interface.canvas.extent().contains(suburb.extent())


def test_project_that_is_closed_while_results_are_opened_gets_none(dock, start):
    row(dock, finished(start))
    click(dock, QPushButton, "rsDinoOpenResult")
    QgsProject.instance().clear()
    wait_for_tasks()
    assert QgsProject.instance().mapLayers() == {}


def test_results_of_a_raster_that_was_removed_lie_on_top(dock, start, suburb):
    job = start(WAIT + SUCCEED)
    wait_for(lambda: job.state == "running")
    QgsProject.instance().removeMapLayer(suburb.id())
    (job.folder / "go").touch()
    wait_for(lambda: QgsProject.instance().mapLayers(), "the layer")
    (group,) = QgsProject.instance().layerTreeRoot().children()
    assert group.name() == "suburb" and group.children()[0].children()[0].layer().isValid()


def test_job_whose_folder_is_deleted_by_hand_is_a_failure(dock, start):
    import shutil

    job = start(WAIT + SUCCEED)
    wait_for(lambda: job.state == "running")
    (job.folder / "die").touch()
    wait_for(lambda: not job.job.is_alive())
    shutil.rmtree(job.folder, ignore_errors=True)
    dock.follower.cancel(job)
    wait_for(lambda: job.is_final)
    assert job.state == "failed"


def test_results_that_were_deleted_are_said(dock, start, interface):
    job = finished(start)
    QgsProject.instance().clear()
    (job.folder / "results" / "R_labels.tif").unlink()
    row(dock, job)
    click(dock, QPushButton, "rsDinoOpenResult")
    wait_for(lambda: "The results of this job are not there any more." in interface.said)


def test_run_again_shows_the_settings_of_a_job(dock, start):
    job = finished(start)
    dock.run_page.form.task_box.setCurrentIndex(2)
    row(dock, job)
    click(dock, QPushButton, "rsDinoRunAgain")
    assert dock.tabs.currentWidget() is dock.run_page
    assert dock.run_page.form.task.id == "segment"


def test_job_is_deleted_with_its_results_unless_they_are_layers(dock, start):
    job = finished(start)
    row(dock, job)
    click(dock, QPushButton, "rsDinoDelete")
    box = dock.findChild(QMessageBox, "rsDinoDeleteJob")
    assert (
        "open as layers (Labels · 郊区 suburb)" in box.text() and dock.findChild(QPushButton, "rsDinoDeleteNow") is None
    )
    box.close()
    QgsProject.instance().clear()
    click(dock, QPushButton, "rsDinoDelete")
    wait_for(lambda: dock.findChild(QPushButton, "rsDinoDeleteNow") is not None)
    click(dock, QPushButton, "rsDinoDeleteNow")
    wait_for(lambda: not job.folder.exists())
    assert dock.follower.jobs == [] and dock.job_list.list.topLevelItemCount() == 0


def test_list_is_operated_by_keyboard(dock, start):
    from qgis.PyQt.QtTest import QTest

    row(dock, finished(start))
    QgsProject.instance().clear()
    dock.job_list.list.setFocus()
    QTest.keyClick(dock.job_list.list, Qt.Key.Key_Return)
    wait_for(lambda: QgsProject.instance().mapLayers(), "the layer")
