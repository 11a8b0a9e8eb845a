//! An account that somebody has in the source.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::record::Record;
use crate::resource::Kind;

/// An account, of a person or of a program.
///
/// Vanta finds its own user by the email, and shows the account in access reviews. An account that
/// is left out of a push shows as deactivated from then on; one that is sent with that status keeps
/// its details.
///
/// Source: <https://developer.vanta.com/reference/build-integrations.json>.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserAccount {
    /// The name that Vanta's inventory shows, as it stands here.
    pub display_name: String,
    /// Tells the account from all others, for good: an id of the source, never the number of a row.
    /// Pushing it again changes the same account.
    pub unique_id: String,
    /// The https URL where the source shows the account.
    pub external_url: String,
    /// The full name of the person who has the account.
    pub full_name: String,
    /// The name of the account itself; what tells the accounts of machines apart.
    pub account_name: String,
    /// Joins the account to a user in Vanta.
    pub email: String,
    /// What the account may do. Vanta shows it in access reviews.
    pub permission_level: PermissionLevel,
    /// When the account was made (RFC 3339).
    pub created_timestamp: String,
    /// Whether the account can be used.
    pub status: AccountStatus,
    /// Whether signing in takes a second factor. Vanta does not look at it under single sign-on.
    pub mfa_enabled: bool,
    /// The second factors that are set up; may be empty. Vanta does not look at them under single
    /// sign-on.
    pub mfa_methods: Vec<MfaMethod>,
    /// How the person who has the account signs in.
    pub auth_method: AuthMethod,
    /// The role in the words of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_description: Option<String>,
    /// When the account was last changed (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_timestamp: Option<String>,
    /// When the account was deactivated (RFC 3339), if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deactivated_timestamp: Option<String>,
    /// When somebody last signed in with it (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_login_timestamp: Option<String>,
    /// When the password was last reset (RFC 3339). Vanta keeps it for later use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_password_reset_timestamp: Option<String>,
    /// Ids of the groups that the account is in. Vanta keeps them and does not yet join them to
    /// groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_ids: Option<Vec<String>>,
    /// What the Developer Console declares beside these. Only when you declared some, and then each
    /// of them: an empty object is refused where none are declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_properties: Option<Map<String, Value>>,
}

impl Record for UserAccount {
    const KIND: Kind = Kind::USER_ACCOUNT;
}

/// What an account may do: the nearest of these.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum PermissionLevel {
    /// An administrator.
    Admin,
    /// Somebody who changes things.
    Editor,
    /// Anybody else.
    Base,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}

/// Whether an account can be used.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum AccountStatus {
    /// It can.
    Active,
    /// It no longer can. Better sent so than left out.
    Deactivated,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}

/// A second factor.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum MfaMethod {
    /// The source has none; what fits accounts of programs.
    Unsupported,
    /// The source has some, but they are off.
    Disabled,
    /// A text message.
    Sms,
    /// An email.
    Email,
    /// A one-time password.
    Otp,
    /// A device that one plugs in or holds.
    HardwareToken,
    /// A question on a telephone.
    PushPrompt,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}

/// How one signs in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum AuthMethod {
    /// Single sign-on.
    Sso,
    /// A password.
    Password,
    /// A token or a key; what fits accounts of programs.
    Token,
    /// A finger, a face.
    Biometric,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}
