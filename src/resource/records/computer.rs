//! What computers have in common, whatever they run.
//!
//! Source: <https://developer.vanta.com/reference/build-integrations.json>.

use serde::{Deserialize, Serialize};

/// An extension of a browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BrowserExtension {
    /// The id by which the browser's store knows it.
    pub extension_id: String,
    /// Its name.
    pub name: String,
    /// The browser that has it. Leave the extension out where that is none of these.
    pub browser: Browser,
}

/// A browser.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Browser {
    /// Chrome, and every other browser made from Chromium that has no name here.
    Chrome,
    /// Firefox.
    Firefox,
    /// Opera.
    Opera,
    /// Safari.
    Safari,
    /// Edge.
    Edge,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}

/// A person who uses a computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceUser {
    /// The name of the account on the computer.
    pub username: String,
    /// When the screen must lock, by policy; may be empty where it is hard to find out.
    pub screenlock_policies: Vec<ScreenlockPolicy>,
    /// When the screen does lock, as it is set.
    pub screenlock_settings: ScreenlockSettings,
    /// When the person last signed in (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_login_timestamp: Option<String>,
}

/// A rule that says when a screen must lock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScreenlockPolicy {
    /// Whether unlocking takes a password.
    pub requires_password: bool,
    /// How long nobody does anything until the screen sleeps, in milliseconds.
    pub screen_sleep_timeout_ms: i32,
}

/// When a screen locks, as it is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScreenlockSettings {
    /// Whether unlocking takes a password.
    pub requires_password: bool,
    /// How long nobody does anything until the screen sleeps, in milliseconds.
    pub screen_sleep_timeout_ms: i32,
}

/// What the passwords on a computer must be like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordPolicy {
    /// How many characters they have at least.
    pub minimum_length_requirement: i32,
}
