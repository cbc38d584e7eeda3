"""Past this machine: keys, CURVE and who is let in. All traffic is on the loopback."""

import os
import stat
import subprocess

import zmq.auth

from conftest import BIN, SLOW, environment


def textctl(*args, cwd=None, **env):
    return subprocess.run([str(BIN / "textctl"), *map(str, args)], cwd=cwd, env=environment(**env), capture_output=True, text=True,
                          timeout=20 * SLOW)


def test_keygen_writes_what_other_tools_read_and_overwrites_nothing(tmp_path):
    old = os.umask(0)
    try:
        done = textctl("keygen", "alice", cwd=tmp_path)
    finally:
        os.umask(old)
    secret, public = tmp_path / "alice.key_secret", tmp_path / "alice.key"
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600 and stat.S_IMODE(public.stat().st_mode) == 0o644
    pair = zmq.auth.load_certificate(secret)
    assert zmq.auth.load_certificate(public) == (pair[0], None)
    assert zmq.curve_public(pair[1]) == pair[0] and done.stdout.split()[-1] == pair[0].decode()
    assert pair[1].decode() not in done.stdout

    public.unlink()
    again = textctl("keygen", "alice", cwd=tmp_path)
    assert again.returncode == 1 and "alice.key_secret" in again.stderr and "never overwritten" in again.stderr
    assert zmq.auth.load_certificate(secret) == pair and not public.exists()
    assert textctl("keygen", "a b", cwd=tmp_path).returncode == 2
    assert textctl("keygen", tmp_path / "nowhere/a").returncode == 1
