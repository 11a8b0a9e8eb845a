//! What is validated, and how severe each violation is.

use std::collections::HashSet;

use crate::rule::{Level, Rule};
use crate::schema::Schema;

/// The rules that records are validated by; the same for every kind.
///
/// ```
/// use vanta::{Body, ValidationOptions, Kind, Level, Rule};
/// let records = r#"[{"uniqueId": "a", "displayName": 7, "externalUrl": "http://x.example.com"}]"#;
/// let body = Body::from_json_array("66f0c0ffee0000000000a002", records)?;
/// let report = body.validate(&Kind::CUSTOM_RESOURCE, &ValidationOptions::new())?;
/// let violation = report.errors[0].to_string();
/// assert_eq!(violation, "record 0 (uniqueId a) at /displayName - must be string");
/// assert_eq!(report.warnings[0].pointer, "/externalUrl");
///
/// let strict = ValidationOptions::new().level(Rule::HttpsUrl, Level::Error);
/// let report = body.validate(&Kind::CUSTOM_RESOURCE, &strict)?;
/// assert_eq!((report.errors.len(), report.warnings.len()), (2, 0));
/// # Ok::<(), vanta::Error>(())
/// ```
#[must_use = "each method returns it anew"]
#[derive(Clone, Debug, Default)]
pub struct ValidationOptions {
    pub(super) schema: Option<Schema>,
    pub(super) custom: Option<Schema>,
    levels: [Option<Level>; Rule::ALL.len()],
    pub(super) components: Option<HashSet<String>>,
}

impl ValidationOptions {
    /// Returns the default: the schema of each kind, and every rule at its usual level.
    pub fn new() -> ValidationOptions {
        ValidationOptions::default()
    }

    /// Sets a schema of your own for whole records, as the Developer Console shows it. It replaces
    /// the kind's.
    pub fn schema(self, schema: Schema) -> ValidationOptions {
        ValidationOptions { schema: Some(schema), ..self }
    }

    /// Sets the schema of the custom properties, as the Developer Console shows it. Each record
    /// must have them then.
    pub fn custom_properties(self, schema: Schema) -> ValidationOptions {
        ValidationOptions { custom: Some(schema), ..self }
    }

    /// Sets the level of a rule: what becomes of a record that breaks it.
    pub fn level(mut self, rule: Rule, level: Level) -> ValidationOptions {
        self.levels[rule as usize] = Some(level);
        self
    }

    /// Adds the `uniqueId`s of components that vulnerabilities may name.
    ///
    /// ```
    /// use vanta::{Body, ValidationOptions};
    /// let components = Body::from_json_array("web-apps", r#"[{"uniqueId": "app-1"}]"#)?;
    /// let checks = ValidationOptions::new().components(components.unique_ids());
    /// # Ok::<(), vanta::Error>(())
    /// ```
    pub fn components(
        mut self,
        ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> ValidationOptions {
        let known = self.components.get_or_insert_default();
        known.extend(ids.into_iter().map(Into::into));
        self
    }

    /// Whether no rule is looked at.
    pub(super) fn are_off(&self) -> bool {
        Rule::ALL.into_iter().all(|rule| self.level_of(rule) == Level::Off)
    }

    pub(super) fn level_of(&self, rule: Rule) -> Level {
        self.levels[rule as usize].unwrap_or(rule.usual())
    }
}
