//! What the program writes: results to standard output, everything else to standard error.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;
use vanta::{Action, Event, Progress};

use crate::args::{Color, Display as Options};
use crate::config::variable;
use crate::failure::{Failure, Result, grouped};

/// Where and how to write. Clones share the progress bar.
#[derive(Clone)]
pub struct Output {
    pub is_json: bool,
    is_quiet: bool,
    is_verbose: bool,
    /// For standard output and for standard error.
    colors: [bool; 2],
    bar: Arc<Mutex<Option<ProgressBar>>>,
}

#[derive(Clone, Copy)]
pub enum Paint {
    Green = 32,
    Red = 31,
    Yellow = 33,
    Bold = 1,
}

impl Output {
    pub fn new(options: &Options) -> Output {
        let is_plain =
            variable("NO_COLOR").is_some() || variable("TERM").as_deref() == Some("dumb");
        let wants = |is_terminal: bool| match options.color {
            Color::Auto => is_terminal && !is_plain,
            Color::Always => true,
            Color::Never => false,
        };
        Output {
            is_json: options.json,
            is_quiet: options.quiet,
            is_verbose: options.verbose,
            colors: [wants(io::stdout().is_terminal()), wants(io::stderr().is_terminal())],
            bar: Arc::default(),
        }
    }

    /// Colours a text for standard output.
    pub fn paint(&self, paint: Paint, text: impl Display) -> String {
        painted(self.colors[0], paint, text)
    }

    /// Writes data: with --quiet too.
    pub fn data(&self, text: impl Display) -> Result<()> {
        self.stop_progress();
        let mut out = io::stdout().lock();
        match write!(out, "{text}").and_then(|()| out.flush()) {
            // The reader has closed the pipe and wants no more: `vanta list … | head`.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done.map_err(|error| {
                let words = format!("standard output cannot be written: {error}");
                Failure::new(Action::RetryLater, words)
            }),
        }
    }

    /// Writes the line of a success, or the same for programs.
    pub fn result(&self, line: impl Display, json: impl Display) -> Result<()> {
        match (self.is_json, self.is_quiet) {
            (true, _) => self.data(format!("{json}\n")),
            (false, true) => Ok(()),
            (false, false) => self.data(format!("{}\n", line.to_string().trim_end())),
        }
    }

    /// Writes a note for people.
    pub fn note(&self, paint: Paint, word: &str, text: impl Display) {
        if !self.is_quiet {
            self.stderr(paint, word, text);
        }
    }

    /// Writes an error, and the same for programs.
    pub fn failure(&self, failure: &Failure) {
        self.stop_progress();
        if self.is_json && !failure.is_shown {
            // What cannot be written there is written below all the same.
            let _ = self.data(format!("{}\n", failure.json()));
        }
        for warning in &failure.warnings {
            self.note(Paint::Yellow, "warning", warning);
        }
        self.stderr(Paint::Red, "error", failure);
    }

    /// Writes a line to standard error, above the progress bar if there is one.
    fn stderr(&self, paint: Paint, word: &str, text: impl Display) {
        let word = painted(self.colors[1], paint, format!("{word}:"));
        let line = format!("{word} {text}\n");
        let write = || {
            let _ = io::stderr().lock().write_all(line.as_bytes());
        };
        match &*self.bar.lock().expect("no holder panics") {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Writes what happened inside a call.
    pub fn event(&self, event: &Event) {
        if event.is_warning() {
            self.note(Paint::Yellow, "warning", event);
        } else if self.is_verbose || self.waits(event) {
            self.note(Paint::Bold, "note", event);
        }
    }

    /// Whether the event explains a wait to a user at a terminal.
    fn waits(&self, event: &Event) -> bool {
        let is_wait = matches!(event, Event::RateLimitReached { .. } | Event::Retrying { .. });
        is_wait && io::stderr().is_terminal()
    }

    /// Shows on a terminal that something is under way. `None` elsewhere.
    pub fn start_progress(&self, words: impl Into<String>) -> Option<ProgressBar> {
        if self.is_quiet || !io::stderr().is_terminal() {
            return None;
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let words: String = words.into();
        bar.set_message(words);
        bar.tick();
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
        *self.bar.lock().expect("no holder panics") = Some(bar.clone());
        Some(bar)
    }

    fn stop_progress(&self) {
        if let Some(bar) = self.bar.lock().expect("no holder panics").take() {
            bar.finish_and_clear();
        }
    }
}

/// Shows how far the sending has come.
pub fn show(bar: &ProgressBar, progress: &Progress) {
    if bar.length().is_none() {
        let style = ProgressStyle::with_template("{msg} [{bar:30}] {bytes}/{total_bytes} {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
        bar.set_length(progress.total);
        bar.set_message(format!("sending {} records", grouped(progress.records)));
    }
    bar.set_position(progress.sent);
}

fn painted(is_on: bool, paint: Paint, text: impl Display) -> String {
    match is_on {
        true => format!("\x1b[{}m{text}\x1b[0m", paint as u8),
        false => text.to_string(),
    }
}

/// Columns that are aligned, two blanks between them.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|c| c.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// A member of an object, as text for a table; nothing where it is missing.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => crate::problem::visible(text),
        other => other.to_string(),
    }
}
