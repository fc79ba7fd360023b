//! How do files come to a case, and how are they fetched?
//! Presigned URLs point at the stand-in itself (or at a base set by the test) and behave like S3's.

use bytes::Bytes;
use casebridge::case::{AttachmentId, CaseId};
use serde_json::{Value, json};

use super::{
    super::{
        exchange::{WireRequest, WireResponse},
        server::hex,
    },
    Input, Output,
    errors::SirRefusal,
    state::{CaseEvent, EditEntry, Principal, Scan, SirAccount, Upload},
};
use sha2::{Digest, Sha256};

/// How long a presigned URL is good for, in seconds.
const LIFETIME: i64 = 3600;

#[derive(Clone)]
pub(super) struct CaseFile {
    pub(super) case: CaseId,
    pub(super) attachment: AttachmentId,
}

/// A file whose bytes are still to come.
pub(super) struct Announced {
    pub(super) case: CaseId,
    pub(super) name: String,
    pub(super) length: u64,
}

#[derive(Clone, Copy)]
enum SignedUrl {
    Upload,
    Download,
}

impl SignedUrl {
    const fn headers(self) -> &'static str {
        match self {
            Self::Upload => "content-length;content-type;host;if-none-match",
            Self::Download => "host",
        }
    }
}

pub(super) fn upload_url(state: &mut SirAccount, input: &Input) -> Output {
    let length = input.values["contentLength"].as_u64().unwrap_or_default();
    let announced = Announced { case: input.case(), name: input.text("fileName").to_owned(), length };
    let file = promise(state, &announced, &input.who)?;
    Ok(json!({ "attachmentPresignedUrl": url(state, &file, SignedUrl::Upload) }))
}

/// Notes an attachment whose bytes are still to come, and says its id.
pub(super) fn promise(
    state: &mut SirAccount,
    announced: &Announced,
    actor: &Principal,
) -> Result<CaseFile, SirRefusal> {
    let Announced { case: case_id, name, length } = announced;
    let (id, now, until) =
        (AttachmentId::new(state.uuid()), state.clock.epoch(), state.clock.seconds() + LIFETIME);
    let case = state.open_case(case_id)?;
    let attachments = case.wire["caseAttachments"].as_array_mut();
    let attachments = attachments.ok_or_else(|| SirRefusal::not_found("Case", case_id.as_str()))?;
    if attachments.iter().any(|attachment| attachment["fileName"] == name.as_str()) {
        return Err(SirRefusal::conflict("An attachment with this name exists already.", "attachment", name));
    }
    if attachments.len() >= 50 {
        return Err(SirRefusal::quota("A case can have at most 50 attachments.", "L-ATTACHMENTS"));
    }
    attachments.push(json!({ "attachmentId": id, "fileName": name, "attachmentStatus": "Pending",
        "creator": actor.name(), "createdDate": now }));
    case.uploads.insert(id.clone(), Upload { length: *length, bytes: None, until });
    let message = format!("Attachment {name} was announced.");
    state.edited(case_id, actor, EditEntry { action: "ADD_ATTACHMENT", message });
    Ok(CaseFile { case: case_id.clone(), attachment: id })
}

pub(super) fn download_url(state: &mut SirAccount, input: &Input) -> Output {
    let file = CaseFile { case: input.case(), attachment: AttachmentId::new(input.text("attachmentId")) };
    let id = file.attachment.as_str();
    let case = state.case(&file.case)?;
    let attachment = case.wire["caseAttachments"].as_array().into_iter().flatten();
    let attachment = attachment.into_iter().find(|attachment| attachment["attachmentId"] == id);
    match attachment.and_then(|attachment| attachment["attachmentStatus"].as_str()) {
        None => Err(SirRefusal::not_found("Attachment", id)),
        Some("Verified") => Ok(json!({ "attachmentPresignedUrl": url(state, &file, SignedUrl::Download) })),
        Some(status) => {
            Err(SirRefusal::conflict(&format!("The attachment is {status}, not Verified."), "attachment", id))
        }
    }
}

/// Sets what the scan said; nothing happens when there is no such attachment.
pub(super) fn set_status(state: &mut SirAccount, file: &CaseFile, scan: Scan) {
    let CaseFile { case: case_id, attachment: id } = file;
    let case = state.cases.get_mut(case_id);
    let attachments = case.and_then(|case| case.wire["caseAttachments"].as_array_mut());
    let attachment = attachments
        .and_then(|list| list.iter_mut().find(|attachment| attachment["attachmentId"] == id.as_str()));
    let Some(attachment) = attachment else { return };
    attachment["attachmentStatus"] = scan.name().into();
    let message = format!("Attachment {id} is {}.", scan.name());
    state.edited(case_id, &Principal::SERVICE, EditEntry { action: "UPDATE_ATTACHMENT", message });
    state.emit(CaseEvent::Updated, case_id, &Principal::SERVICE);
}

/// The only thing in a presigned URL that proves that it was given out.
fn signature(file: &CaseFile, signed: SignedUrl) -> String {
    let CaseFile { case, attachment } = file;
    hex(&Sha256::digest(format!("presigned {case} {attachment} {}", signed.headers())))
}

fn url(state: &SirAccount, file: &CaseFile, signed: SignedUrl) -> String {
    let until = state.clock.seconds() + LIFETIME;
    format!(
        "{}/files/{}/{}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires={LIFETIME}&until={until}\
         &X-Amz-SignedHeaders={}&X-Amz-Signature={}",
        state.settings.files,
        file.case,
        file.attachment,
        signed.headers().replace(';', "%3B"),
        signature(file, signed),
    )
}

/// PUT or GET of a presigned URL, answered as S3 does.
pub(super) fn storage(state: &mut SirAccount, asked: &WireRequest, file: &CaseFile) -> WireResponse {
    let headers = asked.query("X-Amz-SignedHeaders").unwrap_or_default();
    let signed =
        [SignedUrl::Upload, SignedUrl::Download].into_iter().find(|signed| signed.headers() == headers);
    let until: i64 = asked.query("until").and_then(|until| until.parse().ok()).unwrap_or_default();
    let proof = |signed: &SignedUrl| asked.query("X-Amz-Signature") == Some(&signature(file, *signed));
    let Some(signed) = signed.filter(proof) else { return refuse(403, "SignatureDoesNotMatch") };
    if until < state.clock.seconds() {
        return refuse(403, "AccessDenied");
    }
    match (asked.method.as_str(), signed) {
        ("GET", SignedUrl::Download) => fetch(state, file),
        ("PUT", SignedUrl::Upload) => put(state, asked, file),
        _ => refuse(403, "SignatureDoesNotMatch"),
    }
}

fn fetch(state: &SirAccount, file: &CaseFile) -> WireResponse {
    let upload = state.cases.get(&file.case).and_then(|case| case.uploads.get(&file.attachment));
    match upload.and_then(|upload| upload.bytes.clone()) {
        Some(bytes) => WireResponse::text(200, "application/octet-stream", bytes),
        None => refuse(404, "NoSuchKey"),
    }
}

fn put(state: &mut SirAccount, asked: &WireRequest, file: &CaseFile) -> WireResponse {
    let verdict = state.settings.verdict;
    let case = state.cases.get_mut(&file.case);
    let Some(upload) = case.and_then(|case| case.uploads.get_mut(&file.attachment)) else {
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
    if verdict != Scan::Pending {
        set_status(state, file, verdict);
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
    announced: &Announced,
    bytes: Bytes,
    actor: &Principal,
) -> Result<AttachmentId, SirRefusal> {
    let file = promise(state, announced, actor)?;
    let case = state.cases.get_mut(&file.case);
    if let Some(upload) = case.and_then(|case| case.uploads.get_mut(&file.attachment)) {
        upload.bytes = Some(bytes);
    }
    set_status(state, &file, Scan::Verified);
    Ok(file.attachment)
}

pub(super) fn bytes(state: &SirAccount, case_id: &CaseId, name: &str) -> Option<Bytes> {
    let case = state.cases.get(case_id)?;
    let attachments = case.wire["caseAttachments"].as_array()?;
    let attachment = attachments.iter().find(|attachment: &&Value| attachment["fileName"] == name)?;
    case.uploads.get(&AttachmentId::new(attachment["attachmentId"].as_str()?))?.bytes.clone()
}
