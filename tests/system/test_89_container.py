"""What packaging/ says, held against the daemon: files that can't be run here are read and checked, and what they ask for is
done by hand: a root folder of libraries alone, read-only, as a user who owns nothing and has no rights, as process 1."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

from conftest import BIN, BUILD, ROOT, SLOW, environment, wait_for

PACKAGING = ROOT / "packaging"
MANIFESTS = sorted((PACKAGING / "kubernetes").glob("*.yaml"))
ZERO, RIGHTS = "0000000000000000", ("CapInh", "CapPrm", "CapEff", "CapAmb")


def settings_of(env):
    """What textd would run with: fails at a variable that it doesn't know, or a value that it doesn't take."""
    done = subprocess.run([str(BIN / "textd"), "--print-config"], env=environment(**env), capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(done.stdout)


def seconds(text):
    return {"s": 1, "m": 60}[text[-1]] * int(text[:-1])


# ---- The Containerfile ------------------------------------------------------------------------------------------------


def instructions():
    text = re.sub(r"^\s*#.*\n", "", (PACKAGING / "container/Containerfile").read_text(), flags=re.M).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def all_of(name):
    return [rest for word, rest in instructions() if word == name]


def ignored():
    return [line for line in (ROOT / ".containerignore").read_text().splitlines() if line and not line.startswith("#")]


def test_each_image_of_the_containerfile_is_of_one_release():
    arguments = dict(rest.split("=", 1) for rest in all_of("ARG"))
    stages = set()
    for rest in all_of("FROM"):
        image, *name = rest.split()
        image = re.sub(r"\$\{(\w+)\}", lambda m: arguments[m[1]], image)
        stages.update(name[1:])
        if image == "scratch" or image in stages:
            continue
        assert re.search(r"@sha256:[0-9a-f]{64}$|:\d[\w.-]*$", image), f"{image} says no release"
        assert image.startswith("docker.io/library/debian:12"), "what scripts/install-packages knows is Debian 12"


def test_what_the_containerfile_takes_from_the_tree_is_there_and_not_ignored():
    for rest in all_of("COPY"):
        *sources, _ = [word for word in rest.split() if not word.startswith("--")]
        for source in sources if "--from" not in rest else []:
            assert (ROOT / source).exists(), source
            assert source.split("/")[0] not in ignored(), source
    for script in re.findall(r"(?:^|&& )((?:scripts|packaging)/\S+)", "\n".join(all_of("RUN")), re.M):
        assert os.access(ROOT / script, os.X_OK), script
    for name in ("build", "build-asan", ".git"):
        assert any(Path(name).match(pattern) for pattern in ignored()), f"{name} would go into each build"
    assert (ROOT / ".dockerignore").resolve() == (ROOT / ".containerignore"), "docker reads its own"


def test_each_package_of_the_containerfile_is_one_of_the_trees_own():
    runs = "\n".join(all_of("RUN"))
    known = subprocess.run([ROOT / "scripts/install-packages", "--list", "build"], capture_output=True, text=True).stdout.split()
    named = [word for rest in re.findall(r"apt-get install ([^&\n]*)", runs) for word in rest.split() if not word.startswith("-")]
    assert named and set(named) <= set(known), set(named) - set(known)


def test_the_image_runs_as_a_number_and_is_asked_without_a_shell(image):
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", all_of("USER")[-1]), "Kubernetes can't see that a name isn't root"
    assert all_of("STOPSIGNAL") == ["SIGTERM"]
    assert "/usr/bin" in image.env["PATH"].split(":"), "not every runtime has one of its own for `kubectl exec POD -- textctl status`"
    probe = json.loads(all_of("HEALTHCHECK")[-1].split("CMD", 1)[1])
    assert probe[:3] == ["/usr/bin/textctl", "ping", "--ready"]
    for command in probe, json.loads(all_of("ENTRYPOINT")[-1]):
        assert os.access(image.root / command[0].lstrip("/"), os.X_OK), command


# ---- Manifests --------------------------------------------------------------------------------------------------------

# What may stand where. A name that isn't here is a mistake, or new to us.
PROBE = {"exec": {"command": list}, "httpGet": {"path": str, "port": str}, "periodSeconds": int, "timeoutSeconds": int,
         "failureThreshold": int}
CONTAINER = {
    "name": str, "image": str, "restartPolicy": str, "args": list, "env": [{"name": str, "value": str}], "ports": [{"name": str, "containerPort": int}],
    "startupProbe": PROBE, "readinessProbe": PROBE, "livenessProbe": PROBE,
    "resources": {key: {"cpu": str, "memory": str, "ephemeral-storage": str} for key in ("requests", "limits")},
    "lifecycle": {"preStop": {"sleep": {"seconds": int}}},
    "securityContext": {"allowPrivilegeEscalation": bool, "readOnlyRootFilesystem": bool, "capabilities": {"drop": list}},
    "volumeMounts": [{"name": str, "mountPath": str, "readOnly": bool}],
}
POD = {
    "automountServiceAccountToken": bool, "terminationGracePeriodSeconds": int,
    "securityContext": {"runAsNonRoot": bool, "runAsUser": int, "runAsGroup": int, "fsGroup": int, "seccompProfile": {"type": str}},
    "initContainers": [CONTAINER], "containers": [CONTAINER],
    "volumes": [{"name": str, "emptyDir": {"medium": str, "sizeLimit": str}, "secret": {"secretName": str, "defaultMode": int}}],
}
LABELS = {"app.kubernetes.io/name": str}
METADATA = {"name": str, "labels": LABELS}
SELECTOR = {"matchLabels": LABELS}
KINDS = {
    ("apps/v1", "Deployment"): {"replicas": int, "selector": SELECTOR, "template": {"metadata": {"labels": LABELS}, "spec": POD}},
    ("v1", "Service"): {"selector": LABELS, "ports": [{"name": str, "port": int, "targetPort": str}]},
    ("policy/v1", "PodDisruptionBudget"): {"minAvailable": int, "selector": SELECTOR},
    ("monitoring.coreos.com/v1", "PodMonitor"): {"selector": SELECTOR, "jobLabel": str,
                                                 "podMetricsEndpoints": [{"port": str, "path": str, "interval": str}]},
    ("autoscaling/v2", "HorizontalPodAutoscaler"): {
        "scaleTargetRef": {"apiVersion": str, "kind": str, "name": str}, "minReplicas": int, "maxReplicas": int,
        "metrics": [{"type": str, "external": {"metric": {"name": str}, "target": {"type": str, "averageValue": str}}}],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": int}}},
}
SERVICE = {
    "image": str, "build": {"context": str, "dockerfile": str}, "entrypoint": list, "user": str, "environment": dict, "network_mode": str,
    "read_only": bool, "cap_drop": list, "security_opt": list, "volumes": list, "mem_limit": str, "cpus": int, "pids_limit": int,
    "healthcheck": {"test": list, "interval": str, "timeout": str, "start_period": str}, "ulimits": {"nofile": int}, "stop_grace_period": str, "restart": str, "depends_on": {"textd": {"condition": str}},
}


def check(value, form, where):
    if isinstance(form, dict):
        assert isinstance(value, dict), f"{where} is {value!r}, not a map"
        for key in value:
            assert key in form, f"{where}.{key} is no field of it: {', '.join(form)}"
            check(value[key], form[key], f"{where}.{key}")
    elif isinstance(form, list):
        assert isinstance(value, list) and value, f"{where} is {value!r}, not a list"
        for i, entry in enumerate(value):
            check(entry, form[0], f"{where}[{i}]")
    else:
        assert type(value) is form, f"{where} is {value!r}, not {form.__name__}"


def objects(manifest):
    return list(yaml.safe_load_all(manifest.read_text()))


def pod_of(manifest):
    return next(o["spec"]["template"]["spec"] for o in objects(manifest) if o["kind"] == "Deployment")


def textd_of(pod):
    return next(c for c in [*pod.get("initContainers", []), *pod["containers"]] if c["name"] == "textd")


def env_of(container):
    return {entry["name"]: entry["value"] for entry in container["env"]}


manifests = pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.stem)


@manifests
def test_a_manifest_has_the_fields_that_there_are(manifest):
    for o in objects(manifest):
        form = KINDS[o["apiVersion"], o["kind"]]
        check(o, {"apiVersion": str, "kind": str, "metadata": METADATA, "spec": form}, f"{manifest.name}:{o['kind']}")


def test_a_mistake_in_a_manifest_is_found():
    for path, key, value in (("spec.template.spec", "restartPolice", "Always"), ("spec", "replicas", "1"), ("spec", "template", [])):
        o = objects(MANIFESTS[0])[0]
        place = o
        for name in path.split("."):
            place = place[name]
        place[key] = value
        with pytest.raises(AssertionError, match=key):
            check(o["spec"], KINDS[o["apiVersion"], o["kind"]], "spec")


@manifests
def test_what_a_manifest_names_is_in_it(manifest):
    for o in objects(manifest):
        if o["kind"] == "Deployment":
            labels = o["spec"]["template"]["metadata"]["labels"]
    pod = pod_of(manifest)
    ports = {port["name"] for c in [*pod.get("initContainers", []), *pod["containers"]] for port in c.get("ports", [])}
    volumes = {volume["name"] for volume in pod["volumes"]}
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        assert {mount["name"] for mount in container.get("volumeMounts", [])} <= volumes
        assert re.search(r":\d+\.\d+\.\d+$", container["image"]), "an image without a release is another one tomorrow"
    for o in objects(manifest):
        if o["kind"] == "HorizontalPodAutoscaler":
            assert o["spec"]["scaleTargetRef"]["name"] in [d["metadata"]["name"] for d in objects(manifest) if d["kind"] == "Deployment"]
            continue
        selector = o["spec"]["selector"]
        assert selector.get("matchLabels", selector) == labels
        for port in o["spec"].get("ports", []):
            assert port["targetPort"] in ports
        for endpoint in o["spec"].get("podMetricsEndpoints", []):
            assert endpoint["port"] in ports
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        probe = textd_of(pod)[name]
        assert ("exec" in probe) != ("httpGet" in probe)
        assert "exec" in probe or probe["httpGet"]["port"] in ports


def test_the_pod_monitor_gives_the_job_that_the_alerts_look_for():
    """By itself Prometheus' operator calls it NAMESPACE/NAME."""
    rules = (PACKAGING / "prometheus/textd.rules.yaml").read_text()
    [monitor] = [o for o in objects(PACKAGING / "kubernetes/standalone.yaml") if o["kind"] == "PodMonitor"]
    label = monitor["spec"]["jobLabel"]
    assert set(re.findall(r'\bjob="([^"]+)"', rules)) == {monitor["spec"]["selector"]["matchLabels"][label]}


@manifests
def test_a_manifest_is_restricted_and_lets_textd_finish(manifest):
    """What Kubernetes' restricted profile asks for."""
    pod = pod_of(manifest)
    assert pod["securityContext"]["runAsNonRoot"] is True and pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        security = container["securityContext"]
        assert security == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        assert container["resources"]["limits"]["memory"] and container["resources"]["requests"]
    textd = textd_of(pod)
    assert textd["resources"]["limits"].keys() == textd["resources"]["requests"].keys() == {"cpu", "memory", "ephemeral-storage"}
    if textd in pod.get("initContainers", []):
        assert textd["restartPolicy"] == "Always" and "startupProbe" in textd, "or the pod waits for its end"
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        command = textd[name].get("exec", {}).get("command")
        if command:  # textctl says why it failed, if it isn't killed first
            assert seconds(command[command.index("--timeout") + 1]) < textd[name]["timeoutSeconds"]
            assert ("--ready" in command) == (name != "livenessProbe"), "being busy, or draining, is no reason to be killed"
        else:
            assert textd[name]["httpGet"]["path"] == ("/livez" if name == "livenessProbe" else "/readyz")
    grace = settings_of(env_of(textd))["server"]["shutdown_grace"]
    pause = textd.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    assert pod["terminationGracePeriodSeconds"] > seconds(grace) + pause
    assert pause or all(o["kind"] != "Service" for o in objects(manifest)), "what a Service still sends would be refused"


def test_the_compose_file_is_as_compose_has_it():
    compose = yaml.safe_load((PACKAGING / "compose/compose.yaml").read_text())
    check(compose, {"name": str, "services": {name: SERVICE for name in compose["services"]},
                    "volumes": {name: {"driver_opts": {"type": str, "device": str, "o": str}} for name in compose["volumes"]}}, "compose")
    for service in compose["services"].values():
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]
        assert {volume.split(":")[0] for volume in service["volumes"]} <= set(compose["volumes"])
        assert re.search(r":\d+\.\d+\.\d+$", service["image"])
        settings_of({key: value for key, value in service.get("environment", {}).items()})
    textd = compose["services"]["textd"]
    interval, timeout, start, probe = re.fullmatch(r"--interval=(\S+) --timeout=(\S+) --start-period=(\S+) CMD (.*)",
                                                   all_of("HEALTHCHECK")[-1]).groups()
    assert textd["healthcheck"] == {"test": ["CMD", *json.loads(probe)], "interval": interval, "timeout": timeout, "start_period": start}
    context = (PACKAGING / "compose" / textd["build"]["context"]).resolve()
    assert context == ROOT and (context / textd["build"]["dockerfile"]).is_file()
    assert seconds(textd["stop_grace_period"]) > seconds(settings_of({})["server"]["shutdown_grace"])


def test_the_version_is_the_trees_own():
    version = re.search(r'TEXTD_VERSION "([^"]+)"', (ROOT / "include/textd/version.h").read_text())[1]
    for file in [*MANIFESTS, PACKAGING / "compose/compose.yaml"]:
        for tag in re.findall(r"image: \S*textd:(\S+)", file.read_text()):
            assert tag == version, file


# ---- systemd ----------------------------------------------------------------------------------------------------------


def test_systemd_takes_the_unit(tmp_path):
    """The paths of the programs are the build's, since verify looks whether they are there."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze isn't installed (Debian: systemd)")
    text = (PACKAGING / "systemd/textd.service").read_text()
    unit = tmp_path / "textd.service"
    unit.write_text(text.replace("/usr/sbin/textd", str(BIN / "textd")).replace("/usr/bin/textctl", str(BIN / "textctl")))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and "textd.service" not in done.stderr, done.stderr
    exposed = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15", str(unit)], capture_output=True, text=True, timeout=30)
    assert exposed.returncode == 0, exposed.stdout[-300:]  # 1.5
    grace = settings_of({"TEXTD_CONFIG": str(PACKAGING / "textd.yaml")})["server"]["shutdown_grace"]
    assert int(re.search(r"TimeoutStopSec=(\d+)", text)[1]) > seconds(grace)


def test_the_shipped_configuration_is_right():
    done = subprocess.run([str(BIN / "textd"), "--check-config", "-c", str(PACKAGING / "textd.yaml")], env=environment(),
                          capture_output=True, text=True, timeout=30 * SLOW)
    assert done.returncode == 0 and not done.stderr, done


# ---- What the image holds ---------------------------------------------------------------------------------------------


class Image:
    """The root folder, made as packaging/container/Containerfile makes it, of this build."""

    def __init__(self, folder):
        self.root = folder / "root"
        for command in (["cmake", "--install", str(BUILD), "--prefix", "/usr", "--strip"],
                        [str(PACKAGING / "container/make-root"), str(folder / "tree"), str(self.root)]):
            done = subprocess.run(command, env={**environment(), "DESTDIR": str(folder / "tree")}, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        self.env = dict(pair.split("=", 1) for rest in all_of("ENV") for pair in rest.split())


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    if SLOW != 1:
        pytest.skip("an image is made of a release build")
    return Image(tmp_path_factory.mktemp("image"))


def test_the_image_holds_what_textd_needs_and_nothing_else(image):
    programs = sorted(str(path.relative_to(image.root)) for folder in ("usr/bin", "usr/sbin") for path in (image.root / folder).iterdir())
    assert programs == ["usr/bin/textctl", "usr/sbin/textd"]
    files = [path for path in image.root.rglob("*") if path.is_file() and not path.is_symlink()]
    assert not [path for path in files if path.stat().st_mode & 0o6000], "nothing gives anybody rights"
    assert not [path for path in files if path.stat().st_mode & 0o022], "nothing can be changed by others"
    assert sum(path.stat().st_size for path in files) < 40 << 20
    plugins = {path.stem for path in image.root.rglob("plugins/*.so")}
    assert plugins == {"language", "segmenter", "sentiment", "entities", "summarizer"}
    assert {path.parent.name for path in image.root.rglob("*.model")} == plugins


def test_the_image_tells_scanners_and_lawyers_what_is_in_it(image):
    packages = {path.name for path in (image.root / "var/lib/dpkg/status.d").iterdir()}
    assert {"libc6", "libzmq5", "libuv1"} <= packages
    for name in packages:
        status = (image.root / "var/lib/dpkg/status.d" / name).read_text()
        assert f"Package: {name}\n" in status and "\nVersion: " in status
        assert (image.root / "usr/share/doc" / name / "copyright").stat().st_size > 0
    assert (image.root / "usr/share/doc/textd/copyright").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert (image.root / "usr/share/doc/textd/models.md").read_bytes() == (ROOT / "docs/models.md").read_bytes(), "models have licences of their own"
    for file in (image.root / "usr/share/doc").glob("*/copyright"):  # Debian's name the common licences, and hold not their text
        for path in re.findall(r"/usr/share/common-licenses/[A-Za-z0-9.-]*\w", file.read_text()):
            assert (image.root / path[1:]).is_file(), f"{file} names {path}"


def test_a_tree_without_textd_makes_no_image(tmp_path):
    done = subprocess.run([PACKAGING / "container/make-root", tmp_path, tmp_path / "root"], capture_output=True, text=True)
    assert done.returncode == 64 and "usr/sbin/textd" in done.stderr and not (tmp_path / "root").exists()


# ---- Running it -------------------------------------------------------------------------------------------------------

# As a container's runtime does it: a root that can't be written, /proc, a few devices, and what is mounted into it; then
# process 1 of its own, without rights and without a way to get any.
ENTER = """
set -e
root=$1 mode=$2 user=$3 is_read_only=$4
shift 4
mount --bind "$root" "$root"
if [ -n "$mode" ]; then
    mount -t tmpfs -o "mode=$mode,size=1m,nosuid,nodev,noexec" tmpfs "$root/run/textd"
fi
mount -t tmpfs -o mode=1777,size=1m,nosuid,nodev,noexec tmpfs "$root/tmp"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o mode=0755,size=64k tmpfs "$root/dev"
for name in null zero full random urandom; do
    : >"$root/dev/$name"
    mount --bind "/dev/$name" "$root/dev/$name"
done
if [ -n "$is_read_only" ]; then
    mount -o remount,bind,ro,nosuid,nodev "$root" "$root"
fi
ulimit -c 0
ulimit -n 1024
exec env -i "$@" /usr/bin/setpriv --no-new-privs --inh-caps=-all --ambient-caps=-all \
    /usr/sbin/chroot --userspec="$user" --groups= "$root" /usr/sbin/textd
"""


class Container:
    def __init__(self, image, env, user=(10001, 10001), mode="", is_read_only=True):
        self.root, self.user = image.root, user
        self.env = {**image.env, **env}
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind("\0" + f"textd-test-{os.getpid()}-{id(self)}")
        self.notify.settimeout(10)
        self.log_file = tempfile.TemporaryFile()
        variables = [f"{key}={value}" for key, value in {**self.env, "NOTIFY_SOCKET": f"@textd-test-{os.getpid()}-{id(self)}"}.items()]
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "/bin/sh", "-c", ENTER, "sh", str(image.root), mode,
             f"{user[0]}:{user[1]}", "yes" if is_read_only else "", *variables],
            stdin=subprocess.DEVNULL, stdout=self.log_file, stderr=self.log_file)

    @property
    def pid(self):
        """Of process 1, as seen from outside; None before there is one."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else None

    def log(self):
        self.log_file.seek(0)
        return self.log_file.read().decode(errors="replace")

    def told(self, wanted):
        """Waits for a datagram to the service manager that begins so."""
        while True:
            try:
                text = self.notify.recv(4096).decode()
            except TimeoutError:
                pytest.fail(f"it didn't tell {wanted}; its log:\n{self.log()[-3000:]}")
            if text.startswith(wanted):
                return text

    def exec(self, *command, **more):
        """As `kubectl exec` and an exec probe do it."""
        user = ["--setuid", str(self.user[0]), "--setgid", str(self.user[1])]
        return subprocess.run(["/usr/bin/nsenter", "--target", str(self.pid), "--mount", "--pid", "--root", "--wd=/", *user, "--", *command],
                              env=self.env, capture_output=True, text=True, timeout=20, **more)

    def tree(self):
        """The host's numbers of all processes in it."""
        found, line = [], [self.pid]
        for pid in line:
            with contextlib.suppress(OSError):  # gone meanwhile
                line += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
                found.append(pid)
        return found

    def stop(self):
        os.kill(self.pid, signal.SIGTERM)
        return self.process.wait(10)

    def end(self):
        if self.process.poll() is None:
            if self.pid:
                os.kill(self.pid, signal.SIGKILL)  # and with process 1 all others
            else:
                self.process.kill()
        self.process.wait()
        self.notify.close()
        self.log_file.close()


def may_mount():
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
                                                capture_output=True).returncode == 0


@pytest.fixture
def container(image):
    if not may_mount():
        pytest.skip("needs root, and the right to mount and to make namespaces")
    made = []

    def start(env=None, **more):
        made.append(Container(image, {"TEXTD_WORKERS_COUNT": "2", "TEXTD_HTTP_LISTEN": "127.0.0.1:*", **(env or {}),
                                      "TEXTD_ENDPOINTS": "ipc:///run/textd/textd.sock tcp://127.0.0.1:*"}, **more))
        return made[-1]

    yield start
    for one in made:
        one.end()


def manifest_env(name):
    env = env_of(textd_of(pod_of(PACKAGING / f"kubernetes/{name}.yaml")))
    return {key: re.sub(r"^0\.0\.0\.0:\d+$", "127.0.0.1:*", value) for key, value in env.items()}


# How a volume or a tmpfs looks from inside.
WAYS = {
    "an emptyDir of Kubernetes": dict(mode="0777", env={"TEXTD_SERVER_SHARED_FOLDER": "true"}),
    "an emptyDir with fsGroup": dict(mode="2777", env={"TEXTD_SERVER_SHARED_FOLDER": "true"}),
    "a tmpfs of docker or podman, any user": dict(mode="1777", user=(1000680000, 0)),
    "nothing mounted, nothing read-only": dict(is_read_only=False),
}


@pytest.mark.parametrize("way", WAYS)
def test_it_serves_as_a_container_and_ends_with_0(container, way):
    c = container(**WAYS[way])
    assert "generation 1" in c.told("READY=1")
    status = Path(f"/proc/{c.pid}/status").read_text()
    assert all(re.search(rf"{name}:\t{ZERO}", status) for name in RIGHTS) and re.search(r"NoNewPrivs:\t1", status), status
    assert re.search(rf"Uid:\t{c.user[0]}\t", status) and re.search(r"NSpid:\t\d+\t1\n", status), status
    probe = c.exec("/usr/bin/textctl", "ping", "--ready", "--timeout", "2s")
    assert probe.returncode == 0, probe
    done = c.exec("/usr/bin/textctl", "annotate", "--json", "-", input="Acme Corp. paid $3 million. Great news!")
    assert done.returncode == 0 and json.loads(done.stdout)["results"]["entities"]["entities"], done
    assert c.exec("textctl", "status").returncode == 0, "`kubectl exec POD -- textctl status`"
    written = sorted(path.name for path in Path(f"/proc/{c.pid}/root/run/textd").iterdir())
    assert [name for name in written if not name.endswith(".lock")] == ["control.sock", "events.sock", "textd.sock"], written
    assert not list(Path(f"/proc/{c.pid}/root/tmp").iterdir())
    assert c.stop() == 0, c.log()
    assert "event=server.stopped" in c.log(), c.log()
    c.told("STOPPING=1")


def test_a_volume_that_all_may_write_is_not_used_unless_that_is_said(container):
    c = container(mode="0777")
    assert c.process.wait(10) == 77 and "may be written by others" in c.log()


def test_deaths_are_mended_where_nothing_can_be_written(container):
    """Workers take plugins from memory, and the supervisor is started from /proc/self/exe: neither needs the file system."""
    c = container(mode="1777")
    c.told("READY=1")
    parent, supervisor, *workers = c.tree()
    for victim in workers[0], supervisor:
        before = set(c.tree())
        os.kill(victim, signal.SIGKILL)
        wait_for("another in its place", lambda: victim not in c.tree() and len(c.tree()) == 4)
        wait_for("it to be ready", lambda: c.exec("/usr/bin/textctl", "ping", "--ready").returncode == 0)
        assert c.tree()[0] == parent and set(c.tree()) != before
    assert c.exec("/usr/bin/textctl", "annotate", "--json", "-", input="Great news!").returncode == 0
    assert c.stop() == 0


def test_as_process_1_it_buries_what_is_left_to_it(container):
    """As an exec probe that was killed leaves its child: there is no other init."""
    c = container(mode="1777")
    c.told("READY=1")
    before = c.tree()
    subprocess.run(["/usr/bin/nsenter", "--target", str(c.pid), "--pid", "--", "/bin/sh", "-c", "sleep 0.3 & exit 0"],
                   stdin=subprocess.DEVNULL, check=True, timeout=20)
    assert len(c.tree()) == len(before) + 1, "the orphan isn't process 1's"
    wait_for("the orphan to be buried", lambda: c.tree() == before)
    assert c.exec("/usr/bin/textctl", "ping", "--ready").returncode == 0
    assert c.stop() == 0, c.log()


def test_the_probe_tells_not_ready_from_dead(container):
    """A draining textd is out of the service and isn't killed for it."""
    c = container(mode="1777")
    c.told("READY=1")
    assert c.exec("/usr/bin/textctl", "drain").returncode == 0
    ready, alive = c.exec("/usr/bin/textctl", "ping", "--ready", "--timeout", "1s"), c.exec("/usr/bin/textctl", "ping", "--timeout", "1s")
    assert ready.returncode == 69 and "takes no documents" in ready.stderr and alive.returncode == 0
    os.kill(c.tree()[1], signal.SIGSTOP)  # a supervisor that hangs answers nobody
    begin = time.monotonic()
    hung = c.exec("/usr/bin/textctl", "ping", "--timeout", "300ms")
    assert hung.returncode == 69 and time.monotonic() - begin < 2
    os.kill(c.tree()[1], signal.SIGCONT)
    assert c.stop() == 0


def test_clients_that_take_all_connections_fail_readiness_and_not_liveness(container):
    """A textd that is killed for its load would be none for the others either."""
    c = container(mode="0777", env=manifest_env("sidecar"))
    c.told("READY=1")
    probes = textd_of(pod_of(PACKAGING / "kubernetes/sidecar.yaml"))
    ready, alive = ([*probes[f"{name}Probe"]["exec"]["command"][:-1], "300ms"] for name in ("readiness", "liveness"))
    assert c.exec(*ready).returncode == 0
    with contextlib.ExitStack() as stack:
        for _ in range(1024):  # as many as it may have descriptors
            client = stack.enter_context(socket.socket(socket.AF_UNIX))
            client.connect(f"/proc/{c.pid}/root/run/textd/textd.sock")
        wait_for("nobody to get in", lambda: c.exec(*ready).returncode == 69)
        assert c.exec(*alive).returncode == 0
        assert c.stop() == 0


def test_another_container_of_the_pod_is_served_over_the_shared_folder(container):
    """The same user, another root: here the machine's own, with the folder that both have mounted."""
    # The way to that folder is textd's own /proc/PID/root here, which it shows to its user only with the sandbox off.
    c = container(mode="0777", env={"TEXTD_SERVER_SHARED_FOLDER": "true", "TEXTD_SECURITY_SANDBOX": "off"})
    c.told("READY=1")
    shared = f"/proc/{c.pid}/root/run/textd/textd.sock"

    def ask(user):
        return subprocess.run([BIN / "textctl", "ping", "--ready", "--timeout", "500ms"], capture_output=True, text=True, timeout=20, cwd="/",
                              user=user, group=user, extra_groups=[], env=environment(TEXTD_ENDPOINT=f"ipc://{shared}"))

    assert ask(10001).returncode == 0
    assert ask(10002).returncode == 69, "a socket on a path is for its owner"


def test_what_a_service_called_textd_adds_to_the_variables_is_no_mistake(container):
    service = {"HOST": "10.0.0.1", "PORT": "7412", "PORT_HTTP": "7412"}
    port = {"": "tcp://10.0.0.1:7412", "_7412_TCP": "tcp://10.0.0.1:7412", "_7412_TCP_PROTO": "tcp", "_7412_TCP_PORT": "7412",
            "_7412_TCP_ADDR": "10.0.0.1"}
    c = container(mode="1777", env={**{f"TEXTD_SERVICE_{key}": value for key, value in service.items()},
                                    **{f"TEXTD_PORT{key}": value for key, value in port.items()}})
    c.told("READY=1")
    assert c.stop() == 0


def get(container, listener, path, **headers):
    """(status, body); the network is the machine's, as the pod's is for the kubelet."""
    address = re.search(rf"\b{listener}[=\":]+(127\.0\.0\.1:\d+)", container.log())[1]
    try:
        with urllib.request.urlopen(urllib.request.Request(f"http://{address}{path}", headers=headers), timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_http_probes_answer_as_the_manifest_asks(container):
    c = container(mode="0777", env=manifest_env("sidecar-http"))
    c.told("READY=1")
    textd = textd_of(pod_of(PACKAGING / "kubernetes/sidecar-http.yaml"))
    probes = {name: textd[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
    for path in [*probes.values(), "/metrics"]:
        assert get(c, "probes", path)[0] == 200, path
    assert get(c, "probes", "/debug/state")[0] == 404, "the probes' listener has nothing that needs a token"
    assert c.exec("/usr/bin/textctl", "drain").returncode == 0
    assert get(c, "probes", probes["readiness"])[0] == 503 and get(c, "probes", probes["liveness"])[0] == 200
    assert c.stop() == 0


def test_a_secret_of_kubernetes_is_a_token(image, container):
    """With fsGroup a secret's file is root's, and its group's to read: a container that isn't root can't have it otherwise."""
    env = manifest_env("standalone")
    token = image.root / env["TEXTD_HTTP_TOKEN_FILE"].lstrip("/")
    token.parent.mkdir()
    token.write_text("a-token-of-some-length\n")
    os.chown(token, 0, 10001)
    token.chmod(0o440)
    c = container(mode="0777", env={**env, "TEXTD_HTTP_LISTEN": "127.0.0.1:*"})
    c.told("READY=1")
    assert get(c, "http", "/debug/state", Host="textd")[0] == 401
    assert get(c, "http", "/debug/state", Host="textd", Authorization="Bearer a-token-of-some-length")[0] == 200
    assert get(c, "http", "/debug/state", Host="elsewhere", Authorization="Bearer a-token-of-some-length")[0] == 421
    assert c.stop() == 0


def test_idle_it_takes_less_than_the_manifests_ask_for(container):
    c = container(mode="1777")
    c.told("READY=1")
    shares = [int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1]) for pid in c.tree()]
    for manifest in MANIFESTS:
        asked = textd_of(pod_of(manifest))["resources"]["requests"]["memory"]
        assert asked.endswith("Mi") and sum(shares) < int(asked[:-2]) * 1024, shares
