"""What does CloudFormation make of template.yaml?

    transform.py TEMPLATE      prints the template after the SAM transform, as JSON
"""
import json
import os
import pathlib
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

REGION = "eu-west-1"


class NoManagedPolicies:
    """The template names none."""

    def load(self):
        return {}


def transformed(template):
    """The template after the SAM transform. Each function's code is expected at s3://code/BINARY.zip."""
    document = yaml_parse(pathlib.Path(template).read_text())
    document["Globals"]["Function"].pop("CodeUri")
    for resource in document["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            name = resource["Metadata"]["BuildProperties"]["Binary"]
            resource["Properties"]["CodeUri"] = f"s3://code/{name}.zip"
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    return transform(document, {"AWS::Region": REGION}, NoManagedPolicies())


if __name__ == "__main__":
    json.dump(transformed(sys.argv[1]), sys.stdout, indent=1)
