//! The rules that the specification has in words beside its schemas.

use std::collections::HashSet;

use crate::error::shorten;
use crate::json::Value;
use crate::rule::Rule;

/// Pointers to the numbers between 0 and 10.
const ZERO_TO_TEN: [&str; 3] = ["/severity", "/confidence", "/cvss3Score"];

/// What a record says that the rules ask for. Of duplicate members the last one counts.
#[derive(Default)]
pub(super) struct Facts {
    is_not_https: bool,
    is_closed: Option<bool>,
    has_closed_timestamp: bool,
    is_out_of_range: [bool; ZERO_TO_TEN.len()],
    /// The message about a component that is not known.
    unknown_component: Option<String>,
}

impl Facts {
    pub(super) fn note(
        &mut self,
        components: Option<&HashSet<String>>,
        name: &str,
        value: &Value<'_>,
    ) {
        let text = || match value {
            Value::String(text) => Some(&**text),
            _ => None,
        };
        match name {
            "externalUrl" => {
                self.is_not_https = text().is_some_and(|url| !url.starts_with("https://"));
            }
            "taskState" => self.is_closed = text().map(|state| state == "CLOSED"),
            "closedTimestamp" => self.has_closed_timestamp = !matches!(value, Value::Null),
            "vulnerableComponentUniqueId" => {
                let unknown = |id: &&str| components.is_some_and(|known| !known.contains(*id));
                self.unknown_component = text().filter(unknown).map(unknown_component);
            }
            "severity" => self.is_out_of_range[0] = is_out_of_range(value),
            "confidence" => self.is_out_of_range[1] = is_out_of_range(value),
            "cvss3Score" => self.is_out_of_range[2] = is_out_of_range(value),
            _ => {}
        }
    }

    /// Calls `with` with each rule that is violated, a JSON pointer and a message.
    pub(super) fn each_violation(self, is_task: bool, mut with: impl FnMut(Rule, &str, &str)) {
        if self.is_not_https {
            with(Rule::HttpsUrl, "/externalUrl", "must be an https URL");
        }
        match (self.is_closed.filter(|_| is_task), self.has_closed_timestamp) {
            (Some(true), false) => {
                with(Rule::ClosedTimestamp, "", "a CLOSED task needs closedTimestamp");
            }
            (Some(false), true) => {
                with(Rule::ClosedTimestamp, "/closedTimestamp", "only a CLOSED task has it");
            }
            _ => {}
        }
        for (pointer, is_out_of_range) in ZERO_TO_TEN.into_iter().zip(self.is_out_of_range) {
            if is_out_of_range {
                with(Rule::ZeroToTen, pointer, "must be between 0 and 10");
            }
        }
        if let Some(message) = &self.unknown_component {
            with(Rule::UnknownComponent, "/vulnerableComponentUniqueId", message);
        }
    }
}

fn is_out_of_range(value: &Value<'_>) -> bool {
    let Value::Number(number) = value else { return false };
    number.as_f64().is_some_and(|number| !(0.0..=10.0).contains(&number))
}

fn unknown_component(id: &str) -> String {
    format!("no component with uniqueId {:?} is known; push the components first", shorten(id))
}
