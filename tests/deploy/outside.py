"""What do SIR, Slack and Jira show? Their stand-ins, which `casebridge standins` serves, asked over HTTP.

Slack and Jira are read through the same public methods that a person's client would use.
"""
import base64
import hashlib
import hmac
import json
import pathlib
import subprocess
import time
import tomllib
import urllib.error
import urllib.parse
import urllib.request

from emulator import wait_for


def http(method, url, body=b"", headers=()):
    """Status and body of an answer, whatever the status."""
    request = urllib.request.Request(url, data=body or None, headers=dict(headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read()


def read(method, url, body=None, headers=()):
    """The JSON of an answer that must be a success."""
    sent = b"" if body is None else json.dumps(body).encode()
    kind = {} if body is None else {"content-type": "application/json"}
    status, answer = http(method, url, sent, {**kind, **dict(headers)})
    if status >= 300:
        raise RuntimeError(f"{method} {url}: {status} {answer[:300]}")
    return json.loads(answer or b"null")


class Outside:
    """The four stand-ins in a process of their own."""

    def __init__(self, casebridge, folder):
        port_file = pathlib.Path(folder) / "standins.json"
        self.process = subprocess.Popen([casebridge, "standins", "--port-file", str(port_file)])
        self.known = wait_for("the stand-ins", lambda: self._known(port_file))
        self.settings = tomllib.loads(self.known["settings"])
        self.secret = self.known["secret"]

    def _known(self, port_file):
        if self.process.poll() is not None:
            raise RuntimeError("casebridge standins ended at once")
        try:
            return json.loads(port_file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    def stop(self):
        self.process.terminate()
        self.process.wait()

    @property
    def team(self):
        return self.settings["slack"]["team"]

    @property
    def channel(self):
        return self.settings["slack"]["channel"]

    def bears_the_names(self, team, channel, membership, case, issue):
        """Gives what there is these ids, and a case of this id; the first issue will have this number."""
        control = lambda server, what, body: read("PUT", f"{self.known[server]}/_control/{what}", body)
        control("slack", "workspace", {"team": team, "channel": channel})
        control("sir", "settings", {"membership": membership, "nextCase": case})
        self.aws_creates_case("Credentials used from an unknown network")
        control("jira", "settings", {"nextIssue": issue})

    # SIR

    def aws_creates_case(self, title):
        return read("POST", f"{self.known['sir']}/_control/cases", {"title": title})["caseId"]

    def aws_comments(self, case, body):
        comment = {"by": "AWS Responder", "body": body}
        read("POST", f"{self.known['sir']}/_control/cases/{case}/comments", comment)

    def take_events(self):
        """What EventBridge would have delivered since the last time."""
        return read("DELETE", f"{self.known['sir']}/_control/events")

    def case_comments(self, case):
        return read("GET", f"{self.known['sir']}/_control/state")["cases"][case]["comments"]

    # Slack

    def slack(self, method, **parameters):
        query = urllib.parse.urlencode(parameters)
        token = self.secret["slack_bot_token"]
        url = f"{self.settings['slack']['api_url']}/{method}?{query}"
        answer = read("GET", url, headers={"authorization": f"Bearer {token}"})
        if not answer["ok"]:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer

    def group(self, handle, user):
        """Makes a user group of one."""
        return read("POST", f"{self.known['slack']}/_control/groups", {"handle": handle, "user": user})["id"]

    def threads(self, case):
        """The `ts` of each message in the channel that shows the case."""
        channel = self.settings["slack"]["channel"]
        messages = self.slack("conversations.history", channel=channel, limit=200)["messages"]
        return [message["ts"] for message in messages if case in json.dumps(message)]

    def replies(self, ts):
        """The messages under the card, as JSON text."""
        channel = self.settings["slack"]["channel"]
        messages = self.slack("conversations.replies", channel=channel, ts=ts, limit=200)["messages"]
        return [json.dumps(message) for message in messages if message["ts"] != ts]

    def slash_command(self, text, **other):
        """A signed request as Slack sends it, with these fields otherwise: its body and headers, and where the answer will go."""
        slack, roles = self.settings["slack"], self.settings["roles"]
        act = str(time.time_ns())
        response_url = f"{self.known['slack']}/commands/{slack['team']}/{act}/deploy"
        body = urllib.parse.urlencode({
            "team_id": slack["team"],
            "team_domain": "example",
            "channel_id": slack["channel"],
            "channel_name": "security-cases",
            "user_id": roles["responder"][0],
            "user_name": "responder",
            "command": "/sir",
            "text": text,
            "response_url": response_url,
            "trigger_id": f"{act}.1.deploy",
            "is_enterprise_install": "false",
            **other,
        }).encode()
        return body, self.slack_headers(body), response_url

    def slack_headers(self, body, at=None):
        at = str(int(time.time() if at is None else at))
        message = f"v0:{at}:".encode() + body
        secret = self.known["slack_signing_secret"].encode()
        return {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": at,
            "x-slack-signature": "v0=" + hmac.new(secret, message, hashlib.sha256).hexdigest(),
        }

    def jira_headers(self, body, secret=None):
        key = self.secret["jira_webhook_secret"] if secret is None else secret
        digest = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
        return {"content-type": "application/json", "x-hub-signature": f"sha256={digest}"}

    def answers(self, response_url):
        """What was posted at a response_url."""
        path = urllib.parse.urlsplit(response_url).path
        calls = read("GET", f"{self.known['slack']}/_control/calls")
        return [call["body"] for call in calls if call["path"] == path]

    def slack_fails(self, fault):
        read("POST", f"{self.known['slack']}/_control/faults", fault)

    # Jira

    def jira(self, method, path, body=None):
        person = f"{self.secret['jira_email']}:{self.secret['jira_api_token']}".encode()
        headers = {"authorization": "Basic " + base64.b64encode(person).decode()}
        return read(method, f"{self.settings['jira']['api_url']}/rest/api/3/{path}", body, headers)

    def issues(self, case):
        """The keys of the case's issues."""
        search = {"jql": f'labels = "aws-sir-{case}"', "fields": ["summary"], "maxResults": 50}
        return [issue["key"] for issue in self.jira("POST", "search/jql", search)["issues"]]

    def person_creates(self, summary):
        """The first person of the site opens an issue."""
        people = [user for user in self.jira("GET", "user/search?query=ana") if user["accountType"] == "atlassian"]
        issue = {"by": people[0]["accountId"], "summary": summary}
        return read("POST", f"{self.known['jira']}/_control/issues", issue)["key"]

    def person_comments(self, key, text):
        """The first person of the site writes on an issue."""
        people = [user for user in self.jira("GET", "user/search?query=ana") if user["accountType"] == "atlassian"]
        comment = {"by": people[0]["accountId"], "text": text}
        read("POST", f"{self.known['jira']}/_control/issues/{key}/comments", comment)

    def issue_comments(self, key):
        """The issue's comments, as JSON text."""
        return [json.dumps(comment) for comment in self.jira("GET", f"issue/{key}/comment")["comments"]]
