//! Tells a response of the service itself from the response of a gateway on the way to it.
//!
//! The service responds in JSON. A firewall, proxy, CDN or captive portal responds in HTML or text,
//! and knows nothing about tokens, scopes and records: its response is no verdict on any of them.
//! No public source says whether the service's own 401 and 403 are JSON, the word "unauthorized",
//! or empty. So the word is taken for the service's, and the sender of an empty one is unknown.

use serde_json::Value;

use super::html;
use super::response::{Response, without_bom};
use crate::error::{Error, ErrorKind};

/// Who sent a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    Service,
    /// The response is empty, or cannot be read.
    Unknown,
    Gateway,
}

impl Response {
    pub(crate) fn sender(&self) -> Sender {
        let text = without_bom(&self.body).trim_ascii();
        match text.first() {
            _ if self.compression().is_some() => Sender::Unknown,
            Some(b'<') if self.is_unknown_path() => Sender::Service,
            Some(b'<') => Sender::Gateway,
            // A list of rows is not parsed for this.
            Some(b'{') if self.is_success() => Sender::Service,
            Some(b'{') => self.sender_of_object(),
            _ if self.has_bearer_challenge() => Sender::Service,
            _ if self.has_challenge() => Sender::Gateway,
            None => Sender::Unknown,
            Some(_) if self.is_bare_word(text) => Sender::Service,
            Some(_) => Sender::Gateway,
        }
    }

    /// No service claims success with the status of a failure.
    fn sender_of_object(&self) -> Sender {
        match self.json() {
            Some(json) if json.get("success") == Some(&Value::Bool(true)) => Sender::Gateway,
            Some(_) => Sender::Service,
            None => Sender::Unknown,
        }
    }

    /// Whether the body is one of the service's words and no more, as text or as a JSON string.
    fn is_bare_word(&self, text: &[u8]) -> bool {
        let inner = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
        let word = inner.unwrap_or(text);
        let word = word.strip_suffix(b".").unwrap_or(word);
        let is = |known: &str| word.eq_ignore_ascii_case(known.as_bytes());
        match self.status {
            400 => is("invalid_client"),
            401 => is("unauthorized") || is("invalid_client"),
            403 => is("unauthorized"),
            _ => false,
        }
    }

    /// Whether the API's own web framework says that it has no such path. It says so in HTML.
    pub(crate) fn is_unknown_path(&self) -> bool {
        let text = if self.status == 404 { self.message() } else { String::new() };
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        has(&["Cannot GET /", "Cannot PUT /", "Cannot POST /"]) && has(&["/v1/", "/oauth/"])
    }

    /// The error for a gateway's response, with what the operator can do about it.
    pub(crate) fn gateway_error(&self, advice: &str) -> Error {
        let words = format!("{}{advice}", self.describe_gateway());
        self.error(ErrorKind::GatewayResponse, words)
    }

    /// Describes a response that a gateway sent.
    pub(crate) fn describe_gateway(&self) -> String {
        let named = self.gateway_names();
        format!("a gateway{named} responded, such as a firewall, proxy, CDN or captive portal")
    }

    /// What the header fields say about a gateway, in parentheses.
    pub(super) fn gateway_names(&self) -> String {
        let fields = [("server", &self.server), ("via", &self.via)].into_iter();
        let named =
            fields.filter_map(|(name, value)| Some(format!("{name} {:?}", value.as_ref()?)));
        let named: Vec<String> = named.collect();
        if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) }
    }

    /// The error for a redirect. None is followed: its target gets neither credentials nor records.
    pub(crate) fn redirect_refused(&self) -> Error {
        let target = self.location.as_deref().unwrap_or("nowhere");
        let words = format!(
            "it leads to {target}; if that is not a host of Vanta's, a gateway{} redirects, such \
             as a captive portal",
            self.gateway_names(),
        );
        self.error(ErrorKind::RedirectRefused, words)
    }

    /// The error for a 2xx response that the service cannot have sent: markup, or compressed.
    pub(crate) fn unusable(&self) -> Option<Error> {
        let compressed =
            self.compression().map(|words| self.error(ErrorKind::GatewayResponse, words));
        let is_markup = self.is_markup();
        compressed.or_else(|| {
            is_markup.then(|| self.gateway_error("; sign in to it, or let it pass this request"))
        })
    }

    /// Describes a response whose sender is unknown.
    pub(crate) fn describe_unknown(&self) -> String {
        let is_empty = self.body.trim_ascii().is_empty();
        let what = if is_empty { "is empty" } else { "cannot be read as JSON" };
        let words = || format!("the response {what}, so it may be a gateway's or Vanta's");
        self.compression().unwrap_or_else(words)
    }

    /// The title of an HTML document.
    pub(crate) fn title(&self) -> Option<String> {
        let title = self.is_markup().then(|| html::title(&String::from_utf8_lossy(&self.body)));
        title.flatten().map(|title| self.quote(&title))
    }
}
