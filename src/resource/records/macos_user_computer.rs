//! A computer that runs macOS.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::computer::{BrowserExtension, DeviceUser, PasswordPolicy, ScreenlockPolicy};
use super::record::Record;
use crate::resource::Kind;

/// A computer that runs macOS, and what is known of its security.
///
/// Source: <https://developer.vanta.com/reference/build-integrations.json>.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MacosUserComputer {
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
    /// All applications that are installed.
    pub applications: Vec<MacosApplication>,
    /// The extensions of browsers. Vanta looks for password managers that it knows among them.
    pub browser_extensions: Vec<BrowserExtension>,
    /// The drives. Vanta checks that they are encrypted.
    pub drives: Vec<MacosDrive>,
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
    /// Whether XProtect, Apple's guard against malware, is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_x_protect_enabled: Option<bool>,
    /// What the Developer Console declares beside these. Only when you declared some, and then each
    /// of them: an empty object is refused where none are declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_properties: Option<Map<String, Value>>,
}

impl Record for MacosUserComputer {
    const KIND: Kind = Kind::MACOS_USER_COMPUTER;
}

/// An application that is installed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MacosApplication {
    /// Its name.
    pub name: String,
    /// Its bundle identifier, such as `com.apple.Terminal`.
    pub bundle_id: String,
    /// When it was last opened (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_opened_timestamp: Option<String>,
}

/// A drive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MacosDrive {
    /// The name of the drive.
    pub name: String,
    /// Whether what is on it is encrypted.
    pub encrypted: bool,
    /// Whether FileVault is on for it.
    pub filevault_enabled: bool,
    /// Whether the system starts from it. Lets Vanta pass over USB drives and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_boot_volume: Option<bool>,
}
