//! Calls over the wire, and what Jira makes of them.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    super::{FaultRule, http},
    *,
};

fn request(jira: &JiraStandin, method: Method, path: &str) -> RequestBuilder {
    let (email, token) = jira.credentials();
    let url = format!("{}/rest/api/3/{path}", jira.url());
    http().request(method, url).basic_auth(email, Some(token))
}

async fn call(jira: &JiraStandin, method: &str, path: &str, body: Value) -> (u16, Value) {
    let request = request(jira, method.parse().unwrap(), path);
    let request = if body.is_null() { request } else { request.json(&body) };
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

fn doc(text: &str) -> Value {
    adf::paragraph(text)
}

fn fields(more: Value) -> Value {
    let mut fields =
        json!({ "project": { "key": "SEC" }, "issuetype": { "name": "Task" }, "summary": "Key leaked" });
    for (name, value) in more.as_object().unwrap() {
        fields[name] = value.clone();
    }
    json!({ "fields": fields })
}

async fn issue(jira: &JiraStandin) -> String {
    let (status, made) = call(jira, "POST", "issue", fields(json!({}))).await;
    assert_eq!(status, 201, "{made}");
    made["key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_issue_is_made_with_its_properties_and_read_back() {
    let jira = JiraStandin::start().await.unwrap();
    let mut body = fields(json!({ "description": doc("hello"), "labels": ["aws-sir-7000000001"],
        "priority": { "name": "High" }, "assignee": { "accountId": jira.ana() } }));
    body["properties"] = json!([{ "key": "casebridge", "value": { "case": "7000000001" } }]);
    let (status, made) = call(&jira, "POST", "issue", body).await;
    assert_eq!((status, made["key"].as_str()), (201, Some("SEC-1")));
    let (_, read) = call(
        &jira,
        "GET",
        "issue/SEC-1?fields=summary,labels,status,priority&properties=casebridge",
        Value::Null,
    )
    .await;
    assert_eq!(read["fields"]["status"]["statusCategory"]["key"], "new");
    assert_eq!(read["fields"]["priority"]["name"], "High");
    assert_eq!(read["properties"]["casebridge"]["case"], "7000000001");
    assert!(read["fields"]["description"].is_null(), "only what was asked for");
    let id = read["id"].as_str().unwrap();
    assert_eq!(call(&jira, "GET", &format!("issue/{id}"), Value::Null).await.1["key"], "SEC-1");
}

#[tokio::test]
async fn wrong_fields_are_refused_by_name() {
    let jira = JiraStandin::start().await.unwrap();
    for (more, name, why) in [
        (json!({ "project": { "key": "NO" } }), "project", "valid project is required"),
        (json!({ "issuetype": { "name": "Epic" } }), "issuetype", "Specify a valid issue type"),
        (json!({ "summary": "" }), "summary", "You must specify a summary of the issue."),
        (json!({ "summary": "x".repeat(256) }), "summary", "Summary must be less than 255 characters."),
        (
            json!({ "summary": "a\nb" }),
            "summary",
            "The summary is invalid because it contains newline characters.",
        ),
        (json!({ "labels": ["a b"] }), "labels", "The label 'a b' contains spaces which is invalid."),
        (
            json!({ "description": "text" }),
            "description",
            "Operation value must be an Atlassian Document (see the Atlassian Document Format)",
        ),
        (
            json!({ "description": doc(&"x".repeat(33_000)) }),
            "description",
            "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
        ),
        (
            json!({ "description": { "type": "doc", "version": 1, "content": [{ "type": "text", "text": "x" }] } }),
            "description",
            "INVALID_INPUT",
        ),
        (json!({ "priority": { "name": "Urgent" } }), "priority", "The priority selected is invalid."),
        (json!({ "assignee": { "accountId": "nobody" } }), "assignee", "User 'nobody' does not exist."),
        (
            json!({ "customfield_1": 1 }),
            "customfield_1",
            "Field 'customfield_1' cannot be set. It is not on the appropriate screen, or unknown.",
        ),
    ] {
        let (status, answer) = call(&jira, "POST", "issue", fields(more.clone())).await;
        assert_eq!((status, answer["errors"][name].as_str()), (400, Some(why)), "{more}");
    }
    let (status, _) = call(&jira, "POST", "issue", json!({ "fields": {}, "colour": 1 })).await;
    assert_eq!(status, 400);
    assert_eq!(jira.issues(), [""; 0]);
}

#[tokio::test]
async fn transitions_follow_the_workflow() {
    let jira = JiraStandin::start().await.unwrap();
    let key = issue(&jira).await;
    jira.set_workflow("To Do", &["In Progress"]);
    let (_, listed) = call(&jira, "GET", &format!("issue/{key}/transitions"), Value::Null).await;
    assert_eq!(listed["transitions"].as_array().unwrap().len(), 1);
    let go = |id: Value| json!({ "transition": { "id": id } });
    let path = format!("issue/{key}/transitions");
    assert_eq!(call(&jira, "POST", &path, go(json!("41"))).await.0, 400, "not from here");
    let listed: u64 = listed["transitions"][0]["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(call(&jira, "POST", &path, go(json!(listed))).await.0, 204, "as a number too");
    assert_eq!(jira.issue(&key).unwrap()["fields"]["status"]["name"], "In Progress");
    assert_eq!(call(&jira, "POST", &path, go(json!("41"))).await.0, 204);
    let done = jira.issue(&key).unwrap();
    assert_eq!(done["fields"]["resolution"]["name"], "Done");
    assert_eq!(done["fields"]["status"]["statusCategory"]["key"], "done");
}

#[tokio::test]
async fn a_transition_is_named_by_a_text_or_a_number_and_by_nothing_else() {
    let jira = JiraStandin::start().await.unwrap();
    let key = issue(&jira).await;
    let path = format!("issue/{key}/transitions");
    for (id, fields, status) in [
        (json!(21), json!({}), 204),
        (json!("31"), json!({}), 204),
        (json!(true), json!({}), 400),
        (json!(""), json!({}), 400),
        (json!(-1), json!({}), 400),
    ] {
        let (answered, body) =
            call(&jira, "POST", &path, json!({ "transition": { "id": id }, "fields": fields })).await;
        assert_eq!(answered, status, "{id} {body}");
    }
    assert_eq!(jira.issue(&key).unwrap()["fields"]["status"]["name"], "In Review");
}

#[tokio::test]
async fn a_transition_that_wants_a_field_is_refused_in_one_of_two_shapes_and_taken_with_the_field() {
    let jira = JiraStandin::start().await.unwrap();
    let (key, other) = (issue(&jira).await, issue(&jira).await);
    let path = format!("issue/{key}/transitions");
    let to_done = json!({ "transition": { "id": "41" } });
    let shapes = [
        (
            false,
            json!({ "errorMessages": [], "errors": { "resolution": "A resolution has to be given on this screen." } }),
        ),
        (true, json!({ "errorMessages": ["The field Resolution has to be filled."], "errors": {} })),
    ];
    for (in_words, body) in shapes {
        jira.require(&key, "Done", "resolution", in_words);
        assert_eq!(call(&jira, "POST", &path, to_done.clone()).await, (400, body));
        assert_eq!(jira.issue(&key).unwrap()["fields"]["status"]["name"], "To Do");
        let listed = call(&jira, "GET", &path, Value::Null).await.1;
        let screens: Vec<_> =
            listed["transitions"].as_array().unwrap().iter().map(|way| &way["hasScreen"]).collect();
        assert_eq!(
            screens,
            [false, false, !in_words],
            "people see a screen, and learn of a validator too late"
        );
        jira.require_nothing();
    }
    jira.require(&key, "*", "resolution", false);
    assert_eq!(call(&jira, "POST", &format!("issue/{other}/transitions"), to_done.clone()).await.0, 204);
    assert_eq!(
        call(&jira, "POST", &path, json!({ "transition": { "id": "21" } })).await.0,
        400,
        "whatever the status"
    );
    let given = json!({ "transition": { "id": "41" }, "fields": { "resolution": { "name": "Done" } } });
    assert_eq!(call(&jira, "POST", &path, given).await.0, 204);
    assert_eq!(jira.issue(&key).unwrap()["fields"]["status"]["name"], "Done");
}

#[tokio::test]
async fn an_issue_that_may_not_be_linked_says_so_and_takes_all_else() {
    let jira = JiraStandin::start().await.unwrap();
    let (key, other) = (issue(&jira).await, issue(&jira).await);
    let link = json!({ "object": { "url": "https://example.com", "title": "Example" } });
    let put = |key: &str| format!("issue/{key}/remotelink");
    jira.allow_links(&key, false);
    let refused = json!({ "errorMessages": ["You may not link issues."], "errors": {} });
    assert_eq!(call(&jira, "POST", &put(&key), link.clone()).await, (403, refused));
    assert_eq!(call(&jira, "POST", &put(&other), link.clone()).await.0, 201);
    assert_eq!(
        call(&jira, "POST", &format!("issue/{key}/comment"), json!({ "body": doc("x") })).await.0,
        201
    );
    jira.allow_links(&key, true);
    assert_eq!(call(&jira, "POST", &put(&key), link.clone()).await.0, 201);
    jira.allow_links("*", false);
    assert_eq!(call(&jira, "POST", &put(&other), link).await.0, 403);
}

#[tokio::test]
async fn other_processes_say_what_a_transition_wants_and_what_may_be_linked() {
    let jira = JiraStandin::start().await.unwrap();
    let key = issue(&jira).await;
    let control = async |method: Method, path: &str, body: Value| {
        let url = format!("{}/_control/{path}", jira.url());
        assert_eq!(http().request(method, url).json(&body).send().await.unwrap().status(), 200, "{path}");
    };
    let to_done = json!({ "transition": { "id": "41" } });
    let path = format!("issue/{key}/transitions");
    let wish = json!({ "status": "Done", "field": "resolution", "inWords": true });
    control(Method::PUT, &format!("issues/{key}/required"), wish).await;
    assert_eq!(call(&jira, "POST", &path, to_done.clone()).await.0, 400);
    control(Method::DELETE, "required", json!({})).await;
    assert_eq!(call(&jira, "POST", &path, to_done).await.0, 204);
    let link = json!({ "object": { "url": "https://example.com", "title": "Example" } });
    for (allowed, status) in [(false, 403), (true, 201)] {
        control(Method::PUT, &format!("issues/{key}/links"), json!({ "allowed": allowed })).await;
        assert_eq!(call(&jira, "POST", &format!("issue/{key}/remotelink"), link.clone()).await.0, status);
    }
}

#[tokio::test]
async fn comments_are_kept_with_their_properties_and_listed_in_pages() {
    let jira = JiraStandin::start().await.unwrap();
    let key = issue(&jira).await;
    let path = format!("issue/{key}/comment");
    for n in 0..3 {
        let body = json!({ "body": doc(&format!("comment {n}")), "properties": [{ "key": "casebridge", "value": n }] });
        assert_eq!(call(&jira, "POST", &path, body).await.0, 201);
    }
    let (_, page) =
        call(&jira, "GET", &format!("{path}?orderBy=-created&maxResults=2&expand=properties"), Value::Null)
            .await;
    assert_eq!((page["total"].as_u64(), page["comments"].as_array().unwrap().len()), (Some(3), 2));
    assert_eq!(page["comments"][0]["properties"], json!([{ "key": "casebridge", "value": 2 }]));
    let (_, rest) = call(&jira, "GET", &format!("{path}?startAt=2"), Value::Null).await;
    assert!(rest["comments"][0]["properties"].is_null());
    let id = rest["comments"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(call(&jira, "PUT", &format!("{path}/{id}"), json!({ "body": doc("edited") })).await.0, 200);
    let property = format!("comment/{id}/properties/other");
    assert_eq!(call(&jira, "PUT", &property, json!({ "a": 1 })).await.0, 201);
    assert_eq!(call(&jira, "PUT", &property, json!({ "a": 2 })).await.0, 200);
    assert_eq!(call(&jira, "GET", &property, Value::Null).await.1["value"], json!({ "a": 2 }));
    assert_eq!(JiraStandin::plain(&jira.comments(&key)[2]["body"]), "edited");
    for (body, status) in [
        (json!({ "body": "text" }), 400),
        (json!({ "body": doc("") }), 400),
        (json!({ "body": doc(&"x".repeat(33_000)) }), 400),
        (
            json!({ "body": { "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": "" }] }] } }),
            400,
        ),
        (json!({ "body": doc("x"), "colour": 1 }), 400),
    ] {
        assert_eq!(call(&jira, "POST", &path, body.clone()).await.0, status, "{body}");
    }
    jira.set_comment_cap(3);
    assert_eq!(call(&jira, "POST", &path, json!({ "body": doc("x") })).await.0, 413);
    jira.person_deletes_comment(&key, &id).unwrap();
    assert_eq!(call(&jira, "GET", &format!("{path}/{id}"), Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_comment_for_a_role_or_a_group_is_shown_to_its_members_and_says_for_whom_it_is() {
    let jira = JiraStandin::start().await.unwrap();
    let key = issue(&jira).await;
    let path = format!("issue/{key}/comment");
    let (ana, own) = (jira.ana(), jira.own_account());
    let role = jira.add_role("Legal", &[ana.clone(), own.clone()]);
    let group = jira.add_group("hr", std::slice::from_ref(&ana));
    let legal = json!({ "type": "role", "value": "Legal", "identifier": role });
    let writes = |visibility: Value| {
        jira.person_writes(&ana, &key, &json!({ "body": doc("x"), "visibility": visibility })).unwrap()
    };
    let for_legal = writes(json!({ "type": "role", "value": "Legal" }));
    let for_hr = writes(json!({ "type": "group", "identifier": group }));
    let answer = json!({ "body": doc("x"), "parentId": for_legal });
    let answer = jira.person_writes(&ana, &key, &answer).unwrap();
    let (_, page) = call(&jira, "GET", &path, Value::Null).await;
    let shown = page["comments"].as_array().unwrap();
    assert_eq!((page["total"].as_u64(), shown.len()), (Some(2), 2), "what is for others is not there");
    for (comment, id) in shown.iter().zip([&for_legal, &answer]) {
        assert_eq!((&comment["id"], &comment["visibility"]), (&json!(id), &legal));
        assert_eq!(comment["jsdPublic"], true, "a role does not hide it from a portal");
    }
    for (method, body) in
        [("GET", Value::Null), ("PUT", json!({ "body": doc("y") })), ("DELETE", Value::Null)]
    {
        assert_eq!(call(&jira, method, &format!("{path}/{for_hr}"), body).await.0, 404, "{method}");
    }
    let told: Value = serde_json::from_slice(&jira.take_webhooks()[1].body).unwrap();
    assert_eq!(told["comment"]["visibility"], legal, "a webhook is for whoever receives it");
    for (visibility, why) in [
        (json!({ "type": "group", "value": "hr" }), "You are currently not a member of the group: hr."),
        (json!({ "type": "role", "value": "hr" }), "There is no such role or group."),
    ] {
        let (status, answer) =
            call(&jira, "POST", &path, json!({ "body": doc("x"), "visibility": visibility })).await;
        assert_eq!((status, answer["errors"]["commentLevel"].as_str()), (400, Some(why)));
    }
    let moved = json!({ "body": doc("x"), "parentId": for_legal, "visibility": legal });
    assert_eq!(call(&jira, "POST", &path, moved).await.0, 400, "a child is for its parent's readers");
}

#[tokio::test]
async fn an_edit_keeps_a_restriction_unless_it_sets_or_lifts_one() {
    let jira = JiraStandin::start().await.unwrap();
    let key = issue(&jira).await;
    let ana = jira.ana();
    jira.add_role("Legal", std::slice::from_ref(&ana));
    let id = jira.person_comments(&ana, &key, "x").unwrap();
    let legal = json!({ "type": "role", "value": "Legal" });
    let visible = || jira.comments(&key)[0].get("visibility").is_none();
    jira.person_rewrites(&ana, &key, &id, &json!({ "body": doc("x"), "visibility": legal })).unwrap();
    assert!(!visible());
    jira.person_edits_comment(&ana, &key, &id, "y").unwrap();
    assert!(!visible());
    jira.person_rewrites(&ana, &key, &id, &json!({ "body": doc("x"), "visibility": null })).unwrap();
    assert!(visible());
}

#[tokio::test]
async fn a_note_that_is_called_internal_is_not_public_until_it_is_called_otherwise() {
    let jira = JiraStandin::start().await.unwrap();
    let key = issue(&jira).await;
    let path = format!("issue/{key}/comment");
    let note = |is: bool| json!([{ "key": "sd.public.comment", "value": { "internal": is } }]);
    let body = json!({ "body": doc("x"), "properties": note(true) });
    let (_, made) = call(&jira, "POST", &path, body).await;
    assert_eq!(made["jsdPublic"], false);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(call(&jira, "PUT", &one, json!({ "body": doc("y") })).await.1["jsdPublic"], false);
    let body = json!({ "body": doc("y"), "properties": note(false) });
    assert_eq!(call(&jira, "PUT", &one, body).await.1["jsdPublic"], true);
    let property = format!("comment/{}/properties/sd.public.comment", made["id"].as_str().unwrap());
    assert_eq!(call(&jira, "PUT", &property, json!({ "internal": true })).await.0, 200);
    assert_eq!(call(&jira, "GET", &one, Value::Null).await.1["jsdPublic"], false);
    let told: Value = serde_json::from_slice(&jira.take_webhooks()[1].body).unwrap();
    assert_eq!(told["comment"]["jsdPublic"], false);
}

#[tokio::test]
async fn search_lags_behind_until_it_may_know() {
    let jira = JiraStandin::start().await.unwrap();
    jira.set_index_lag(Some(Duration::from_secs(60)));
    let made = call(&jira, "POST", "issue", fields(json!({ "labels": ["aws-sir-1"] }))).await.1;
    let query = json!({ "jql": "project = SEC AND labels = \"aws-sir-1\"", "fields": ["summary"], "properties": ["p"] });
    let count = async |query: &Value| {
        call(&jira, "POST", "search/jql", query.clone()).await.1["issues"].as_array().unwrap().len()
    };
    assert_eq!(count(&query).await, 0);
    let mut strong = query.clone();
    strong["reconcileIssues"] = json!([made["id"].as_str().unwrap().parse::<u64>().unwrap()]);
    assert_eq!(count(&strong).await, 1);
    jira.advance(Duration::from_secs(61));
    assert_eq!(count(&query).await, 1);
    jira.set_index_lag(None);
    issue(&jira).await;
    let all = json!({ "jql": "project = SEC", "maxResults": 1 });
    let (_, page) = call(&jira, "POST", "search/jql", all.clone()).await;
    assert_eq!(page, json!({ "issues": [{ "id": made["id"] }], "isLast": true }));
    jira.index_now();
    let (_, page) = call(&jira, "POST", "search/jql", all).await;
    assert_eq!((page["isLast"].as_bool(), page["nextPageToken"].as_str()), (Some(false), Some("after-1")));
    for bad in [
        json!({ "jql": "" }),
        json!({ "jql": "project = SEC", "startAt": 0 }),
        json!({ "jql": "colour = red" }),
    ] {
        assert_eq!(call(&jira, "POST", "search/jql", bad.clone()).await.0, 400, "{bad}");
    }
    assert_eq!(call(&jira, "POST", "search", query).await.0, 410);
}

#[tokio::test]
async fn links_watchers_and_files_hang_on_an_issue() {
    let jira = JiraStandin::start().await.unwrap();
    let key = issue(&jira).await;
    let link = |title: &str| json!({ "globalId": "case=1", "object": { "url": "https://example.com/1", "title": title } });
    let path = format!("issue/{key}/remotelink");
    assert_eq!(call(&jira, "POST", &path, link("Case")).await.0, 201);
    assert_eq!(call(&jira, "POST", &path, link("Case 1")).await.0, 200);
    assert_eq!(call(&jira, "POST", &path, json!({ "object": { "title": "x" } })).await.0, 400);
    assert_eq!(jira.issue(&key).unwrap()["remotelinks"].as_array().unwrap().len(), 1);
    assert_eq!(call(&jira, "POST", &format!("issue/{key}/watchers"), json!(jira.ana())).await.0, 204);
    assert_eq!(call(&jira, "GET", &format!("issue/{key}/watchers"), Value::Null).await.1["watchCount"], 2);
    let found = call(&jira, "GET", "user/search?query=ana@example.com", Value::Null).await.1;
    assert_eq!(found[0]["accountId"], jira.ana().as_str());
    assert_eq!(call(&jira, "GET", "myself", Value::Null).await.1["accountId"], jira.own_account().as_str());
    let boundary = "XyZ";
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.txt\"\r\nContent-Type: text/plain\r\n\r\nhel\r\nlo\r\n--{boundary}--\r\n"
    );
    let attach = |check: &str| {
        request(&jira, Method::POST, &format!("issue/{key}/attachments"))
            .header("x-atlassian-token", check)
            .header("content-type", format!("multipart/form-data; boundary={boundary}"))
            .body(body.clone())
            .send()
    };
    assert_eq!(attach("yes").await.unwrap().status(), 403);
    let added: Value = attach("no-check").await.unwrap().json().await.unwrap();
    assert_eq!(jira.attachment(&key, "a b.txt").unwrap(), "hel\r\nlo");
    let id = added[0]["id"].as_str().unwrap();
    let answer = request(&jira, Method::GET, &format!("attachment/content/{id}")).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    let media = http().get(answer.headers()["location"].to_str().unwrap()).send().await.unwrap();
    assert_eq!(media.text().await.unwrap(), "hel\r\nlo");
    jira.set_upload_limit(1);
    assert_eq!(attach("no-check").await.unwrap().status(), 413);
}

#[tokio::test]
async fn webhooks_tell_of_every_change_and_are_signed() {
    use hmac::{Hmac, KeyInit, Mac};
    let jira = JiraStandin::start().await.unwrap();
    let key = issue(&jira).await;
    jira.take_webhooks();
    jira.person_comments(&jira.ana(), &key, "hello").unwrap();
    jira.person_moves(&jira.ana(), &key, "Done").unwrap();
    jira.person_edits(&jira.ana(), &key, &json!({ "summary": "New" })).unwrap();
    jira.person_deletes(&jira.ana(), &key).unwrap();
    let sent = jira.take_webhooks();
    let bodies: Vec<Value> =
        sent.iter().map(|delivery| serde_json::from_slice(&delivery.body).unwrap()).collect();
    let events: Vec<&str> = bodies.iter().map(|body| body["webhookEvent"].as_str().unwrap()).collect();
    assert_eq!(events, ["comment_created", "jira:issue_updated", "jira:issue_updated", "jira:issue_deleted"]);
    assert_eq!(bodies[0]["comment"]["body"], "hello");
    assert!(bodies[0]["user"].is_null(), "comment events have no user at the top");
    assert_eq!(bodies[1]["changelog"]["items"][0]["toString"], "Done");
    assert_eq!(bodies[2]["changelog"]["items"][0]["fromString"], "Key leaked");
    for delivery in &sent {
        let signature = delivery.header("x-hub-signature").unwrap().strip_prefix("sha256=").unwrap();
        let mac = Hmac::<sha2::Sha256>::new_from_slice(jira.webhook_secret().as_bytes()).unwrap();
        let wanted = super::super::server::hex(&mac.chain_update(&delivery.body).finalize().into_bytes());
        assert_eq!(signature, wanted);
    }
    assert_eq!(call(&jira, "GET", &format!("issue/{key}"), Value::Null).await.0, 404);
}

#[tokio::test]
async fn strangers_unknown_paths_and_floods_are_refused() {
    let jira = JiraStandin::start().await.unwrap();
    let key = issue(&jira).await;
    let url = format!("{}/rest/api/3/myself", jira.url());
    assert_eq!(http().get(&url).send().await.unwrap().status(), 401);
    let wrong = http().get(&url).basic_auth("casebridge@example.com", Some("no")).send().await.unwrap();
    assert_eq!(wrong.status(), 401);
    assert_eq!(call(&jira, "GET", "nothing", Value::Null).await.0, 404);
    assert_eq!(call(&jira, "PATCH", &format!("issue/{key}"), json!({})).await.0, 404);
    jira.enforce_rates(true);
    let edit = json!({ "fields": { "summary": "again" } });
    for _ in 0..20 {
        assert_eq!(call(&jira, "PUT", &format!("issue/{key}"), edit.clone()).await.0, 204);
    }
    assert_eq!(call(&jira, "PUT", &format!("issue/{key}"), edit.clone()).await.0, 429);
    jira.advance(Duration::from_secs(2));
    assert_eq!(call(&jira, "PUT", &format!("issue/{key}"), edit).await.0, 204);
}

#[tokio::test]
async fn faults_speak_jiras_language() {
    let jira = JiraStandin::start().await.unwrap();
    let key = issue(&jira).await;
    for (name, status) in [("401", 401), ("403", 403), ("404", 404), ("409", 409), ("413", 413), ("500", 500)]
    {
        jira.fault(FaultRule::on("getIssue").once().error(name));
        assert_eq!(call(&jira, "GET", &format!("issue/{key}"), Value::Null).await.0, status);
    }
    jira.fault(FaultRule::on("getIssue").once().throttled(Some("1847")));
    let answer = request(&jira, Method::GET, &format!("issue/{key}")).send().await.unwrap();
    assert_eq!(answer.headers()["retry-after"], "1847");
    assert_eq!(answer.headers()["ratelimit-reason"], "jira-burst-based");
    jira.fault(FaultRule::on("addComment").once().never_stored());
    assert_eq!(
        call(&jira, "POST", &format!("issue/{key}/comment"), json!({ "body": doc("x") })).await.0,
        201
    );
    assert_eq!(jira.comments(&key), [Value::Null; 0]);
}
