"""Debian's packages of build/packages, in a root folder of their own that begins as a bare Debian 12: installed, started as the
unit says, used by a member of the group, upgraded while documents are sent, removed, purged. Needs root: `make deb-test`."""

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "build/packages"
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
OURS = "textd", "textd-models-en", "libtextd0", "python3-textd"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="makes a root folder: needs root")


class Machine:
    """The root folder. No systemd runs in it: what that would do with the unit is done here."""

    def __init__(self, folder):
        self.root = folder / "root"
        self.daemon = None
        done = subprocess.run(["mmdebstrap", "--variant=apt", "--quiet", "bookworm", str(self.root)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        shutil.copytree(PACKAGES, self.root / "packages")
        subprocess.run(["mount", "-t", "proc", "proc", str(self.root / "proc")], check=True)

    def run(self, *command, check=True, user=None, groups=()):
        who = [f"--userspec={user}", f"--groups={','.join(groups)}"] if user else []
        done = subprocess.run(["chroot", *who, str(self.root), *map(str, command)], capture_output=True, text=True, timeout=600,
                              env={"PATH": PATH, "DEBIAN_FRONTEND": "noninteractive", "LANG": "C.UTF-8"})
        assert not check or done.returncode == 0, (command, done.stdout[-3000:], done.stderr[-3000:])
        return done

    def unit(self):
        text = (self.root / "lib/systemd/system/textd.service").read_text()
        return dict(re.findall(r"^(\w+)=(.+)$", text, re.M))

    def start(self):
        """As Type=notify: returns when it says that it is ready."""
        unit = self.unit()
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        place = self.root / "run/notify"
        place.unlink(missing_ok=True)
        notify.bind(str(place))
        os.chmod(place, 0o777)
        notify.settimeout(30)
        for folder, mode in ("run/textd", unit["RuntimeDirectoryMode"]), ("var/lib/textd", unit["StateDirectoryMode"]):
            (self.root / folder).mkdir(exist_ok=True)
            self.run("chown", f"{unit['User']}:{unit['Group']}", f"/{folder}")
            os.chmod(self.root / folder, int(mode, 8))
        key, value = unit["Environment"].split("=")
        with open(self.root / "log", "a", encoding="utf-8") as log:
            self.daemon = subprocess.Popen(
                ["chroot", f"--userspec={unit['User']}:{unit['Group']}", str(self.root), *unit["ExecStart"].split()], stderr=log,
                env={"PATH": PATH, "NOTIFY_SOCKET": "/run/notify", "RUNTIME_DIRECTORY": "/run/textd",
                     "STATE_DIRECTORY": "/var/lib/textd", key: value})
        while b"READY=1" not in notify.recv(4096):
            pass

    def stop(self):
        self.daemon.send_signal(signal.SIGTERM)
        assert self.daemon.wait(40) == 0
        self.daemon = None

    def close(self):
        if self.daemon:
            self.daemon.kill()
            self.daemon.wait()
        subprocess.run(["umount", str(self.root / "proc")], check=True)


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    machine = Machine(tmp_path_factory.mktemp("machine"))
    yield machine
    machine.close()


def size(machine):
    return int(machine.run("du", "-sxm", "--exclude=/packages", "--exclude=/proc", "--exclude=/var/cache", "--exclude=/var/lib/apt", "/").stdout.split()[0])


def test_it_is_installed_and_annotates_as_its_own_user(machine):
    before = size(machine)
    machine.run("apt-get", "update", "-qq")
    begun = time.monotonic()
    machine.run("apt-get", "install", "-qq", "-y", "--no-install-recommends",
                *(f"/packages/{path.name}" for name in OURS for path in PACKAGES.glob(f"{name}_*.deb")))
    machine.run("id", "textd")
    wanted = machine.root / "etc/systemd/system/multi-user.target.wants/textd.service"
    assert wanted.is_symlink(), "the unit is enabled"
    machine.start()
    machine.run("useradd", "reader")
    machine.run("sh", "-c", "echo 'Siemens said on Monday that it would raise prices.' > /tmp/text && chmod 644 /tmp/text")
    done = machine.run("textctl", "annotate", "--json", "--endpoint", "ipc:///run/textd/textd.sock", "/tmp/text",
                       user="reader:reader", groups=["textd"])
    assert '"ok":true' in done.stdout and '"entities":' in done.stdout, done.stdout
    print(f"\nfrom a bare Debian root to the first annotation: {time.monotonic() - begun:.0f} s, {size(machine) - before} MiB more")


def test_who_is_not_in_the_group_gets_no_answer(machine):
    ping = "textctl", "ping", "--endpoint", "ipc:///run/textd/textd.sock", "--timeout", "2s"
    assert machine.run(*ping, user="reader:reader", groups=["textd"]).returncode == 0
    assert machine.run(*ping, check=False, user="reader:reader", groups=["reader"]).returncode != 0
    asked = "textctl", "status", "--control", "ipc:///run/textd/control.sock"
    assert machine.run(*asked, check=False, user="reader:reader", groups=["textd"]).returncode != 0, "that is the operator's"
    assert machine.run("textctl", "status").returncode == 0


def test_python_manual_and_licences_are_there(machine):
    program = "import textd; print(textd.Client('ipc:///run/textd/textd.sock').annotate('One. Two.').sentences.__len__())"
    assert machine.run("python3", "-c", program).stdout.strip() == "2"
    for page in "man8/textd.8.gz", "man1/textctl-annotate.1.gz", "man5/textd.yaml.5.gz", "man7/textd-protocol.7.gz":
        assert (machine.root / "usr/share/man" / page).exists(), page
    done = machine.run("sh", "-c", "zcat -f /usr/share/doc/textd-models-en/models.md*")
    for model in (machine.root / "usr/share/textd/models").rglob("*.model"):
        assert model.name in done.stdout or re.match(r"segmenter-\w\w\.model", model.name), model


def test_what_authors_of_plugins_and_scripts_need_is_there(machine):
    machine.run("apt-get", "install", "-qq", "-y", "--no-install-recommends", f"/packages/{next(PACKAGES.glob('libtextd-dev_*.deb')).name}")
    for language in "c", "c++", "rust":
        machine.run("textctl", "plugin", "new", "mine", "--lang", language, "--dir", f"/tmp/{language}")
        assert (machine.root / f"tmp/{language}/words.txt").exists(), language
    share = machine.root / "usr/share"
    for place in "textd/examples/redact/CMakeLists.txt", "textd/examples/topics/train.c", "bash-completion/completions/textctl", \
            "zsh/vendor-completions/_textctl", "fish/vendor_completions.d/textctl.fish", "man/man1/textctl-plugin-check.1.gz", \
            "man/man7/textd-plugin.7.gz", "doc/textd/examples/router.lua", "doc/textd/lua.md":
        assert (share / place).exists(), place
    said = (machine.root / "lib/systemd/system/textd.service").read_text()
    document = re.search(r"^Documentation=file://(.*)$", said, re.M)[1]
    assert (machine.root / document.lstrip("/")).exists(), "what the unit names"
    # A script, from the folder where the documents say that there are some, to the daemon that runs.
    folder = next((machine.root / "usr/lib").glob("*/textd/plugins")) / "lua"
    shutil.copytree(share / "doc/textd/examples", folder)
    done = machine.run("textctl", "plugin", "check", "--quick", "lua", "--set", "script=shouting.lua")
    assert done.stdout.endswith("clean\n"), done.stdout
    machine.run("textctl", "plugin", "load", "shouting", "--file", "lua")
    machine.run("sh", "-c", "echo 'WHY do they SHOUT?' > /tmp/text")
    assert '"shouting":' in machine.run("textctl", "annotate", "--plugins", "shouting", "--json", "-e", "ipc:///run/textd/textd.sock", "/tmp/text").stdout
    machine.run("textctl", "plugin", "unload", "shouting")
    shutil.rmtree(folder)


def test_an_upgrade_under_load_loses_nothing(machine, tmp_path):
    """The packages once more, as a newer version; its stop and start, which systemd would do, are done here."""
    newer = tmp_path / "newer"
    subprocess.run(["dpkg-deb", "-R", next(PACKAGES.glob("textd_*.deb")), newer], check=True, capture_output=True)
    control = (newer / "DEBIAN/control").read_text()
    (newer / "DEBIAN/control").write_text(re.sub(r"^(Version: .*)-1$", r"\1-2", control, flags=re.M))
    subprocess.run(["dpkg-deb", "-b", newer, machine.root / "packages/newer.deb"], check=True, capture_output=True)
    done = tmp_path / "out.jsonl"
    with open(done, "w", encoding="utf-8") as out:
        sending = subprocess.Popen(["chroot", str(machine.root), "textctl", "pipe"], env={"PATH": PATH}, stdin=subprocess.PIPE, stdout=out,
                                   stderr=subprocess.PIPE, text=True)
    sent, is_over = [], threading.Event()

    def send():  # it reads no faster than it has answers: however long the installation takes, it is under load
        while not is_over.is_set():
            sending.stdin.write(f'{{"id": {len(sent)}, "text": "Document {len(sent)} is about Siemens. It is good."}}\n')
            sent.append(len(sent))
        sending.stdin.close()

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    while done.stat().st_size < 100000:
        assert sending.poll() is None, sending.stderr.read()
        time.sleep(0.01)
    machine.run("apt-get", "install", "-qq", "-y", "/packages/newer.deb")
    assert machine.run("dpkg-query", "-W", "-f", "${Version}", "textd").stdout.endswith("-2")
    assert sending.poll() is None, sending.stderr.read()
    machine.stop()
    machine.start()
    there = done.stat().st_size
    while done.stat().st_size == there:
        assert sending.poll() is None, sending.stderr.read()
        time.sleep(0.01)
    is_over.set()
    sender.join()
    assert sending.wait(300) == 0, sending.stderr.read()
    ids = [int(re.search(r'"id":(\d+)', line)[1]) for line in done.read_text().splitlines()]
    assert sorted(ids) == sent, "each once"


def test_what_an_operator_wrote_stays_until_it_is_purged(machine):
    machine.stop()
    config = machine.root / "etc/textd/textd.yaml"
    config.write_text(config.read_text() + "\n# ours\n")
    machine.run("apt-get", "remove", "-qq", "-y", "textd")
    assert config.exists() and not (machine.root / "usr/sbin/textd").exists()
    machine.run("apt-get", "purge", "-qq", "-y", *OURS, "libtextd-dev")
    shutil.rmtree(machine.root / "run/textd")  # systemd removes it when the service ends
    left = [path for place in ("etc", "usr", "var/lib", "run") for path in (machine.root / place).rglob("*textd*")
            if "var/lib/apt" not in str(path)]
    assert not left, left
