"""Do real clients, as their packages come, work against `casebridge standins` over what they and we share?"""
import io
import json
import re
import sys
from pathlib import Path
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from jira import JIRA, JIRAError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

ANA = "U024BE7LH"


def aws(known):
    client = aws_client("security-ir", known["sir"])
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
    client.update_case(caseId=made, title="A phone was stolen")
    case = client.get_case(caseId=made)
    assert case["title"] == "A phone was stolen" and case["caseStatus"] == "Detection and Analysis", case
    said = [item["body"] for page in client.get_paginator("list_comments").paginate(caseId=made) for item in page["items"]]
    assert said == ["We called the railway."], said
    assert made in [item["caseId"] for page in client.get_paginator("list_cases").paginate() for item in page["items"]]
    assert client.list_case_edits(caseId=made)["items"]

    # A file goes up, is scanned, and comes down, by the links that S3 would give.
    bytes_ = b"coach 7, seat 12"
    link = client.get_case_attachment_upload_url(caseId=made, fileName="ticket.txt", contentLength=len(bytes_))["attachmentPresignedUrl"]
    http("PUT", link, bytes_)
    file = client.get_case(caseId=made)["caseAttachments"][0]
    if file["attachmentStatus"] != "Verified":
        http("PUT", f"{known['sir']}/_control/cases/{made}/attachments/{file['attachmentId']}", {"attachmentStatus": "Verified"})
    link = client.get_case_attachment_download_url(caseId=made, attachmentId=file["attachmentId"])["attachmentPresignedUrl"]
    assert http("GET", link) == bytes_

    arn = case["caseArn"]
    client.tag_resource(resourceArn=arn, tags={"team": "trains"})
    assert client.list_tags_for_resource(resourceArn=arn)["tags"]["team"] == "trains"
    client.untag_resource(resourceArn=arn, tagKeys=["team"])
    client.update_resolver_type(caseId=made, resolverType="AWS")
    looked = {"title": "Sign-ins", "content": "None.", "status": "Completed"}
    found = json.loads(http("POST", f"{known['sir']}/_control/cases/{made}/investigations", looked))["investigationId"]
    assert [one["investigationId"] for one in client.list_investigations(caseId=made)["investigationActions"]] == [found]
    client.send_feedback(caseId=made, resultId=found, usefulness="USEFUL")
    client.close_case(caseId=made)
    refused(ClientError, lambda: client.create_case_comment(caseId=made, body="more"), "ConflictException")
    refused(ClientError, lambda: client.get_case(caseId="0000000009"), "ResourceNotFoundException")

    membership = client.list_memberships()["items"][0]["membershipId"]
    assert client.get_membership(membershipId=membership)["membershipStatus"] == "Active"
    client.batch_get_member_account_details(membershipId=membership, accountIds=["111122223333"])
    client.get_finding_metrics(membershipId=membership, startDate=1_790_000_000, endDate=1_790_086_400)
    client.update_membership(membershipId=membership, membershipName="Trains")
    client.cancel_membership(membershipId=membership)
    people = [{"name": name, "jobTitle": "Lead", "email": f"{name}@example.com"} for name in ("ana", "ben")]
    client.create_membership(membershipName="Railways", incidentResponseTeam=people)
    everything(known["sir"], client.meta.service_model.operation_names)


def hub(known):
    client = aws_client("securityhub", known["hub"])
    client.describe_products()
    client.list_members()
    client.get_members(AccountIds=["111122223333"])
    client.get_administrator_account()
    refused(ClientError, lambda: client.accept_administrator_invitation(AdministratorId="111122223333", InvitationId="1"), "Exception")
    refused(ClientError, client.disassociate_from_administrator_account, "Exception")
    refused(ClientError, client.get_findings, "ResourceNotFoundException")


def slack(known):
    client = WebClient(token=known["secret"]["slack_bot_token"], base_url=known["slack"] + "/api/")
    bot = client.auth_test()["user_id"]
    channel = client.conversations_list(types="public_channel")["channels"][0]["id"]
    header = [{"type": "header", "text": {"type": "plain_text", "text": "A case"}}]
    card = client.chat_postMessage(channel=channel, text="A case", blocks=header)
    at = {"channel": channel, "timestamp": card["ts"]}
    reply = client.chat_postMessage(channel=channel, thread_ts=card["ts"], text="A reply")
    client.chat_update(channel=channel, ts=card["ts"], text="The case")
    thread = client.conversations_replies(channel=channel, ts=card["ts"])["messages"]
    assert [message["text"] for message in thread] == ["The case", "A reply"], thread
    assert client.conversations_history(channel=channel, limit=1)["messages"][0]["text"] == "The case"
    assert client.chat_getPermalink(channel=channel, message_ts=card["ts"])["permalink"].startswith("https://")
    client.chat_postEphemeral(channel=channel, user=ANA, text="Only you see it")
    client.reactions_add(name="eyes", **at)
    client.reactions_remove(name="eyes", **at)
    client.chat_delete(channel=channel, ts=reply["ts"])
    # The token has the manifest's scopes, and Slack says which one is missing.
    link = {"title": "Console", "type": "link", "link": "https://example.com/"}
    for work in (
        lambda: client.pins_add(**at),
        lambda: client.bookmarks_add(channel_id=channel, **link),
        lambda: client.bookmarks_edit(channel_id=channel, bookmark_id="Bk0NOTHING", title="The console"),
        lambda: client.bookmarks_list(channel_id=channel),
        lambda: client.conversations_join(channel=channel),
        lambda: client.files_getUploadURLExternal(filename="ticket.txt", length=7),
        lambda: client.files_completeUploadExternal(files=[{"id": "F0NOTHING0", "title": "ticket.txt"}]),
        lambda: client.files_delete(file="F0NOTHING0"),
    ):
        refused(SlackApiError, work, "missing_scope")

    room = client.conversations_create(name="case-1", is_private=True)["channel"]["id"]
    client.conversations_invite(channel=room, users=ANA)
    client.conversations_setTopic(channel=room, topic="A case")
    client.conversations_setPurpose(channel=room, purpose="To work it")
    assert sorted(client.conversations_members(channel=room)["members"]) == sorted([ANA, bot])
    client.conversations_archive(channel=room)
    assert client.conversations_info(channel=room)["channel"]["is_archived"]

    assert client.users_info(user=ANA)["user"]["profile"]["email"] == "ana@example.com"
    assert client.users_lookupByEmail(email="ana@example.com")["user"]["id"] == ANA
    group = json.loads(http("POST", known["slack"] + "/_control/groups", {"handle": "oncall", "user": ANA}))["id"]
    assert group in [one["id"] for one in client.usergroups_list()["usergroups"]]
    assert client.usergroups_users_list(usergroup=group)["users"] == [ANA]
    refused(SlackApiError, lambda: client.files_info(file="F0NOTHING0"), "file_not_found")

    # What a person does comes signed, as Slack's own verifier reads it, with what opens a form.
    sent = json.loads(http("POST", known["slack"] + "/_control/commands", {"user": ANA, "channel": channel, "command": "/sir", "text": "list"}))
    assert SignatureVerifier(known["slack_signing_secret"]).is_valid_request(sent["body"], {k.lower(): v for k, v in sent["headers"].items()})
    plain = lambda words: {"type": "plain_text", "text": words}
    view = {"type": "modal", "title": plain("A form"), "blocks": [{"type": "section", "text": plain("Words")}]}
    trigger = parse_qs(sent["body"])["trigger_id"][0]
    opened = client.views_open(trigger_id=trigger, view=view)["view"]["id"]
    client.views_update(view_id=opened, view=view)
    refused(SlackApiError, lambda: client.views_push(trigger_id=trigger, view=view), "")
    client.views_publish(user_id=ANA, view={"type": "home", "blocks": view["blocks"]})

    refused(SlackApiError, lambda: client.chat_postMessage(channel="C0NOTHING0", text="x"), "channel_not_found")
    refused(SlackApiError, lambda: client.chat_postMessage(channel=channel, blocks=[{"type": "header"}], text="x"), "invalid_blocks")
    refused(SlackApiError, lambda: client.api_call("admin.teams.list"), "unknown_method")
    refused(SlackApiError, lambda: WebClient(token="xoxb-other", base_url=known["slack"] + "/api/").auth_test(), "invalid_auth")
    everything(known["slack"], named("slack/methods.rs", r'name: "([a-z]+\.[A-Za-z.]+)"'))


# What the stand-in serves for us and this package has no call for.
NOT_IN_JIRA_PACKAGE = {
    *("getUserGroups", "searchProjects", "getAllStatuses", "getCreateIssueMetaIssueTypes", "getCreateIssueMetaIssueTypeId"),
    *("getWebhooks", "createWebhook", "updateWebhook"),
    *("getCommentPropertyKeys", "getCommentProperty", "setCommentProperty"),
}


def jira(known):
    secret = known["secret"]
    client = JIRA(
        server=known["jira"],
        basic_auth=(secret["jira_email"], secret["jira_api_token"]),
        options={"rest_api_version": "3", "check_update": False},
        get_server_info=False,
        max_retries=0,
    )
    client.deploymentType = "Cloud"  # what it would read of serverInfo
    assert client.myself()["accountId"]
    assert "Ana Alvarez" in [one.displayName for one in client.search_users(query="ana")]
    assert client.my_permissions(projectKey="SEC", permissions="CREATE_ISSUES")["permissions"]["CREATE_ISSUES"]["havePermission"]
    text = lambda words: {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": words}]}]}
    issue = client.create_issue(project={"key": "SEC"}, issuetype={"name": "Task"}, summary="A case", description=text("It was in a train."))
    said = client.add_comment(issue.key, text("We call the railway."))
    said = client.comment(issue.key, said.id)
    said.update(body=text("We called the railway."))
    assert len(client.comments(issue.key)) == 1
    said.delete()
    moves = {move["to"]["name"]: move["id"] for move in client.transitions(issue.key)}
    client.transition_issue(issue.key, moves["In Progress"])
    assert client.issue(issue.key).fields.status.name == "In Progress"
    issue.update(fields={"summary": "The case"})
    assert client.issue(issue.key).fields.summary == "The case"
    for use_post in (False, True):
        found = client.enhanced_search_issues("project = SEC", fields=[], json_result=True, use_post=use_post)["issues"]
        assert issue.id in [one["id"] for one in found]

    client.add_issue_property(issue.key, "case", {"id": 1})
    assert client.issue_property(issue.key, "case").value.id == 1 and client.issue_properties(issue.key)
    client.add_simple_link(issue.key, {"url": "https://example.com/", "title": "The console"})
    assert client.remote_links(issue.key)[0].object.title == "The console"
    client.add_watcher(issue.key, "Ana Alvarez")
    assert "Ana Alvarez" in [one.displayName for one in client.watchers(issue.key).watchers]
    client.remove_watcher(issue.key, "Ana Alvarez")
    assert client.attachment_meta()["enabled"]
    file = client.add_attachment(issue.key, io.BytesIO(b"coach 7"), filename="ticket.txt")
    assert client.attachment(file.id).get() == b"coach 7"
    client.delete_attachment(file.id)

    refused(JIRAError, lambda: client.issue("SEC-999"), "404")
    refused(JIRAError, lambda: client.create_issue(project={"key": "SEC"}, issuetype={"name": "Task"}), "400")
    refused(JIRAError, lambda: client.dashboards(), "404")
    issue.delete()
    everything(known["jira"], named("jira/routes.rs", r'route\("([A-Za-z]+)"'), NOT_IN_JIRA_PACKAGE)


def aws_client(service, url):
    keys = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "example"}
    return boto3.client(service, endpoint_url=url, region_name="eu-west-1", config=Config(retries={"max_attempts": 1}), **keys)


# What a stand-in serves, by its own table.
def named(file, pattern):
    table = Path(__file__).parents[2] / "lab/src/standins" / file
    names = re.findall(pattern, table.read_text())
    assert len(names) > 20, names
    return names


# Each operation that we and the client share was called by the client.
def everything(url, names, without=frozenset()):
    heard = {call["operation"] for call in json.loads(http("GET", url + "/_control/calls"))}
    missing = set(names) - heard - without
    assert not missing, f"no real client called {sorted(missing)}"
    assert not heard & without, f"a real client does call {sorted(heard & without)}"


def refused(kind, work, why):
    try:
        work()
    except kind as error:
        text = error.response["error"] if isinstance(error, SlackApiError) else str(error)
        assert why in text, f"refused as {text!r}, not as {why}"
        return
    raise AssertionError(f"nothing was refused as {why}")


def http(method, url, body=None):
    is_file = isinstance(body, bytes)
    # What the link of an upload is signed with.
    headers = {"content-type": "application/octet-stream", "if-none-match": "*"} if is_file else {"content-type": "application/json"}
    data = body if is_file or body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, headers, method=method)) as answer:
        return answer.read()


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        known = json.load(file)
    for client in (aws, hub, slack, jira):
        client(known)
        print("ok ", client.__name__)
