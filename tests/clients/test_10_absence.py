"""Nobody is there, or not yet: an error within the time to connect, that names the endpoint and says what to do; never a hang,
and nothing printed that was not answered."""

import os

import fake
from world import SLOW, counted, is_counted, kill, plugins, restart, wait_for

CONNECT = 0.5
CONFIG = plugins("fault")
NOBODY = 65534


def check_unavailable(run):
    fatal = run.check_fatal("UNAVAILABLE", CONNECT)
    assert "textd" in fatal["message"].replace(run.endpoint, ""), "it says who should be there"
    assert run.lines == []


def test_a_path_where_nothing_is(drive, tmp_path):
    check_unavailable(drive(f"ipc://{tmp_path}/nothing.sock", counted(5), "--connect", CONNECT))


def test_a_port_where_nobody_listens(drive):
    check_unavailable(drive(f"tcp://127.0.0.1:{fake.free_port()}", counted(5), "--connect", CONNECT))


def test_a_path_that_is_no_socket(drive, tmp_path):
    (tmp_path / "file").write_text("a file")
    check_unavailable(drive(f"ipc://{tmp_path}/file", counted(5), "--connect", CONNECT))


def test_a_socket_that_a_dead_daemon_left_behind(drive, textd):
    daemon = textd(CONFIG)
    kill(daemon)
    assert os.path.exists(daemon.endpoint[len("ipc://"):])
    check_unavailable(drive(daemon.endpoint, counted(5), "--connect", CONNECT))


def test_a_folder_that_one_may_not_enter(drive, textd):
    daemon = textd(CONFIG)  # which made its folder for its own user alone
    becomes = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    if not becomes:
        os.chmod(daemon.run, 0)
    try:
        check_unavailable(drive(daemon.endpoint, counted(5), "--connect", CONNECT, **becomes))
    finally:
        os.chmod(daemon.run, 0o700)


def test_an_operation_waits_no_longer_than_a_document(drive, tmp_path):
    check_unavailable(drive(f"ipc://{tmp_path}/nothing.sock", [{"op": "ping"}], "--mode", "request", "--connect", CONNECT))


def test_a_daemon_that_comes_within_the_time_to_connect(drive, textd):
    n = 200
    daemon = textd(CONFIG)
    daemon.stop()  # its folder stays
    run = drive(daemon.endpoint, counted(n), "--connect", 20 * SLOW)
    wait_for("the driver to run", lambda: run.n_fed > 0)
    restart(textd, daemon, CONFIG)
    run.check_all(n, is_right=is_counted)
    assert run.took < 10 * SLOW, "it didn't wait for all of that time"
