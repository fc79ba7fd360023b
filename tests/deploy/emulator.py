"""How does template.yaml become a running stack on this machine?

ministack plays AWS in one process: it runs the release binaries as Lambda would, behind the queues, the schedule
and the HTTP API that the template asks for. It checks no IAM policy; tests/template does.
"""
import json
import os
import pathlib
import platform
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import boto3
from samtranslator.yaml_helper import yaml_parse

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / ".ci"))
import pack

ACCOUNT, REGION, STACK = "111122223333", "eu-west-1", "casebridge"
# ministack does not know these types; nothing in the functions' way depends on them.
UNKNOWN_TYPES = {"AWS::SecretsManager::ResourcePolicy"}


def wait_for(what, check, seconds=30):
    """Asks until `check` answers something true, and answers that."""
    end = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def known(text):
    """A template without what the emulator does not know, nor an alarm that counts with more than one metric."""
    document = yaml_parse(text)
    for name, resource in list(document["Resources"].items()):
        if resource["Type"] in UNKNOWN_TYPES or "Metrics" in resource.get("Properties", {}):
            del document["Resources"][name]
    return json.dumps(document, indent=1)


def host():
    """This machine's architecture, as Lambda calls it."""
    return {"aarch64": "arm64"}.get(platform.machine(), platform.machine())


def released(template, functions, folder):
    """The template that needs no compiler, and beside it the functions for this machine: FOLDER/notify/bootstrap, …"""
    for name in ("notify", "command"):
        pack.pack(pathlib.Path(functions) / name / "bootstrap", pathlib.Path(folder) / f"{name}-{host()}.zip")
    file = pathlib.Path(folder) / "template.json"
    file.write_text(known(pack.template(template, host())))
    return file


class Emulator:
    """A running ministack with the stack in it. `environment` reaches the functions."""

    def __init__(self, log, environment):
        self.log_path = pathlib.Path(log)
        # Between the asking for a port and the listening on it another may take it.
        for _ in range(3):
            self._start(free_port(), environment)
            if wait_for("ministack", lambda: self.process.poll() is not None or self._answers()) and self.process.poll() is None:
                return
        raise RuntimeError(f"ministack ended at once:\n{self.log_path.read_text()[-2000:]}")

    def _start(self, port, environment):
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            **environment,
        }
        serve = {
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_ACCOUNT_ID": ACCOUNT,  # of requests without credentials: the HTTP door
            "MINISTACK_REGION": REGION,
        }
        self.process = subprocess.Popen(
            ["ministack"],
            env={**os.environ, **self.environment, **serve},
            stdout=self.log_path.open("w"),
            stderr=subprocess.STDOUT,
        )

    def _answers(self):
        try:
            return urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2).status == 200
        except OSError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def client(self, service, url=None):
        return boto3.client(
            service,
            endpoint_url=url or self.url,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="emulated",
        )

    def sam(self, *command, cwd=None):
        """What the SAM CLI says, as a person has it, towards this AWS."""
        environment = {**os.environ, **self.environment, "SAM_CLI_TELEMETRY": "0"}
        done = subprocess.run(["sam", *command], env=environment, cwd=cwd, capture_output=True, text=True, timeout=900)
        if done.returncode:
            raise RuntimeError(f"sam {' '.join(command)}: {done.stdout[-6000:]}{done.stderr[-3000:]}")
        return done.stdout

    def deploy(self, template, functions, name=STACK, parameters=()):
        """`sam deploy` with FOLDER/notify/bootstrap and FOLDER/command/bootstrap; answers the stack's outputs and physical ids."""
        with tempfile.TemporaryDirectory() as folder:
            file = released(template, functions, folder)
            given = [f"{key}={value}" for key, value in dict(parameters).items()]
            self.sam("deploy", "--template", str(file), "--stack-name", name, "--capabilities", "CAPABILITY_IAM",
                     "--resolve-s3", "--no-confirm-changeset", *(["--parameter-overrides", *given] if given else []))
        return self.deployed(name)

    def deployed(self, name=STACK):
        """A stack's outputs, and the physical ids of what is in it."""
        stacks = self.client("cloudformation")
        outputs = stacks.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
        resources = stacks.list_stack_resources(StackName=name)["StackResourceSummaries"]
        ids = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources}
        return {o["OutputKey"]: o["OutputValue"] for o in outputs}, ids

    def delete(self, name=STACK):
        self.sam("delete", "--stack-name", name, "--no-prompts")
