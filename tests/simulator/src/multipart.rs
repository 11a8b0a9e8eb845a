//! Strict parsing of multipart forms: <https://www.rfc-editor.org/rfc/rfc7578>.

/// One part of a form.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) content: &'a [u8],
}

/// Why a form cannot be parsed.
pub(crate) type Refusal = String;

/// Returns the boundary of a Content-Type. Returns `None` when it is not that of a form, or has no
/// boundary that RFC 2046, section 5.1.1, allows.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let pairs = parameters.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut named = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("boundary"));
    let (_, value) = named.next()?;
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let good = match quoted {
        Some(value) => value.bytes().all(is_of_boundary) && !value.ends_with(' '),
        None => is_token(value) && value.bytes().all(is_of_boundary),
    };
    let value = quoted.unwrap_or(value);
    (good && (1..=70).contains(&value.len()) && named.next().is_none()).then(|| value.to_owned())
}

fn is_of_boundary(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte)
}

/// Returns whether a value needs no quotes: RFC 2045, section 5.1.
fn is_token(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&byte);
    !text.is_empty() && text.bytes().all(plain)
}

/// Returns whether a text is a media type: two tokens, and optional parameters.
pub(crate) fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim_end();
    essence.split_once('/').is_some_and(|(kind, sub)| is_token(kind) && is_token(sub))
}

/// Returns the parts of a body. Only a line end may follow the last part, and nothing may precede
/// the first.
pub(crate) fn parts<'a>(body: &'a [u8], boundary: &str) -> Result<Vec<Part<'a>>, Refusal> {
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let begun = body.strip_prefix(&delimiter[2..]);
    let mut rest = begun.ok_or("the body does not begin with its boundary")?;
    let mut parts = Vec::new();
    while !matches!(rest, b"--" | b"--\r\n") {
        let whole = rest.strip_prefix(b"\r\n");
        let text = whole.ok_or("a boundary is not the whole of its line")?;
        let end = find(text, &delimiter).ok_or("the body does not end with its boundary")?;
        parts.push(part(&text[..end])?);
        rest = &text[end + delimiter.len()..];
    }
    Ok(parts)
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|bytes| bytes == wanted)
}

fn part(text: &[u8]) -> Result<Part<'_>, Refusal> {
    let end = find(text, b"\r\n\r\n").ok_or("a part has no head")?;
    let head = std::str::from_utf8(&text[..end]).map_err(|_| "the head of a part is not UTF-8")?;
    let disposition = header(head, "content-disposition")?.ok_or("a part has no name")?;
    let (name, file_name) = names(disposition).ok_or_else(|| {
        format!("Content-Disposition: {disposition:?} is not the name of a part, or of a file too")
    })?;
    if header(head, "content-transfer-encoding")?.is_some() {
        return Err("Content-Transfer-Encoding is not for HTTP".to_owned());
    }
    let content_type = header(head, "content-type")?.map(str::to_owned);
    Ok(Part { name, file_name, content_type, content: &text[end + 4..] })
}

/// Returns the value of a header field that occurs at most once.
fn header<'a>(head: &'a str, wanted: &str) -> Result<Option<&'a str>, Refusal> {
    let mut found = None;
    for line in head.split("\r\n") {
        let (name, value) = line.split_once(':').ok_or("a line of a head is not a header")?;
        if !is_token(name) || value.contains(|c: char| c.is_control() && c != '\t') {
            return Err(format!("the header {name:?} is not well-formed"));
        }
        let other = !name.eq_ignore_ascii_case(wanted);
        if !other && found.replace(value.trim()).is_some() {
            return Err(format!("the header {name} stands twice in a part"));
        }
    }
    Ok(found)
}

/// Returns the name of a part and of its file: quoted, and each at most once.
fn names(disposition: &str) -> Option<(String, Option<String>)> {
    let (kind, mut rest) = disposition.split_once(';')?;
    let (mut name, mut file_name) = (None, None);
    loop {
        let (key, value) = rest.trim_start().split_once("=\"")?;
        let (value, behind) = value.split_once('"')?;
        let slot = match key {
            "name" => &mut name,
            "filename" => &mut file_name,
            // `filename*` is refused too: RFC 7578, section 4.2.
            _ => return None,
        };
        if slot.replace(unescaped(value)).is_some() {
            return None;
        }
        if behind.is_empty() {
            break;
        }
        rest = behind.strip_prefix(';')?;
    }
    kind.trim().eq_ignore_ascii_case("form-data").then_some((name?, file_name))
}

/// Decodes the three escapes that names have:
/// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>.
fn unescaped(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}
