//! The line that an error shows: what the call was doing, what went wrong, the server's words, what
//! to do, and last in parentheses the facts. It has at most two colons, apart from quoted text.

use std::fmt;

use super::text::{grouped, sanitize};
use super::{Error, Facts, Inner};

/// How many violations are shown.
const SHOWN: usize = 3;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { advice, operation, facts, source, .. } = &*self.0;
        // A file's name may hold what a terminal or a log would obey.
        if !operation.is_empty() {
            write!(f, "{}: ", sanitize(operation))?;
        }
        self.write_what(f, ": ")?;
        self.write_violations(f)?;
        write_quote(f, facts)?;
        if !advice.is_empty() {
            write!(f, "; {}", sanitize(advice))?;
        }
        let requests = (facts.attempts > 1).then(|| format!("{} requests", facts.attempts));
        write_facts(f, &self.facts().into_iter().chain(requests).collect::<Vec<_>>())?;
        source.as_ref().map_or(Ok(()), |source| source.write_as_cause(f))
    }
}

impl Error {
    /// What went wrong: the words of the kind, and the message.
    fn write_what(&self, f: &mut fmt::Formatter<'_>, gap: &str) -> fmt::Result {
        let Inner { kind, message, .. } = &*self.0;
        match &*sanitize(message) {
            "" => f.write_str(kind.words()),
            // "the deadline passed while ..." is one clause.
            message if message.starts_with("while ") => write!(f, "{} {message}", kind.words()),
            message => write!(f, "{}{gap}{message}", kind.words()),
        }
    }

    /// The facts that stand in parentheses at the end.
    fn facts(&self) -> Vec<String> {
        let Facts { status, request_id, retry_after, .. } = &self.0.facts;
        let status = status.map(|status| format!("HTTP {status}"));
        let id = request_id.as_ref().filter(|_| status.is_some());
        let id = id.map(|id| format!("request id {id}"));
        let wait = retry_after.map(|wait| format!("try again in {} s", wait.as_secs_f64().ceil()));
        let remembered =
            self.0.remembered.then(|| "remembered, no new token request was made".to_owned());
        [status, id, wait, remembered].into_iter().flatten().collect()
    }

    /// What came before, without a colon and without advice.
    fn write_as_cause(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { facts, source, .. } = &*self.0;
        f.write_str("; before that, ")?;
        self.write_what(f, ", ")?;
        write_quote(f, facts)?;
        write_facts(f, &self.facts())?;
        source.as_ref().map_or(Ok(()), |source| source.write_as_cause(f))
    }

    /// The first few: a line with hundreds of violations is not readable.
    fn write_violations(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { violations, unlisted, .. } = &*self.0;
        for violation in violations.iter().take(SHOWN) {
            write!(f, "; {violation}")?;
        }
        match violations.len().saturating_sub(SHOWN) + unlisted {
            0 => Ok(()),
            more if *unlisted == 0 => write!(f, "; and {} more", grouped(more)),
            more => {
                let listed = grouped(violations.len());
                write!(f, "; and {} more (the first {listed} are listed)", grouped(more))
            }
        }
    }
}

fn write_quote(f: &mut fmt::Formatter<'_>, facts: &Facts) -> fmt::Result {
    match &facts.excerpt {
        Some(excerpt) => write!(f, "; the server said \"{excerpt}\""),
        None => Ok(()),
    }
}

fn write_facts(f: &mut fmt::Formatter<'_>, facts: &[String]) -> fmt::Result {
    if facts.is_empty() {
        return Ok(());
    }
    write!(f, " ({})", facts.join(", "))
}
