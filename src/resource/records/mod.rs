//! The records of the known kinds as types: what the schemas say, for the compiler to read.
//!
//! Use them or leave them: [`Body::from_records`](crate::Body::from_records) takes any type that
//! serialises to an object, and [`Row::deserialize`](crate::Row::deserialize) reads into any.
//!
//! ```
//! use vanta::records::{BackgroundCheck, BackgroundCheckStatus, Record};
//! use vanta::{Body, ValidationOptions};
//!
//! let check = BackgroundCheck {
//!     display_name: "Rana Okafor".to_owned(),
//!     unique_id: "check-7".to_owned(),
//!     external_url: "https://checks.example.com/7".to_owned(),
//!     full_name: "Rana Okafor".to_owned(),
//!     email: "rana@example.com".to_owned(),
//!     status: BackgroundCheckStatus::InProgress,
//!     completion_date: None,
//!     custom_properties: None,
//! };
//! let body = Body::from_records("66f0c0ffee0000000000a00b", &[check])?;
//! let report = body.validate(&BackgroundCheck::KIND, &ValidationOptions::new())?;
//! assert!(report.errors.is_empty() && report.warnings.is_empty());
//! # Ok::<(), vanta::Error>(())
//! ```
//!
//! **Writing.** A field of type [`Option`] is left out while it is `None`, never sent as null;
//! every other field is always sent, and the compiler asks for it. No type has a default: a
//! forgotten `false` would be a claim about somebody's disk. The compiler sees no texts and no
//! ranges; [`Body::validate`](crate::Body::validate) does. A number that is not finite is
//! refused by [`Body::from_records`](crate::Body::from_records), with its record and its member.
//!
//! **Names.** A field `unique_id` is written `uniqueId`, and a variant `HardwareToken` is written
//! `HARDWARE_TOKEN`.
//!
//! **Reading.** Null reads as `None`. Fields that a type does not have are passed over. A value
//! that an enum does not list reads as its `Unlisted`, and is written as it was read; the check
//! before a push refuses it, unless the schema is one of your own that has it.
//!
//! **Times** are texts in RFC 3339 with an offset or `Z`, such as `2026-01-31T12:00:00Z`.
//!
//! **Versions.** Before 1.0, an optional field that Vanta adds comes with a minor version. The
//! compiler then asks for it wherever a record is written out in full. Have one function make your
//! records, or take the rest from a record that you have: `UserAccount { status, ..account }`.

mod api_endpoint_vulnerability;
mod background_check;
mod computer;
mod custom_resource;
mod macos_user_computer;
mod package_vulnerability;
mod record;
mod secret;
mod security_task;
mod static_analysis_vulnerability;
mod user_account;
mod user_security_training_status;
mod vulnerable_component;
mod windows_user_computer;

pub use api_endpoint_vulnerability::{ApiEndpointVulnerability, EndpointOccurrence, KeyValue};
pub use background_check::{BackgroundCheck, BackgroundCheckStatus};
pub use computer::{
    Browser, BrowserExtension, DeviceUser, PasswordPolicy, ScreenlockPolicy, ScreenlockSettings,
};
pub use custom_resource::CustomResource;
pub use macos_user_computer::{MacosApplication, MacosDrive, MacosUserComputer};
pub use package_vulnerability::PackageVulnerability;
pub use record::Record;
pub use secret::Secret;
pub use security_task::{SecurityTask, TaskPriority, TaskState};
pub use static_analysis_vulnerability::{CodeOccurrence, StaticAnalysisVulnerability};
pub use user_account::{AccountStatus, AuthMethod, MfaMethod, PermissionLevel, UserAccount};
pub use user_security_training_status::{Framework, TrainingStatus, UserSecurityTrainingStatus};
pub use vulnerable_component::{TargetType, VulnerableComponent};
pub use windows_user_computer::{
    WindowsDrive, WindowsProgram, WindowsSecurityCategory, WindowsSecurityCenter,
    WindowsSecurityHealth, WindowsSecurityProduct, WindowsSecurityState, WindowsUserComputer,
};
