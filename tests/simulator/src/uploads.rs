//! Uploads of documents: one file each, with its metadata.
//!
//! Sources: <https://developer.vanta.com/reference/build-integrations.json>, and for what it leaves
//! open `docs/scenarios/evidence.md` of <https://github.com/brianjlehnen/llamalync-demo>.

use serde_json::{Value, json};

use crate::api::{ApiRequest, admitted, decoded};
use crate::dates::{is_date, rfc3339};
use crate::multipart::{self, Part, Refusal};
use crate::reply::Reply;
use crate::state::{Shared, State, random};

const WRITE: &str = "self:write-document";

/// An accepted file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The id of the upload, as in its response.
    pub id: String,
    /// The id of its document.
    pub document_id: String,
    /// The file's name.
    pub file_name: String,
    /// The Content-Type of the file's part.
    pub mime_type: String,
    /// The content.
    pub bytes: Vec<u8>,
    /// The date from which it is effective, as `YYYY-MM-DD`.
    pub effective_at_date: Option<String>,
    /// Its description.
    pub description: Option<String>,
}

/// Returns the id of the document in the path of an upload.
pub(crate) fn document(path: &str) -> Option<String> {
    let id = path.strip_prefix("/v1/documents/")?.strip_suffix("/uploads")?;
    // A plus is a space in queries only.
    (!id.is_empty() && !id.contains('/')).then(|| decoded(&id.replace('+', "%2B")))
}

pub(crate) fn upload(
    shared: &Shared,
    state: &mut State,
    api_request: &ApiRequest,
    id: String,
) -> Reply {
    taken(shared, state, api_request, id).unwrap_or_else(|refusal| refusal)
}

fn taken(
    shared: &Shared,
    state: &mut State,
    api_request: &ApiRequest,
    id: String,
) -> Result<Reply, Reply> {
    let scope = state.settings.upload_scope_needed.then_some(WRITE);
    admitted(shared, state, api_request, "resource", scope)?;
    let plain = matches!(api_request.encoding.as_str(), "" | "identity");
    let boundary = multipart::boundary(&api_request.content_type).filter(|_| plain);
    let unsupported = || Reply::doubtful(415, "Unsupported Media Type", &state.settings);
    let boundary = boundary.ok_or_else(unsupported)?;
    let upload =
        read(&api_request.body, &boundary, id).map_err(|words| Reply::error(400, &words))?;
    let id = &upload.document_id;
    if state.settings.only_declared && !state.documents.contains(id) {
        let words = format!("Document with id: {id} not found");
        return Err(Reply::json(404, &json!({ "message": words })));
    }
    let answer = uploaded_file(&upload, &rfc3339(shared.clock.wall()));
    state.counters.uploads_accepted += 1;
    state.uploads.push(upload);
    Ok(Reply::json(state.settings.upload_status, &answer))
}

fn read(body: &[u8], boundary: &str, document_id: String) -> Result<Upload, Refusal> {
    let (mut file, mut date, mut description) = (None, None, None);
    for part in multipart::parts(body, boundary)? {
        let slot = match part.name.as_str() {
            "file" => &mut file,
            "effectiveAtDate" => &mut date,
            "description" => &mut description,
            other => return Err(format!("Unexpected field: {other}")),
        };
        if let Some(Part { name, .. }) = slot.replace(part) {
            return Err(format!("{name}: must stand once"));
        }
    }
    let file: Part<'_> = file.ok_or("must have property 'file'")?;
    let effective_at_date = date.map(text).transpose()?;
    if effective_at_date.as_ref().is_some_and(|date| !is_date(date)) {
        return Err("effectiveAtDate: must be a date, YYYY-MM-DD".to_owned());
    }
    Ok(Upload {
        id: random(24),
        document_id,
        file_name: file
            .file_name
            .filter(|name| !name.is_empty())
            .ok_or("file: must have a name")?,
        mime_type: file
            .content_type
            .filter(|kind| multipart::is_media_type(kind))
            .ok_or("file: must have a Content-Type")?,
        bytes: file.content.to_vec(),
        effective_at_date,
        description: description.map(text).transpose()?,
    })
}

/// Returns the value of a part that is not a file.
fn text(part: Part<'_>) -> Result<String, Refusal> {
    let name = &part.name;
    if part.file_name.is_some() {
        return Err(format!("{name}: must not be a file"));
    }
    let text = String::from_utf8(part.content.to_vec());
    text.map_err(|_| format!("{name}: must be UTF-8"))
}

/// Returns an `UploadedFile`. The title and the date of an upload without one are those that were
/// seen; the uploader of an application is not known.
fn uploaded_file(upload: &Upload, now: &str) -> Value {
    let day = upload.effective_at_date.as_ref().map(|date| format!("{date}T00:00:00.000Z"));
    json!({
        "id": upload.id,
        "fileName": upload.file_name,
        "title": "Manual Evidence",
        "description": upload.description,
        "mimeType": upload.mime_type,
        "uploadedBy": null,
        "creationDate": now,
        "updatedDate": now,
        "deletionDate": null,
        "effectiveDate": day.as_deref().unwrap_or(now),
        "url": format!("https://app.example.org/made-up/doc/Manual%20Evidence-{}", upload.id),
    })
}
