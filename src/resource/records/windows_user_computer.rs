//! A computer that runs Windows.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::computer::{BrowserExtension, DeviceUser, PasswordPolicy, ScreenlockPolicy};
use super::record::Record;
use crate::resource::Kind;

/// A computer that runs Windows, and what is known of its security.
///
/// Source: <https://developer.vanta.com/reference/build-integrations.json>.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowsUserComputer {
    /// The name that Vanta's inventory shows, as it stands here.
    pub display_name: String,
    /// Tells the computer from all others, for good: an id of the source, never the number of a
    /// row. Pushing it again changes the same computer.
    pub unique_id: String,
    /// The https URL where the source shows the computer.
    pub external_url: String,
    /// When the data was gathered on the computer (RFC 3339); the latest moment where it took
    /// several.
    pub collected_timestamp: String,
    /// The operating system, in any words.
    pub os_name: String,
    /// Its version, in any words.
    pub os_version: String,
    /// The UUID of the hardware.
    pub hardware_uuid: String,
    /// The serial number of the hardware.
    pub serial_number: String,
    /// All programs that are installed.
    pub programs: Vec<WindowsProgram>,
    /// The extensions of browsers. Vanta looks for password managers that it knows among them.
    pub browser_extensions: Vec<BrowserExtension>,
    /// The drives. Vanta checks that they are encrypted.
    pub drives: Vec<WindowsDrive>,
    /// The people who use the computer. Where they cannot be told from the accounts of the system,
    /// send none.
    pub users: Vec<DeviceUser>,
    /// When the screen locks, for all users; may be empty.
    pub system_screenlock_policies: Vec<ScreenlockPolicy>,
    /// Whether a device management (MDM) holds the computer.
    pub is_managed: bool,
    /// Whether updates install themselves.
    pub auto_updates_enabled: bool,
    /// The email of the person who has the computer, where it is known. Vanta does not check it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What passwords must be like. `None` where nothing is asked of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_policy: Option<PasswordPolicy>,
    /// When the computer was last enrolled in its management (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_enrolled_timestamp: Option<String>,
    /// The products that the Windows Security Center watches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub windows_security_products: Option<Vec<WindowsSecurityProduct>>,
    /// What the Windows Security Center says of the computer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub windows_security_center: Option<WindowsSecurityCenter>,
    /// What the Developer Console declares beside these. Only when you declared some, and then each
    /// of them: an empty object is refused where none are declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_properties: Option<Map<String, Value>>,
}

impl Record for WindowsUserComputer {
    const KIND: Kind = Kind::WINDOWS_USER_COMPUTER;
}

/// A program that is installed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowsProgram {
    /// Its name.
    pub name: String,
    /// When it was last opened (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_opened_timestamp: Option<String>,
}

/// A drive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowsDrive {
    /// The name of the drive.
    pub name: String,
    /// Whether what is on it is encrypted.
    pub encrypted: bool,
    /// Whether the system starts from it. Lets Vanta pass over USB drives and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_boot_volume: Option<bool>,
}

/// A product that the Windows Security Center watches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowsSecurityProduct {
    /// Its name.
    pub name: String,
    /// What it guards against.
    pub category: WindowsSecurityCategory,
    /// Whether it runs.
    pub state: WindowsSecurityState,
    /// When the state was found out (RFC 3339).
    pub state_timestamp: String,
    /// Whether it knows the latest threats.
    pub signatures_up_to_date: bool,
}

/// What a security product is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum WindowsSecurityCategory {
    /// A firewall.
    Firewall,
    /// Against viruses.
    Antivirus,
    /// Against spyware.
    Antispyware,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}

/// Whether a security product runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum WindowsSecurityState {
    /// It does.
    On,
    /// It does not.
    Off,
    /// The Security Center does not know.
    Unknown,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}

/// The health of the parts that the Windows Security Center watches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowsSecurityCenter {
    /// The firewall.
    pub firewall: WindowsSecurityHealth,
    /// Automatic updates.
    pub autoupdate: WindowsSecurityHealth,
    /// The guard against viruses.
    pub antivirus: WindowsSecurityHealth,
    /// The settings for the internet.
    pub internet_setting: WindowsSecurityHealth,
    /// User Account Control, which asks before a program gets more rights.
    pub user_account_control: WindowsSecurityHealth,
    /// The Security Center itself.
    pub windows_security_center_service: WindowsSecurityHealth,
}

/// How a part of the system does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum WindowsSecurityHealth {
    /// Well.
    Good,
    /// Badly.
    Poor,
    /// Its warnings are put off.
    Snoozed,
    /// Nobody watches it.
    NotMonitored,
    /// It could not be found out.
    Error,
    /// A value that this version does not list; [`Body::validate`](crate::Body::validate) refuses
    /// it.
    #[serde(untagged)]
    Unlisted(String),
}
