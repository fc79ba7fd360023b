//! How do files come to a case, and how are they fetched?
//!
//! Presigned URLs point at the stand-in itself (or at a base set by the test) and behave like S3's.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    super::{
        exchange::{WireRequest, WireResponse},
        server::hex,
    },
    Input, Output,
    errors::SirRefusal,
    state::{Principal, SirAccount, Upload},
};
use sha2::{Digest, Sha256};

/// How long a presigned URL is good for, in seconds.
const LIFETIME: i64 = 3600;

pub(super) fn upload_url(state: &mut SirAccount, input: &Input) -> Output {
    let length = input.values["contentLength"].as_u64().unwrap_or_default();
    let id = promise(
        state,
        input.text("caseId"),
        input.text("fileName"),
        length,
        Principal::Customer(&input.who),
    )?;
    let signed = "content-length;content-type;host;if-none-match";
    Ok(json!({ "attachmentPresignedUrl": url(state, input.text("caseId"), &id, signed) }))
}

/// Notes an attachment whose bytes are still to come, and says its id.
pub(super) fn promise(
    state: &mut SirAccount,
    case_id: &str,
    name: &str,
    length: u64,
    actor: Principal<'_>,
) -> Result<String, SirRefusal> {
    let (id, now, until) = (state.uuid(), state.clock.epoch(), state.clock.seconds() + LIFETIME);
    let case = state.open_case(case_id)?;
    let attachments = case.wire["caseAttachments"].as_array_mut();
    let attachments = attachments.ok_or_else(|| SirRefusal::not_found("Case", case_id))?;
    if attachments.iter().any(|attachment| attachment["fileName"] == name) {
        return Err(SirRefusal::conflict("An attachment with this name exists already.", "attachment", name));
    }
    if attachments.len() >= 50 {
        return Err(SirRefusal::quota("A case can have at most 50 attachments.", "L-ATTACHMENTS"));
    }
    attachments.push(json!({ "attachmentId": id, "fileName": name, "attachmentStatus": "Pending",
        "creator": actor.principal(), "createdDate": now }));
    case.uploads.insert(id.clone(), Upload { length, bytes: None, until });
    state.edited(case_id, actor, "ADD_ATTACHMENT", &format!("Attachment {name} was announced."));
    Ok(id)
}

pub(super) fn download_url(state: &mut SirAccount, input: &Input) -> Output {
    let (case_id, id) = (input.text("caseId"), input.text("attachmentId"));
    let case = state.case(case_id)?;
    let attachment = case.wire["caseAttachments"].as_array().into_iter().flatten();
    let attachment = attachment.into_iter().find(|attachment| attachment["attachmentId"] == id);
    match attachment.and_then(|attachment| attachment["attachmentStatus"].as_str()) {
        None => Err(SirRefusal::not_found("Attachment", id)),
        Some("Verified") => Ok(json!({ "attachmentPresignedUrl": url(state, case_id, id, "host") })),
        Some(status) => {
            Err(SirRefusal::conflict(&format!("The attachment is {status}, not Verified."), "attachment", id))
        }
    }
}

/// Sets what the scan said; nothing happens when there is no such attachment.
pub(super) fn set_status(state: &mut SirAccount, case_id: &str, id: &str, status: &str) {
    let case = state.cases.get_mut(case_id);
    let attachments = case.and_then(|case| case.wire["caseAttachments"].as_array_mut());
    let attachment =
        attachments.and_then(|list| list.iter_mut().find(|attachment| attachment["attachmentId"] == id));
    let Some(attachment) = attachment else { return };
    attachment["attachmentStatus"] = status.into();
    let actor = Principal::Aws("security-ir.amazonaws.com");
    state.edited(case_id, actor, "UPDATE_ATTACHMENT", &format!("Attachment {id} is {status}."));
    state.emit("Case Updated", case_id, Some(("updatedBy", actor)));
}

/// The only thing in a presigned URL that proves that it was given out.
fn signature(case_id: &str, id: &str, signed: &str) -> String {
    hex(&Sha256::digest(format!("presigned {case_id} {id} {signed}")))
}

fn url(state: &SirAccount, case_id: &str, id: &str, signed: &str) -> String {
    let until = state.clock.seconds() + LIFETIME;
    format!(
        "{}/files/{case_id}/{id}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires={LIFETIME}&until={until}\
         &X-Amz-SignedHeaders={}&X-Amz-Signature={}",
        state.settings.files,
        signed.replace(';', "%3B"),
        signature(case_id, id, signed),
    )
}

/// PUT or GET of a presigned URL, answered as S3 does.
pub(super) fn storage(state: &mut SirAccount, asked: &WireRequest, case_id: &str, id: &str) -> WireResponse {
    let signed = asked.query("X-Amz-SignedHeaders").unwrap_or_default();
    let until: i64 = asked.query("until").and_then(|until| until.parse().ok()).unwrap_or_default();
    if asked.query("X-Amz-Signature") != Some(&signature(case_id, id, signed)) {
        return refuse(403, "SignatureDoesNotMatch");
    }
    if until < state.clock.seconds() {
        return refuse(403, "AccessDenied");
    }
    match asked.method.as_str() {
        "GET" if signed == "host" => fetch(state, case_id, id),
        "PUT" if signed != "host" => put(state, asked, case_id, id),
        _ => refuse(403, "SignatureDoesNotMatch"),
    }
}

fn fetch(state: &SirAccount, case_id: &str, id: &str) -> WireResponse {
    let upload = state.cases.get(case_id).and_then(|case| case.uploads.get(id));
    match upload.and_then(|upload| upload.bytes.clone()) {
        Some(bytes) => WireResponse::text(200, "application/octet-stream", bytes),
        None => refuse(404, "NoSuchKey"),
    }
}

fn put(state: &mut SirAccount, asked: &WireRequest, case_id: &str, id: &str) -> WireResponse {
    let verdict = state.settings.verdict;
    let Some(upload) = state.cases.get_mut(case_id).and_then(|case| case.uploads.get_mut(id)) else {
        return refuse(404, "NoSuchKey");
    };
    let announced = Some(upload.length.to_string());
    let signed = asked.header("if-none-match") == Some("*")
        && asked.content_type() == "application/octet-stream"
        && asked.header("content-length").map(str::to_owned) == announced;
    if !signed || upload.length != asked.body.len() as u64 {
        return refuse(403, "SignatureDoesNotMatch");
    }
    if upload.until < state.clock.seconds() {
        return refuse(403, "AccessDenied");
    }
    if upload.bytes.is_some() {
        return refuse(412, "PreconditionFailed");
    }
    upload.bytes = Some(asked.body.clone());
    if verdict != "Pending" {
        set_status(state, case_id, id, verdict);
    }
    WireResponse::empty(200).with("etag", "\"stand-in\"")
}

fn refuse(status: u16, code: &str) -> WireResponse {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code></Error>");
    WireResponse::text(status, "application/xml", body)
}

/// An attachment that AWS or a person put there, with its bytes, already verified.
pub(super) fn place(
    state: &mut SirAccount,
    case_id: &str,
    name: &str,
    bytes: Bytes,
    actor: Principal<'_>,
) -> Result<String, SirRefusal> {
    let id = promise(state, case_id, name, bytes.len() as u64, actor)?;
    if let Some(upload) = state.cases.get_mut(case_id).and_then(|case| case.uploads.get_mut(&id)) {
        upload.bytes = Some(bytes);
    }
    set_status(state, case_id, &id, "Verified");
    Ok(id)
}

/// The bytes of an attachment, by file name.
pub(super) fn bytes(state: &SirAccount, case_id: &str, name: &str) -> Option<Bytes> {
    let case = state.cases.get(case_id)?;
    let attachments = case.wire["caseAttachments"].as_array()?;
    let attachment = attachments.iter().find(|attachment: &&Value| attachment["fileName"] == name)?;
    case.uploads.get(attachment["attachmentId"].as_str()?)?.bytes.clone()
}
