"""Whose plugin is it: security.plugin_keys, and textctl plugin keygen, sign and verify."""

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import threading

import pytest

from conftest import BAD, BIN, GOOD, SLOW, environment, plugins, run_textd, wait_for

TEXTCTL = BIN / "textctl"


def textctl(*args, stdin="", cwd=None):
    return subprocess.run([str(TEXTCTL), "plugin", *map(str, args)], input=stdin, cwd=cwd, env=environment(), capture_output=True, text=True,
                          timeout=20 * SLOW)


def well(*args, **more):
    done = textctl(*args, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Workshop:
    """Somebody's keys, and a plugin directory with copies of the test plugins that they sign."""

    def __init__(self, folder):
        self.folder = folder
        self.dir = folder / "plugins"
        self.dir.mkdir()
        self.key("team")

    def key(self, name):
        return re.search(r"public key (\w+)", well("keygen", self.folder / name)).group(1)

    def put(self, name, source="echo", resources=None, key="team"):
        """The plugin `name`, made of a test plugin's library; another file than was there before."""
        fresh = self.folder / "fresh"
        shutil.copy(GOOD / f"{source}.so", fresh)
        os.rename(fresh, self.dir / f"{name}.so")
        for file, text in (resources or {}).items():
            (self.dir / name).mkdir(exist_ok=True)
            (self.dir / name / file).write_text(text)
        if key:
            self.sign(name, key)

    def sign(self, name, key="team"):
        well("sign", "--key", self.folder / f"{key}.sec", "--release", "1.0.0", self.dir / f"{name}.so")

    def config(self, *names, keys=("team",), **more):
        return plugins(*names, directory=self.dir, workers=1, security={"plugin_keys": [str(self.folder / f"{key}.pub") for key in keys]}, **more)

    def check(self, *names, **more):
        """What --check-config says."""
        file = self.folder / "textd.yaml"
        file.write_text(json.dumps({"endpoints": [f"ipc://{self.folder}/s"], **self.config(*names, **more)}))
        done = run_textd("--config", file, "--check-config", RUNTIME_DIRECTORY=str(self.folder))
        return done.returncode, done.stderr


@pytest.fixture
def shop(tmp_path):
    return Workshop(tmp_path)


def loaded(daemon):
    return {p["name"]: p for p in daemon.control(op="plugin.list")["plugins"]}


def test_keys_are_minisigns_and_never_overwritten(tmp_path):
    old = os.umask(0)
    try:
        told = well("keygen", "team", cwd=tmp_path)
    finally:
        os.umask(old)
    secret, public = tmp_path / "team.sec", tmp_path / "team.pub"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600 and stat.S_IMODE(public.stat().st_mode) == 0o644
    assert re.search(r"the public key [0-9A-F]{16}:", told) and secret.read_text().split()[-1] not in told
    again = textctl("keygen", "team", cwd=tmp_path)
    assert again.returncode == 1 and "never overwritten" in again.stderr and "team.sec" in again.stderr
    for mode in (0o644, 0o604):
        secret.chmod(mode)
        (tmp_path / "echo.so").write_bytes(b"")
        refused = textctl("sign", "--key", secret, tmp_path / "echo.so")
        assert refused.returncode == 1 and "others can read or change the secret; chmod 600 it" in refused.stderr
    assert not (tmp_path / "echo.manifest").exists()


@pytest.mark.skipif(not shutil.which("minisign"), reason="minisign isn't installed")
def test_minisign_verifies_what_textctl_signs_and_the_other_way_round(shop):
    def minisign(*args):
        return subprocess.run(["minisign", *map(str, args)], input="", capture_output=True, text=True, timeout=20 * SLOW)

    manifest, public, secret = shop.dir / "echo.manifest", shop.folder / "team.pub", shop.folder / "team.sec"
    shop.put("echo", resources={"words.txt": "a"})
    done = minisign("-V", "-m", manifest, "-p", public)
    assert done.returncode == 0 and "plugin:echo\tversion:1.0.0" in done.stdout
    assert subprocess.run(["sha256sum", "-c", "--strict", manifest.name], cwd=shop.dir, capture_output=True).returncode == 0
    made = manifest.read_text()
    assert minisign("-S", "-m", manifest, "-s", secret).returncode == 0  # a key of ours
    assert ", version" not in well("verify", "--key", public, shop.dir / "echo.so")
    assert minisign("-G", "-W", "-p", shop.folder / "m.pub", "-s", shop.folder / "m.sec").returncode == 0
    assert minisign("-S", "-m", manifest, "-s", shop.folder / "m.sec").returncode == 0
    well("verify", "--key", shop.folder / "m.pub", shop.dir / "echo.so")
    assert shop.check("echo", keys=("m",)) == (0, "")
    shop.sign("echo", "m")
    assert minisign("-V", "-m", manifest, "-p", shop.folder / "m.pub").returncode == 0 and manifest.read_text() == made
    minisign("-S", "-l", "-m", manifest, "-s", shop.folder / "m.sec")
    assert "older kind" in textctl("verify", "--key", shop.folder / "m.pub", shop.dir / "echo.so").stderr


def spoil_library(shop):
    with open(shop.dir / "echo.so", "ab") as f:
        f.write(b"\0")


def swap_plugins(shop):
    """Both are signed, and each is what it was: under the other's name."""
    shop.put("talk", "talk")
    for name in ("so", "manifest", "manifest.minisig"):
        os.rename(shop.dir / f"talk.{name}", shop.dir / f"echo.{name}")


def swap_resources(shop):
    shop.put("talk", "talk", {"words.txt": "of talk"})
    shutil.copy(shop.dir / "talk/words.txt", shop.dir / "echo/words.txt")


def mix_versions(shop):
    """A file of a release that was signed as well, beside a library of another."""
    shop.put("echo", resources={"words.txt": "of 2.0.0"})
    new = (shop.dir / "echo/words.txt").read_text()
    shop.put("echo", resources={"words.txt": "of 1.0.0"})
    (shop.dir / "echo/words.txt").write_text(new)


def sign_by_hand(shop):
    """A manifest that somebody has mended, with the signature of the one before."""
    spoil_library(shop)
    manifest = shop.dir / "echo.manifest"
    digest = hashlib.sha256((shop.dir / "echo.so").read_bytes()).hexdigest()
    manifest.write_text(digest + manifest.read_text()[64:])


FORGERIES = [
    (lambda s: (s.dir / "echo.manifest").unlink(), "isn't signed: "),
    (lambda s: (s.dir / "echo.manifest.minisig").unlink(), "echo.manifest.minisig: No such file"),
    (spoil_library, "echo.so isn't what was signed"),
    (lambda s: (s.dir / "echo/words.txt").write_text("b"), "echo/words.txt isn't what was signed"),
    (lambda s: (s.dir / "echo/more.txt").write_text("c"), "echo/more.txt isn't in echo.manifest: it was added"),
    (lambda s: (s.dir / "echo/words.txt").unlink(), "echo/words.txt was signed, as echo.manifest says, and isn't there"),
    (swap_plugins, "was signed for the plugin talk, and not for echo"),
    (swap_resources, "echo/words.txt isn't what was signed"),
    (mix_versions, "echo/words.txt isn't what was signed"),
    (sign_by_hand, "echo.manifest isn't what was signed"),
    (lambda s: (s.key("mallory"), s.sign("echo", "mallory")), "which is none of security.plugin_keys'"),
    (lambda s: (s.dir / "echo.manifest").chmod(0o666), "echo.manifest may be written by everybody"),
]


@pytest.mark.parametrize("forge, words", FORGERIES)
def test_what_was_not_signed_or_was_changed_since_is_refused(shop, forge, words):
    shop.put("echo", resources={"words.txt": "a"})
    forge(shop)
    code, told = shop.check("echo")
    assert code == 78 and words in told and "plugin echo: " in told and "security.plugin_keys is set" in told, told
    verified = textctl("verify", "--key", shop.folder / "team.pub", shop.dir / "echo.so")
    assert verified.returncode == (0 if "everybody" in words else 1), verified.stderr


def test_signed_plugins_run_and_the_operator_sees_whose_they_are(textd, shop):
    shop.put("echo", resources={"words.txt": "a"})
    shop.put("talk", "talk", key=None)
    daemon = textd(shop.config("echo"))
    key = re.search(r"[0-9A-F]{16}", (shop.folder / "team.pub").read_text()).group()
    assert daemon.client().ask("hello")["ok"] and loaded(daemon)["echo"]["signed_by"] == key

    refused = daemon.control(op="plugin.load", plugin="talk")["error"]
    assert refused["code"] == "RELOAD_FAILED" and "plugin talk: it isn't signed" in refused["message"]
    assert "have it signed (textctl plugin sign)" in refused["message"]
    shop.sign("talk")
    assert daemon.control(op="plugin.load", plugin="talk")["ok"] and set(loaded(daemon)) == {"echo", "talk"}

    hash_before = loaded(daemon)["echo"]["hash"]
    spoil_library(shop)
    for op in ({"op": "plugin.reload", "plugin": "echo"}, {"op": "config.reload"}):
        assert "echo.so isn't what was signed" in daemon.control(**op)["error"]["message"]
    assert loaded(daemon)["echo"]["hash"] == hash_before and daemon.client().ask("as before")["ok"]
    shop.sign("echo")
    assert daemon.control(op="plugin.reload", plugin="echo")["ok"] and loaded(daemon)["echo"]["hash"] != hash_before
    assert daemon.control(op="plugin.rollback", plugin="echo")["ok"] and loaded(daemon)["echo"]["hash"] == hash_before


def test_keys_change_over_without_a_gap_and_one_that_is_taken_off_ends(textd, shop):
    shop.key("new")
    shop.put("echo")
    daemon = textd(shop.config("echo"))
    file = daemon.run / "textd.yaml"

    def configure(*keys):
        config = shop.config("echo", keys=keys) if keys else plugins("echo", directory=shop.dir, workers=1)
        file.write_text(json.dumps({"endpoints": [daemon.endpoint], **config}))
        return daemon.control(op="config.reload")

    assert configure("team", "new")["ok"]
    told = configure("new")["error"]["message"]  # what runs is held against the new keys as well
    assert "is signed by the key" in told and loaded(daemon)["echo"]["signed_by"] in told
    shop.sign("echo", "new")
    assert configure("new")["ok"]
    assert configure()["ok"] and loaded(daemon)["echo"]["signed_by"] == ""
    (shop.dir / "echo.manifest").chmod(0o666)  # not to be believed, and asked for by nobody
    assert configure()["ok"] and loaded(daemon)["echo"]["disk"] == "same"
    (shop.dir / "echo.manifest").chmod(0o644)
    shop.put("echo", "talk", key=None)
    assert configure()["ok"]
    assert "isn't what was signed" in configure("new")["error"]["message"]


def test_a_key_that_others_may_change_or_that_is_none_is_refused(shop):
    shop.put("echo")
    public = shop.folder / "team.pub"
    for mode, words in ((0o646, f"security.plugin_keys: {public} may be written by everybody"), (0o644, None)):
        public.chmod(mode)
        code, told = shop.check("echo")
        assert (code, told) == (0, "") if words is None else code == 78 and words in told
    for text, words in ((shop.folder / "team.sec").read_text(), "is no public key of minisign's"), ("", "is no public key of minisign's"):
        public.write_text(text)
        code, told = shop.check("echo")
        assert code == 78 and words in told and (not text or text.split()[-1] not in told)
    public.unlink()
    assert "No such file" in shop.check("echo")[1]


def test_of_plugins_that_are_found_only_the_signed_ones_run(textd, shop):
    """And those that came with textd, when only root can have written them."""
    shop.put("echo")
    shop.put("talk", "talk", key=None)
    config = shop.config()
    del config["plugins"]
    daemon = textd(config)
    found = loaded(daemon)
    failed = {name for name, plugin in found.items() if plugin["state"] == "failed"}
    own = BIN.parent / "lib/textd/plugins"
    is_roots = all(p.stat().st_uid == 0 and not p.stat().st_mode & 0o022 for p in (own, *own.rglob("*")))
    assert "talk" in failed and "echo" not in failed and "isn't signed" in found["talk"]["reason"]
    assert ("segmenter" in failed) == (not is_roots)
    assert daemon.client().ask("hello")["ok"]
    shutil.copy(own / "segmenter.so", shop.dir)  # the same file elsewhere is anybody's
    told = daemon.control(op="config.reload")["error"]["message"] if is_roots else "isn't signed"
    assert "isn't signed" in told


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can install")
def test_what_came_with_textd_is_let_in_where_only_root_can_write(shop):
    prefix = shop.folder / "prefix"
    own = prefix / "lib/textd/plugins"
    own.mkdir(parents=True)
    (prefix / "bin").mkdir()
    shutil.copy(BIN / "textd", prefix / "bin")
    shutil.copy(GOOD / "echo.so", own)  # nobody has signed it
    (own / "echo").mkdir()
    (own / "echo/words.txt").write_text("a")
    settings = {"TEXTD_SECURITY_PLUGIN_KEYS": str(shop.folder / "team.pub"), "TEXTD_PLUGIN_LOAD_FOUND": "strict"}

    def check():
        done = subprocess.run([prefix / "bin/textd", "--endpoint", f"ipc://{shop.folder}/s", "--check-config"], capture_output=True, text=True,
                              env=environment(RUNTIME_DIRECTORY=str(shop.folder), **settings), timeout=20 * SLOW)
        return done.returncode, done.stderr

    assert check() == (0, "")
    for path in (own, own / "echo.so", own / "echo", own / "echo/words.txt"):
        mode = path.stat().st_mode
        path.chmod(mode | 0o020)  # of root's group, which textd's is here: good enough without keys
        code, told = check()
        assert code == 78 and re.search(r"plugin echo: (it|its file words.txt) isn't signed", told), told
        path.chmod(mode)
        os.chown(path, 1234, -1)
        code, told = check()
        assert code == 78 and "must belong to root" in told, path
        os.chown(path, 0, -1)
    assert check() == (0, "")

    # What somebody adds to it elsewhere, scripts say, is theirs, though root's: it has a manifest of its own, there.
    added = shop.dir / "echo"
    added.mkdir()
    (added / "more.txt").write_text("b")
    settings["TEXTD_PLUGIN_DIRS"] = str(shop.dir)
    code, told = check()
    assert code == 78 and "its file more.txt isn't signed: there is no echo.manifest in the plugin directories" in told
    well("sign", "--key", shop.folder / "team.sec", f"{added}/")
    assert check() == (0, "") and (shop.dir / "echo.manifest").read_text().split()[1:] == ["echo/more.txt"]
    well("verify", "--key", shop.folder / "team.pub", added)
    (own / "by-name").mkdir()
    os.rename(own / "echo.so", own / "by-name/echo.so")
    settings["TEXTD_CONFIG"] = str(shop.folder / "named.yaml")
    (shop.folder / "named.yaml").write_text("plugins: [{name: echo}]")
    assert check() == (0, "")
    for forge, words in ((lambda: (added / "more.txt").write_text("c"), "echo/more.txt isn't what was signed"),
                         (lambda: (added / "again.txt").write_text("d"), "echo/again.txt isn't in echo.manifest"),
                         (lambda: (added / "words.txt").write_text("before what came with it"), "echo/words.txt isn't in echo.manifest")):
        shutil.rmtree(added)
        added.mkdir()
        (added / "more.txt").write_text("b")
        forge()
        if "words.txt" in words:  # the nearer one counts: of two of a name the first
            (own / "echo/words.txt").unlink()
        code, told = check()
        assert code == 78 and words in told, told
        assert textctl("verify", "--key", shop.folder / "team.pub", added).returncode == 1
    shutil.rmtree(added)
    assert check()[0] == 0
    os.rename(own / "by-name/echo.so", own / "echo.so")
    settings["TEXTD_PLUGIN_DIRS"] = f"{own}/../plugins"  # called otherwise, it is any folder
    assert check()[0] == 78


def test_a_kept_copy_is_signed_as_well_or_not_taken(textd, shop):
    state = shop.folder / "state"
    state.mkdir(mode=0o700)
    config = shop.config("echo", server={"state_dir": str(state)})
    shop.put("echo", resources={"words.txt": "a"})
    daemon = textd(config)
    good = loaded(daemon)["echo"]["hash"]
    wait_for("the copy", (state / "plugins/echo.good").exists)
    daemon.stop()
    spoil_library(shop)
    daemon = textd(config)  # what lies there isn't signed: what served before is
    assert (loaded(daemon)["echo"]["hash"], loaded(daemon)["echo"]["source"]) == (good, "last_good")
    daemon.stop()

    # Somebody who can write the copies puts another there, whole and with all its digests, without the signature.
    unsigned = textd({**config, "security": {}})
    wait_for("the other copy", lambda: loaded(unsigned)["echo"]["hash"] != good and (state / "plugins/echo.before").exists())
    unsigned.stop()
    (shop.dir / "echo.so").unlink()
    shutil.copy(GOOD / "talk.so", shop.dir / "echo.so")
    done = textd(config, wait=False)
    assert done.exit_code() == 78 and "echo.so isn't what was signed" in done.log()
    shutil.copy(BAD / "selftest/selftest.so", shop.dir / "echo.so")  # signed, and a worker can't load it
    shop.sign("echo")
    done = textd(config, wait=False)
    assert done.exit_code() == 78 and done.logged("plugin.copy_failed") and not done.logged("plugin.last_good")


def test_a_file_that_is_swapped_while_it_is_read_never_runs(textd, shop):
    shop.put("echo")
    good = (shop.dir / "echo.so").read_bytes()
    evil = good + b"\0"
    daemon = textd(shop.config("echo"))
    stop = threading.Event()

    def swap():
        turn = 0
        while not stop.is_set():
            fresh = shop.folder / "swap"
            fresh.write_bytes(evil if turn % 2 else good)
            os.rename(fresh, shop.dir / "echo.so")
            turn += 1

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        outcomes = []
        for _ in range(8):
            outcomes.append(daemon.control(op="plugin.reload", plugin="echo")["ok"])
            assert loaded(daemon)["echo"]["hash"] == hashlib.sha256(good).hexdigest()
    finally:
        stop.set()
        thread.join()
    assert daemon.client().ask("still the one that was signed")["ok"]
