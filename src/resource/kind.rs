//! The kinds of resources: each is a path segment, and a schema where it is a known one.

use std::borrow::Cow;
use std::fmt;

use crate::fork::PerProcess;
use crate::schema::Schema;

/// Longer names exist nowhere; a bound keeps them out of error messages.
pub(super) const LONGEST_NAME: usize = 100;

/// A kind of resource, named as in the path `/v1/resources/<kind>`.
///
/// The kinds of Vanta's published specification are constants; any other well-formed name
/// can be parsed, so that a kind which Vanta adds tomorrow needs no new library. A name is a
/// letter, then letters, digits and underscores, at most 100 in all.
///
/// Another spelling of one of these, such as `UserAccount` or `users`, is an error that names
/// the kind. If that other name is meant, `exact:` before it says so.
///
/// ```
/// use vanta::Kind;
/// assert_eq!("user_account".parse::<Kind>()?, Kind::USER_ACCOUNT);
/// let error = "UserAccounts".parse::<Kind>().unwrap_err();
/// assert!(error.to_string().contains("did you mean user_account?"));
/// assert_eq!("exact:UserAccounts".parse::<Kind>()?.as_str(), "UserAccounts");
/// # Ok::<(), vanta::Error>(())
/// ```
///
/// Source: <https://developer.vanta.com/reference/build-integrations.json>.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Kind(Cow<'static, str>);

macro_rules! kinds {
    ($($(#[$doc:meta])+ $name:ident = $path:literal;)+) => {
        impl Kind {
            $($(#[$doc])+ pub const $name: Kind = Kind(Cow::Borrowed($path));)+

            /// The kinds of the published specification.
            pub const ALL: &'static [Kind] = &[$(Kind::$name),+];
        }

        /// The names of the constants, in their order.
        pub(super) const CONSTANTS: [&str; Kind::ALL.len()] = [$(stringify!($name)),+];

        /// The schemas of the kinds, in their order, as text.
        const TEXTS: [&str; Kind::ALL.len()] =
            [$(include_str!(concat!("schemas/", $path, ".jtd.json"))),+];
    };
}

kinds! {
    /// Vulnerabilities of API endpoints.
    API_ENDPOINT_VULNERABILITY = "api_endpoint_vulnerability_connectors";
    /// Background checks of people.
    BACKGROUND_CHECK = "background_check_connector";
    /// Anything else, with properties declared in the console.
    CUSTOM_RESOURCE = "custom_resource";
    /// Computers that run macOS.
    MACOS_USER_COMPUTER = "macos_user_computer";
    /// Vulnerabilities of packages.
    PACKAGE_VULNERABILITY = "package_vulnerability_connectors";
    /// Secrets as inventory: their names and owners, never their values.
    SECRET = "secret";
    /// Tasks of a security team.
    SECURITY_TASK = "security_task";
    /// Vulnerabilities that static analysis found in code.
    STATIC_ANALYSIS_VULNERABILITY = "static_analysis_code_vulnerability_connectors";
    /// Accounts of users.
    USER_ACCOUNT = "user_account";
    /// Who has completed which security training.
    USER_SECURITY_TRAINING_STATUS = "user_security_training_status";
    /// What vulnerabilities are found in; pushed before them.
    VULNERABLE_COMPONENT = "vulnerable_component";
    /// Computers that run Windows.
    WINDOWS_USER_COMPUTER = "windows_user_computer";
}

/// The same, each read when it is first asked for: most programs push one kind. A child of a fork
/// does not wait for a thread that it does not have.
static SCHEMAS: [PerProcess<Schema>; Kind::ALL.len()] =
    [const { PerProcess::new() }; Kind::ALL.len()];

impl Kind {
    /// What the receipt of an upload names in the place of a kind.
    pub(crate) const DOCUMENT: Kind = Kind(Cow::Borrowed("document"));

    /// Returns the schema of a record of this kind, in JSON Type Definition, from Vanta's published
    /// specification; `None` for a kind that is not one of these.
    ///
    /// Custom properties are not in it, since each tenant declares its own; the records of
    /// [`CUSTOM_RESOURCE`](Kind::CUSTOM_RESOURCE) may have any.
    #[must_use]
    pub fn schema(&self) -> Option<&'static Schema> {
        let at = self.position()?;
        Some(SCHEMAS[at].get(|| Schema::parse(TEXTS[at]).expect("a test reads them all")))
    }

    /// Returns the same schema as JSON text, for tools.
    ///
    /// ```
    /// let text = vanta::Kind::SECRET.schema_text().expect("it is of the specification");
    /// assert!(vanta::Schema::parse(text).is_ok() && text.contains("uniqueId"));
    /// ```
    #[must_use]
    pub fn schema_text(&self) -> Option<&'static str> {
        self.position().map(|at| TEXTS[at])
    }

    fn position(&self) -> Option<usize> {
        Kind::ALL.iter().position(|kind| kind == self)
    }

    /// Returns the name as it stands in the path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The kind of exactly this name, as a receipt has it; `None` where the name is malformed.
    pub(crate) fn exact(name: &str) -> Option<Kind> {
        if let Some(kind) = Kind::ALL.iter().find(|kind| kind.as_str() == name) {
            return Some(kind.clone());
        }
        let letter_first = name.starts_with(|c: char| c.is_ascii_alphabetic());
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let well_formed = letter_first && plain && name.len() <= LONGEST_NAME;
        well_formed.then(|| Kind(Cow::Owned(name.to_owned())))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
