"""How does template.yaml become a running stack on this machine?

ministack plays AWS in one process: it runs the release binaries as Lambda would, behind the queues, the schedule
and the HTTP API that the template asks for. It checks no IAM policy; tests/template does.
"""
import io
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile

import boto3

from transform import transformed

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


def zipped(bootstrap):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, pathlib.Path(bootstrap).read_bytes())
    return memory.getvalue()


class Emulator:
    """A running ministack with the stack in it. `environment` reaches the functions."""

    def __init__(self, log, environment):
        port = free_port()
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
        self.log_path = pathlib.Path(log)
        self.process = subprocess.Popen(
            [str(pathlib.Path(sys.executable).parent / "ministack")],
            env={**os.environ, **self.environment, **serve},
            stdout=self.log_path.open("w"),
            stderr=subprocess.STDOUT,
        )
        wait_for("ministack", self._answers)

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"ministack ended at once:\n{self.log_path.read_text()[-2000:]}")
        try:
            return urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2).status == 200
        except OSError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="emulated",
        )

    def deploy(self, template, binaries, name=STACK, parameters=()):
        """Creates a stack with FOLDER/notify/bootstrap and FOLDER/command/bootstrap; answers its outputs and physical ids."""
        document = transformed(template)
        for resource_name, resource in list(document["Resources"].items()):
            # An alarm that counts with more than one metric it does not know either.
            if resource["Type"] in UNKNOWN_TYPES or "Metrics" in resource.get("Properties", {}):
                del document["Resources"][resource_name]
        store = self.client("s3")
        if not store.list_buckets()["Buckets"]:
            store.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
        for binary in ("notify", "command"):
            bootstrap = pathlib.Path(binaries) / binary / "bootstrap"
            store.put_object(Bucket="code", Key=f"{binary}.zip", Body=zipped(bootstrap))
        stacks = self.client("cloudformation")
        stacks.create_stack(
            StackName=name,
            TemplateBody=json.dumps(document),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in dict(parameters).items()],
            Capabilities=["CAPABILITY_IAM"],
        )

        def created():
            stack = stacks.describe_stacks(StackName=name)["Stacks"][0]
            if stack["StackStatus"] == "CREATE_IN_PROGRESS":
                return None
            if stack["StackStatus"] != "CREATE_COMPLETE":
                events = stacks.describe_stack_events(StackName=name)["StackEvents"]
                why = [e.get("ResourceStatusReason") for e in events if e["ResourceStatus"].endswith("FAILED")]
                raise RuntimeError(f"{stack['StackStatus']}: {why}")
            return stack

        outputs = {o["OutputKey"]: o["OutputValue"] for o in wait_for("the stack", created)["Outputs"]}
        resources = stacks.list_stack_resources(StackName=name)["StackResourceSummaries"]
        return outputs, {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources}
