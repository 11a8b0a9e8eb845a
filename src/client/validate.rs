//! Validates the records of a push.

use super::handle::Client;
use super::options::PushOptions;
use super::remote::Remote;
use crate::body::Body;
use crate::clock::Deadline;
use crate::error::{Error, Result, Violation};
use crate::resource::Kind;
use crate::rule::{Level, Rule};

impl Client {
    /// Validates every record, references to live components too, and returns the warnings.
    pub(super) fn validate_all(
        &self,
        kind: &Kind,
        body: &Body,
        options: &PushOptions,
        deadline: &Deadline,
    ) -> Result<Vec<Violation>> {
        let warnings = validate(kind, body, options)?;
        let Some(resource_id) = &options.live_components else { return Ok(warnings) };
        let read = self.read_remote(&Kind::VULNERABLE_COMPONENT, resource_id, deadline);
        let (components, _) = read.map_err(about_components)?;
        validate_references(kind, body, options, &components)
    }
}

/// Validates what can be validated without a request: references to components cannot, where the
/// live ones are to be read.
pub(super) fn validate(kind: &Kind, body: &Body, options: &PushOptions) -> Result<Vec<Violation>> {
    if !options.allow_empty {
        body.refuse_empty()?;
    }
    let checks = match options.live_components {
        Some(_) => &options.validation.clone().level(Rule::UnknownComponent, Level::Off),
        None => &options.validation,
    };
    body.validate(kind, checks)?.into_warnings()
}

/// Validates every record again, now with the live components.
pub(super) fn validate_references(
    kind: &Kind,
    body: &Body,
    options: &PushOptions,
    components: &Remote,
) -> Result<Vec<Violation>> {
    let checks = options.validation.clone().components(components.ids());
    body.validate(kind, &checks)?.into_warnings()
}

/// The error for components that could not be read.
pub(super) fn about_components(error: Error) -> Error {
    error.about("reading the live components")
}
