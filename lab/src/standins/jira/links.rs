//! Where does an issue point to outside Jira?

use serde_json::{Value, json};

use super::{
    super::{
        exchange::WireResponse,
        shape::{FieldShape, Shape, may, misfits, need, text},
    },
    refused::{Output, bad_payload, message},
    routes::Given,
    state::Site,
};

const OBJECT: &[FieldShape] = &[
    need("url", text(1, 2000)),
    need("title", text(1, 255)),
    may("summary", text(0, 2000)),
    may("icon", Shape::AnyObject),
    may("status", Shape::AnyObject),
];
const BODY: Shape = Shape::Object(&[
    may("globalId", text(1, 255)),
    may("application", Shape::AnyObject),
    may("relationship", text(0, 255)),
    need("object", Shape::Object(OBJECT)),
]);

pub(super) fn list(state: &mut Site, given: &Given<'_>) -> Output {
    let wanted = given.asked.query("globalId").map(str::to_owned);
    let links = &state.issue(&given.parts[0])?.links;
    match wanted {
        None => Ok(WireResponse::json(200, &json!(links))),
        Some(id) => {
            let link = links.iter().find(|link| link["globalId"] == id.as_str());
            link.map(|link| WireResponse::json(200, link))
                .ok_or_else(|| message(404, "The remote link was not found."))
        }
    }
}

/// Adds a link; one with the same `globalId` is replaced whole.
pub(super) fn put(state: &mut Site, given: &Given<'_>) -> Output {
    let mut link = given.asked.json().map_err(|_| bad_payload())?;
    if !misfits(&BODY, &link, "").is_empty() {
        return Err(bad_payload());
    }
    state.pace(&given.parts[0])?;
    let key = state.issue(&given.parts[0])?.key.clone();
    if ["*", key.as_str()].iter().any(|key| state.unlinkable.contains(*key)) {
        return Err(message(403, "You may not link issues."));
    }
    let (number, api) = (state.next("link"), state.api());
    let issue = state.issue(&given.parts[0])?;
    let known = issue
        .links
        .iter_mut()
        .find(|known| known["globalId"].is_string() && known["globalId"] == link["globalId"]);
    let status = if known.is_some() { 200 } else { 201 };
    let id = known.as_ref().map_or_else(|| Value::from(30_000 + number), |known| known["id"].clone());
    let own = format!("{api}/issue/{key}/remotelink/{id}");
    link["id"] = id.clone();
    link["self"] = own.clone().into();
    match known {
        Some(known) => *known = link,
        None => issue.links.push(link),
    }
    Ok(WireResponse::json(status, &json!({ "id": id, "self": own })))
}
