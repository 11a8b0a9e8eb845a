//! Why the program ends with another exit code than 0: for people, and as JSON.

use std::fmt;
use std::path::Path;

use serde_json::{Value, json};
use vanta::{Action, Error, Violation};

use crate::names;
use crate::problem::{Problem, visible};

/// What went wrong, and the action that gives the exit code.
#[derive(Debug)]
pub struct Failure {
    pub action: Action,
    message: String,
    /// The library's error, if it is one.
    error: Option<Error>,
    pub problems: Vec<Problem>,
    /// What is only a warning, beside the problems.
    pub warnings: Vec<Problem>,
    /// How many more problems there are.
    more: usize,
    /// Whether the result of a command that failed was written already: as a report, or a plan.
    pub is_shown: bool,
}

pub type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    pub fn new(action: Action, message: impl Into<String>) -> Failure {
        let message = message.into();
        Failure {
            action,
            message,
            error: None,
            problems: Vec::new(),
            warnings: Vec::new(),
            more: 0,
            is_shown: false,
        }
    }

    /// A call that is wrong: exit code 64.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure::new(Action::FixCall, message)
    }

    pub fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
        Failure::new(
            Action::FixConfig,
            format!("a file cannot be read: {}, {error}", path.display()),
        )
    }

    /// Problems of records, of which the library knows nothing.
    pub fn records(message: impl Into<String>, problems: Vec<Problem>) -> Failure {
        Failure { problems, ..Failure::new(Action::FixRecords, message) }
    }

    pub fn with_action(self, action: Action) -> Failure {
        Failure { action, ..self }
    }

    pub fn with_problems(self, problems: Vec<Problem>) -> Failure {
        Failure { problems, ..self }
    }

    pub fn with_warnings(self, warnings: Vec<Problem>) -> Failure {
        Failure { warnings, ..self }
    }

    pub fn with_more(self, more: usize) -> Failure {
        Failure { more, ..self }
    }

    /// Names what the failure is about, before the message.
    pub fn about(mut self, what: &str) -> Failure {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// Marks a failure whose problems were written to standard output as the result.
    pub fn shown(self) -> Failure {
        Failure { is_shown: true, ..self }
    }

    /// Replaces the places of violations by better ones.
    pub fn with_places(mut self, place: impl Fn(&Violation) -> Option<Problem>) -> Failure {
        if let Some(error) = &self.error {
            self.problems = error.violations().iter().filter_map(&place).collect();
            self.warnings = error.warnings().iter().filter_map(&place).collect();
        }
        self
    }

    pub fn exit_code(&self) -> u8 {
        self.action.exit_code()
    }

    pub fn json(&self) -> Value {
        let error = self.error.as_ref();
        let list = |problems: &[Problem]| problems.iter().map(Problem::json).collect::<Vec<_>>();
        json!({"error": {
            "name": error.map(|error| error.kind().name()),
            "code": error.map(Error::code),
            "action": format!("{:?}", self.action),
            "exitCode": self.exit_code(),
            "message": self.message,
            "stage": error.map(|error| format!("{:?}", error.stage()).to_lowercase()),
            "httpStatus": error.and_then(Error::http_status),
            "oauthError": error.and_then(Error::oauth_error),
            "requestId": error.and_then(Error::request_id),
            "retryAfterSeconds": error.and_then(Error::retry_after).map(|wait| wait.as_secs_f64()),
            "attempts": error.map(Error::attempts),
            "isRetryable": error.map(Error::is_retryable),
            "violations": list(&self.problems),
            "warnings": list(&self.warnings),
        }})
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure {
            action: error.action(),
            message: names::of_options(&without_violations(&error)),
            problems: error.violations().iter().map(Problem::from).collect(),
            warnings: error.warnings().iter().map(Problem::from).collect(),
            error: Some(error),
            more: 0,
            is_shown: false,
        }
    }
}

/// The line of an error without the first few violations, which are listed below it.
fn without_violations(error: &Error) -> String {
    const IN_LINE: usize = 3;
    let mut text = error.to_string();
    let violations = error.violations();
    for violation in violations.iter().take(IN_LINE) {
        text = text.replacen(&format!("; {violation}"), "", 1);
    }
    let more = violations.len().saturating_sub(IN_LINE);
    text.replacen(&format!("; and {} more", grouped(more)), "", 1)
}

/// The line, then one for each problem.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible(&self.message))?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))?;
        match self.more {
            0 => Ok(()),
            more => write!(f, "\n  and {} more", grouped(more)),
        }
    }
}

/// A count as people read it: 10,485,760.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    let groups: Vec<&str> = groups.iter().map(|g| std::str::from_utf8(g).unwrap_or("")).collect();
    groups.join(",")
}

/// A count of things: 1 record, 1,200 records.
pub fn many(count: usize, thing: &str) -> String {
    format!("{} {thing}{}", grouped(count), if count == 1 { "" } else { "s" })
}
