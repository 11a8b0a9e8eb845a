//! Which host a connection goes to first: that of the service, or a proxy.

use vanta::Config;

use crate::args::Connection;
use crate::config::variable;

pub struct Way {
    /// Host and port; `None` where the environment names the proxy.
    pub first: Option<String>,
    is_proxy: bool,
}

impl Way {
    pub fn origin(connection: &Connection) -> String {
        let given = connection.origin.clone().or_else(|| variable("VANTA_ORIGIN"));
        given.unwrap_or_else(|| Config::COMMERCIAL.to_owned())
    }

    pub fn of(connection: &Connection) -> Way {
        let proxy = connection.proxy.clone().or_else(|| variable("VANTA_PROXY"));
        match proxy.as_deref() {
            Some("environment") => Way { first: None, is_proxy: true },
            None | Some("none") => {
                Way { first: Some(host(&Way::origin(connection), 443)), is_proxy: false }
            }
            Some(proxy) => Way { first: Some(host(proxy, 80)), is_proxy: true },
        }
    }

    /// What is behind the host, for people.
    pub fn by(&self) -> &'static str {
        if self.is_proxy { ", the proxy" } else { "" }
    }
}

/// The host and the port of a URL.
fn host(url: &str, port: u16) -> String {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split('/').next().unwrap_or_default();
    // The colons of an IPv6 address stand in brackets.
    let after = authority.rsplit(']').next().unwrap_or_default();
    if after.contains(':') { authority.to_owned() } else { format!("{authority}:{port}") }
}
