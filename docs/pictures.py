#!/usr/bin/env python3
"""Makes the pictures of the README from the running app: a demo household, made anew, in a real browser.

    docs/pictures.py [path of the program; target/release/budget unless said]

Needs Chromium and ChromeDriver (Debian: chromium, chromium-driver). The pictures land in docs/pictures.
"""

import base64
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
# Name, address, width and height of the window, scheme.
PICTURES = [
    ("money", "/money", 1280, 1000, "light"),
    ("transactions", "/transactions", 1280, 900, "light"),
    ("buckets", "/setup/buckets", 1280, 800, "dark"),
    ("phone", "/money", 390, 844, "light"),
]
EMAIL = "demo@example.org"
ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def ask(url, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer) if answer.headers.get_content_type() == "application/json" else answer.read()


def wait_for(url, process):
    for _ in range(600):
        if process.poll() is not None:
            sys.exit(f"It ended before it answered at {url}.")
        try:
            return ask(url)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    sys.exit(f"No answer from {url}.")


class Browser:
    """One window of Chromium, by way of ChromeDriver."""

    def __init__(self, driver):
        options = {"args": ARGUMENTS}
        wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}}
        self.session = f"{driver}/session/" + ask(f"{driver}/session", wanted)["value"]["sessionId"]

    def tell(self, path, body):
        return ask(f"{self.session}/{path}", body)["value"]

    def devtools(self, command, **values):
        return self.tell("goog/cdp/execute", {"cmd": command, "params": values})

    def run(self, script):
        return self.tell("execute/sync", {"script": script, "args": []})

    def log_in(self, app, password):
        self.tell("url", {"url": f"{app}/login"})
        self.run(
            f"document.querySelector('#email').value = {json.dumps(EMAIL)};"
            f"document.querySelector('#password').value = {json.dumps(password)};"
            "document.querySelector('main form').submit()"
        )
        for _ in range(100):
            if self.tell("execute/sync", {"script": "return location.pathname", "args": []}) == "/money":
                return
            time.sleep(0.1)
        sys.exit("The demo household could not be entered.")

    def picture(self, url, width, height, scheme):
        self.devtools(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.tell("url", {"url": url})
        time.sleep(0.7)
        shot = self.devtools("Page.captureScreenshot", format="webp", quality=85)
        return base64.b64decode(shot["data"])

    def close(self):
        ask(self.session, method="DELETE")


def main():
    program = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "target/release/budget").resolve()
    if not program.is_file():
        sys.exit(f"{program} is missing. Build it first: cargo build --release")
    with tempfile.TemporaryDirectory() as folder:
        app_port, driver_port = free_port(), free_port()
        settings = {"DATA_DIR": folder, "PORT": str(app_port), "RUST_LOG": "warn", "RATE_LIMIT": "off"}
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **settings}
        app, driver = f"http://127.0.0.1:{app_port}", f"http://127.0.0.1:{driver_port}"
        running = [
            subprocess.Popen([program, "serve"], env=environment, cwd=folder),
            subprocess.Popen(["chromedriver", f"--port={driver_port}"], stdout=subprocess.DEVNULL),
        ]
        try:
            wait_for(f"{app}/readyz", running[0])
            wait_for(f"{driver}/status", running[1])
            seed = [program, "seed", "--transactions", "3000", "--years", "3", "--seed", "7", "--email", EMAIL]
            said = subprocess.run(seed, env=environment, cwd=folder, check=True, capture_output=True, text=True).stdout
            password = re.search(r"[Pp]assword[^:]*:\s*(\S+)", said)
            if not password:
                sys.exit(f"No password in what seed said: {said}")
            browser = Browser(driver)
            browser.log_in(app, password[1])
            (HERE / "pictures").mkdir(exist_ok=True)
            for name, address, width, height, scheme in PICTURES:
                data = browser.picture(app + address, width, height, scheme)
                (HERE / "pictures" / f"{name}.webp").write_bytes(data)
                print(f"docs/pictures/{name}.webp: {len(data) // 1024} KiB")
            browser.close()
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(30)


if __name__ == "__main__":
    main()
