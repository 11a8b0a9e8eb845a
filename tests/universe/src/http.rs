//! Requests as the server reads them, and responses as it writes them.

/// A request whose content is complete.
pub struct Parsed {
    pub method: String,
    pub path: String,
    pub bearer: Option<String>,
    pub content: Vec<u8>,
    /// How many bytes it has.
    pub length: usize,
}

/// The request that stands first in `bytes`, once it is complete.
pub fn parse(bytes: &[u8]) -> Option<Parsed> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let (method, path) = (first.next()?, first.next()?);
    let (mut bearer, mut size) = (None, 0);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        match name.to_ascii_lowercase().as_str() {
            "content-length" => size = value.trim().parse().ok()?,
            "authorization" => bearer = value.trim().strip_prefix("Bearer ").map(str::to_owned),
            _ => {}
        }
    }
    let content = bytes.get(end..end + size)?.to_vec();
    Some(Parsed { method, path, bearer, content, length: end + size })
}

/// A response.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub content_type: &'static str,
    pub retry_after: Option<String>,
    pub content: String,
    /// Whether it tells the client what became of the request.
    pub is_definite: bool,
}

impl Reply {
    pub fn json(status: u16, content: String) -> Reply {
        let is_definite = matches!(status, 200 | 400 | 401 | 403 | 404 | 422 | 429);
        Reply { status, content_type: "application/json", retry_after: None, content, is_definite }
    }

    pub fn error(status: u16) -> Reply {
        let words = match status {
            429 => "Too many requests",
            401 => "Unauthorized",
            408 => "Request timeout",
            _ => "Something went wrong",
        };
        Reply::json(status, format!(r#"{{"error":"{words}"}}"#))
    }

    pub fn page(status: u16) -> Reply {
        let page = format!("<!DOCTYPE html><html><body><h1>{status}</h1>gateway</body></html>");
        let content_type = "text/html";
        Reply { status, content_type, retry_after: None, content: page, is_definite: false }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Status\r\n", self.status);
        head += &format!("content-type: {}\r\n", self.content_type);
        if let Some(wait) = &self.retry_after {
            head += &format!("retry-after: {wait}\r\n");
        }
        if self.content_type == "application/json" {
            head += "x-amzn-requestid: 00000000-1111-2222-3333-000000000000\r\n";
        }
        head += &format!("content-length: {}\r\n\r\n{}", self.content.len(), self.content);
        head.into_bytes()
    }
}
