//! A command that prints the client secret: `vault read …`, `op read …`, `pass …`.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use vanta::Secret;
use zeroize::Zeroizing;

use crate::failure::{Failure, Result};

/// A vault that has not responded by then will not.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// No secret is longer.
const MOST_BYTES: usize = 64 * 1024;

/// The words of a command. It runs without a shell, so nothing in it is expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretCommand(Vec<String>);

impl SecretCommand {
    /// Splits a text at blanks; quotes, single or double, hold a word together.
    pub fn parse(text: &str) -> Result<SecretCommand> {
        let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
        for c in text.chars() {
            match (c, quote) {
                (c, Some(open)) if c == open => quote = None,
                ('"' | '\'', None) => {
                    quote = Some(c);
                    word.get_or_insert_default();
                }
                (c, None) if c.is_whitespace() => words.extend(word.take()),
                (c, _) => word.get_or_insert_default().push(c),
            }
        }
        words.extend(word);
        match quote {
            Some(_) => Err(Failure::usage("the command for the client secret has an open quote")),
            None if words.is_empty() => {
                Err(Failure::usage("the command for the client secret is blank"))
            }
            None => Ok(SecretCommand(words)),
        }
    }

    /// Runs the command, and returns what it prints without one line end. Nothing that it prints is
    /// part of an error; what it writes to standard error goes to that of this program.
    pub fn run(&self) -> Result<Secret, String> {
        let name = &self.0[0];
        let mut command = Command::new(name);
        command.args(&self.0[1..]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{name}: {error}"))?;
        let pipe = child.stdout.take().ok_or("its output cannot be read")?;
        let (send, receive) = mpsc::channel();
        thread::spawn(move || send.send(output(pipe)));
        let Ok(output) = receive.recv_timeout(TIME_LIMIT) else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("{name} printed nothing within {} s", TIME_LIMIT.as_secs()));
        };
        let status = child.wait().map_err(|error| format!("{name}: {error}"))?;
        match (status.success(), output) {
            (false, _) => Err(format!("{name} ended with {status}")),
            (true, Err(words)) => Err(format!("{name}: {words}")),
            (true, Ok(secret)) => Ok(secret),
        }
    }
}

/// The text without one line end at its end. No copy of it stays in memory.
fn output(pipe: impl Read) -> Result<Secret, String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_BYTES));
    let read = pipe.take(MOST_BYTES as u64).read_to_end(&mut bytes);
    read.map_err(|error| format!("its output cannot be read, {error}"))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| "its output is not UTF-8")?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    Ok(Secret::new(text.strip_suffix('\r').unwrap_or(text)))
}
