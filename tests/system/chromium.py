"""Headless Chromium, by its DevTools protocol over a pair of pipes: no port, no library."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

from conftest import SLOW

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

FLAGS = ["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
         "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-extensions", "--mute-audio"]


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="td-chromium")
        theirs_in, self.to = os.pipe()
        self.back, theirs_out = os.pipe()
        flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else []), f"--user-data-dir={self.profile}"]

        def as_3_and_4():
            a, b = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(a, 3)
            os.dup2(b, 4)
            os.closerange(5, 256)

        self.process = subprocess.Popen([PROGRAM, *flags, "about:blank"], preexec_fn=as_3_and_4, close_fds=False,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.n = 0
        self.bytes = b""
        self.takers = {}  # by session

    def read(self, seconds):
        """The next message, or None."""
        end = time.monotonic() + seconds
        while b"\0" not in self.bytes:
            if not select.select([self.back], [], [], max(0, end - time.monotonic()))[0]:
                return None
            piece = os.read(self.back, 1 << 20)
            assert piece, "Chromium has ended"
            self.bytes += piece
        message, self.bytes = self.bytes.split(b"\0", 1)
        return json.loads(message)

    def send(self, method, session=None, **parameters):
        self.n += 1
        message = {"id": self.n, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        os.write(self.to, json.dumps(message).encode() + b"\0")
        return self.n

    def call(self, method, session=None, **parameters):
        n = self.send(method, session, **parameters)
        while True:
            answer = self.read(20 * SLOW)
            assert answer is not None, f"Chromium doesn't answer {method}"
            if answer.get("id") == n:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            if "method" in answer and answer.get("sessionId") in self.takers:
                self.takers[answer["sessionId"]](answer)

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.to)
        os.close(self.back)
        shutil.rmtree(self.profile, ignore_errors=True)


KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "ArrowDown": 40}


class Page:
    """A tab in a profile of its own, and what went wrong in it."""

    def __init__(self, browser, url, width=1280, height=900, dialogs=None, **media):
        """dialogs: what somebody types into the browser's own dialogs for a password, one after the other. They are counted."""
        self.browser = browser
        self.requests, self.complaints = [], []
        self.dialogs, self.n_dialogs = dialogs, 0
        self.context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.takers[self.session] = self.take
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.do(f"{domain}.enable")
        self.resize(width, height)
        self.media(**{"reduced_motion": "reduce", **media})  # what scrolls can't be clicked at
        if dialogs is not None:
            self.do("Fetch.enable", handleAuthRequests=True)
        self.do("Page.navigate", url=url)
        self.wait("document.readyState == 'complete'")

    def take(self, message):
        method, parameters = message["method"], message["params"]
        if method == "Fetch.requestPaused":
            self.browser.send("Fetch.continueRequest", self.session, requestId=parameters["requestId"])
        elif method == "Fetch.authRequired":
            self.n_dialogs += 1
            typed = self.dialogs.pop(0) if self.dialogs else None
            answer = {"response": "ProvideCredentials", "username": "anybody", "password": typed} if typed else {"response": "CancelAuth"}
            self.browser.send("Fetch.continueWithAuth", self.session, requestId=parameters["requestId"], authChallengeResponse=answer)
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(parameters["exceptionDetails"]["exception"].get("description"))
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(str(parameters["args"]))
        elif method == "Log.entryAdded" and parameters["entry"]["level"] != "verbose":
            self.complaints.append(f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}")

    def do(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def js(self, expression):
        answer = self.do("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, f"{expression}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    def wait(self, expression, seconds=10):
        end = time.monotonic() + seconds * SLOW
        while not (found := self.js(expression)):
            assert time.monotonic() < end, f"waited in vain: {expression}; the page says {self.js('document.body.innerText')[:1500]!r}"
            time.sleep(0.02)
        return found

    def resize(self, width, height):
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def media(self, **features):
        features = [{"name": f"prefers-{name.replace('_', '-')}", "value": value} for name, value in features.items()]
        self.do("Emulation.setEmulatedMedia", features=features)

    def click(self, selector):
        """With the mouse, in the middle of its first line."""
        place = self.js(f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center',"
                        " behavior: 'instant'}); const r = e.getClientRects()[0];"
                        " return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.do("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def type(self, text):
        self.do("Input.insertText", text=text)

    def press(self, key, modifiers=0):
        """modifiers: 2 is Ctrl, 8 is Shift."""
        more = {"text": "\r"} if key == "Enter" and not modifiers else {"text": " "} if key == " " else {}
        event = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": KEYS[key], "modifiers": modifiers}
        self.do("Input.dispatchKeyEvent", type="keyDown", **event, **more)
        self.do("Input.dispatchKeyEvent", type="keyUp", **event)

    def drop(self, selector, path):
        place = self.js(f"(() => {{ const r = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
                        " return [r.x + 20, r.y + 20]; })()")
        data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.do("Input.dispatchDragEvent", type=kind, x=place[0], y=place[1], data=data)

    def screenshot(self, name):
        """Into the folder $TEXTD_SCREENSHOTS, if there is one, to be looked at."""
        folder = os.environ.get("TEXTD_SCREENSHOTS")
        if not folder:
            return
        size = self.do("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 4000), "scale": 1}
        image = self.do("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        with open(os.path.join(folder, f"{name}.png"), "wb") as file:
            file.write(base64.b64decode(image["data"]))

    def close(self):
        self.browser.takers.pop(self.session)
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)
