"""Do real clients, as their packages come, work against `casebridge standins` over what they and we share?"""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from jira import JIRA, JIRAError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier


def aws(known):
    client = boto3.client(
        "security-ir",
        endpoint_url=known["sir"],
        region_name="eu-west-1",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="example",
        config=Config(retries={"max_attempts": 1}),
    )
    made = client.create_case(
        resolverType="Self",
        title="A laptop was stolen",
        description="It was in a train.",
        engagementType="Security Incident",
        reportedIncidentStartDate=1_790_000_000,
        impactedAccounts=["111122223333"],
        watchers=[{"email": "ana@example.com"}],
    )["caseId"]
    comment = client.create_case_comment(caseId=made, body="We call the railway.")["commentId"]
    client.update_case_comment(caseId=made, commentId=comment, body="We called the railway.")
    client.update_case_status(caseId=made, caseStatus="Detection and Analysis")
    case = client.get_case(caseId=made)
    assert case["title"] == "A laptop was stolen" and case["caseStatus"] == "Detection and Analysis", case
    said = [item["body"] for page in client.get_paginator("list_comments").paginate(caseId=made) for item in page["items"]]
    assert said == ["We called the railway."], said
    assert made in [item["caseId"] for page in client.get_paginator("list_cases").paginate() for item in page["items"]]
    assert client.list_memberships()["items"], "there is a membership"
    client.close_case(caseId=made)
    refused(ClientError, lambda: client.create_case_comment(caseId=made, body="more"), "ConflictException")
    refused(ClientError, lambda: client.get_case(caseId="0000000009"), "ResourceNotFoundException")


def slack(known):
    client = WebClient(token=known["secret"]["slack_bot_token"], base_url=known["slack"] + "/api/")
    assert client.auth_test()["ok"]
    channel = client.conversations_list(types="public_channel")["channels"][0]["id"]
    card = client.chat_postMessage(channel=channel, text="A case", blocks=[{"type": "header", "text": {"type": "plain_text", "text": "A case"}}])
    client.chat_postMessage(channel=channel, thread_ts=card["ts"], text="A reply")
    client.chat_update(channel=channel, ts=card["ts"], text="The case")
    thread = client.conversations_replies(channel=channel, ts=card["ts"])["messages"]
    assert [message["text"] for message in thread] == ["The case", "A reply"], thread
    assert client.users_info(user="U024BE7LH")["user"]["profile"]["email"] == "ana@example.com"
    refused(SlackApiError, lambda: client.chat_postMessage(channel="C0NOTHING0", text="x"), "channel_not_found")
    refused(SlackApiError, lambda: client.chat_postMessage(channel=channel, blocks=[{"type": "header"}], text="x"), "invalid_blocks")
    refused(SlackApiError, lambda: client.api_call("admin.teams.list"), "unknown_method")
    refused(SlackApiError, lambda: WebClient(token="xoxb-other", base_url=known["slack"] + "/api/").auth_test(), "invalid_auth")
    # What a person does comes signed, as Slack's own verifier reads it.
    sent = post(known["slack"] + "/_control/commands", {"user": "U024BE7LH", "channel": channel, "command": "/sir", "text": "list"})
    assert SignatureVerifier(known["slack_signing_secret"]).is_valid_request(sent["body"], {k.lower(): v for k, v in sent["headers"].items()})


def jira(known):
    secret = known["secret"]
    client = JIRA(
        server=known["jira"],
        basic_auth=(secret["jira_email"], secret["jira_api_token"]),
        options={"rest_api_version": "3", "check_update": False},
        get_server_info=False,
        max_retries=0,
    )
    assert client.myself()["accountId"]
    text = lambda words: {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": words}]}]}
    issue = client.create_issue(project={"key": "SEC"}, issuetype={"name": "Task"}, summary="A case", description=text("It was in a train."))
    client.add_comment(issue.key, text("We call the railway."))
    assert len(client.comments(issue.key)) == 1
    moves = {move["to"]["name"]: move["id"] for move in client.transitions(issue.key)}
    client.transition_issue(issue.key, moves["In Progress"])
    assert client.issue(issue.key).fields.status.name == "In Progress"
    issue.update(fields={"summary": "The case"})
    assert client.issue(issue.key).fields.summary == "The case"
    refused(JIRAError, lambda: client.issue("SEC-999"), "404")
    refused(JIRAError, lambda: client.create_issue(project={"key": "SEC"}, issuetype={"name": "Task"}), "400")
    refused(JIRAError, lambda: client.dashboards(), "404")


def refused(kind, work, why):
    try:
        work()
    except kind as error:
        text = error.response["error"] if isinstance(error, SlackApiError) else str(error)
        assert why in text, f"refused as {text!r}, not as {why}"
        return
    raise AssertionError(f"nothing was refused as {why}")


def post(url, body):
    from urllib.request import Request, urlopen

    with urlopen(Request(url, json.dumps(body).encode(), {"content-type": "application/json"})) as answer:
        return json.load(answer)


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        known = json.load(file)
    for client in (aws, slack, jira):
        client(known)
        print("ok ", client.__name__)
