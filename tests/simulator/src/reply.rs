//! Responses as the real service and the servers in front of it write them.

use std::sync::atomic::{AtomicU64, Ordering};

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::settings::Settings;

/// A complete response.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let own = |name: &str, value: String| (name.to_owned(), value);
        let headers = vec![
            own("content-type", content_type.to_owned()),
            own("x-amzn-requestid", format!("00000000-1111-2222-3333-{number:012}")),
            own("x-amz-cf-id", format!("made-up-{number}")),
        ];
        Reply { status, headers, body: body.into() }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Reply {
        Reply::new(status, "application/json; charset=utf-8", body.to_string())
    }

    /// Returns a refusal in the API's own words.
    pub(crate) fn error(status: u16, words: &str) -> Reply {
        Reply::json(status, &json!({ "error": words }))
    }

    /// Returns a refusal whose form nobody has published.
    pub(crate) fn doubtful(status: u16, words: &str, settings: &Settings) -> Reply {
        if settings.errors_as_text {
            return Reply::new(status, "text/plain; charset=utf-8", words);
        }
        Reply::error(status, words)
    }

    pub(crate) fn oauth(status: u16, code: &str, words: &str) -> Reply {
        Reply::json(status, &json!({ "error": code, "error_description": words }))
    }

    /// Returns the response of the web framework behind the API to an unknown path or method.
    pub(crate) fn no_path(method: &str, path: &str) -> Reply {
        let page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Error</title></head>\n\
             <body><pre>Cannot {method} {path}</pre></body></html>\n"
        );
        Reply::new(404, "text/html; charset=utf-8", page)
    }

    /// Returns the response of the edge to a GET with a body.
    pub(crate) fn edge_refusal() -> Reply {
        let page = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\">\n<HTML><HEAD>\
                    <TITLE>ERROR: The request could not be satisfied</TITLE></HEAD>\n<BODY>\
                    <H1>403 ERROR</H1>Bad request. We can't connect to the server.</BODY></HTML>\n";
        Reply::new(403, "text/html", page)
    }

    /// Returns the response of the gateway to a body over its limit.
    pub(crate) fn too_large() -> Reply {
        let words = format!("HTTP content length exceeded {} bytes.", crate::BODY_LIMIT);
        Reply::new(413, "text; charset=utf-8", words)
            .with("x-cache", "Error from cloudfront")
            .with("x-amz-apigw-id", "made-up")
            .with("x-amz-cf-pop", "XXX00-P0")
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Reply {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns the response as bytes, for connections that no HTTP library writes.
    pub(crate) fn wire(&self) -> Vec<u8> {
        let known = StatusCode::from_u16(self.status).ok();
        let reason = known.and_then(|status| status.canonical_reason()).unwrap_or("Scripted");
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        [head.as_bytes(), &self.body].concat()
    }
}
