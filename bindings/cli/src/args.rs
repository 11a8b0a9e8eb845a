//! The commands and their options, as clap reads them.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use vanta::Kind;

use crate::{help, records_args::Records};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

/// Push the full state of your resources to Vanta, from a shell or a script.
#[derive(Parser)]
#[command(name = "vanta", bin_name = "vanta", version, styles = STYLES, max_term_width = 100)]
#[command(after_help = help::SHORT, after_long_help = help::LONG)]
#[command(long_about = help::ABOUT)]
pub struct Arguments {
    #[command(flatten)]
    pub display: Display,
    #[command(subcommand)]
    pub command: Command,
}

/// How results are shown.
#[derive(Args, Clone)]
#[command(next_help_heading = "Output")]
pub struct Display {
    /// Write results and errors as JSON to standard output, one object a line
    #[arg(long, global = true)]
    pub json: bool,
    /// Write no progress, notes and success lines; errors and data are written
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Write what happens inside a call: token requests, waits, retries
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// When to use colours; NO_COLOR in the environment turns `auto` off
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub enum Command {
    /// Print an access token, for curl and old scripts
    #[command(after_help = help::TOKEN)]
    Token(Token),
    /// Validate every record of a file; nothing is sent
    #[command(after_help = help::VALIDATE)]
    Validate(Validate),
    /// Show what a push would change; nothing is sent
    #[command(after_help = help::PLAN)]
    Plan(Plan),
    /// Replace the full state of a resource with the records of a file
    #[command(after_help = help::PUSH)]
    Push(Push),
    /// Compare the live records with those of a file
    #[command(after_help = help::VERIFY)]
    Verify(Verify),
    /// List what Vanta holds of a resource
    #[command(after_help = help::LIST)]
    List(List),
    /// Upload a file for a document
    #[command(after_help = help::UPLOAD)]
    Upload(Upload),
    /// Show the state of the token and of its rate limit; nothing is requested
    #[command(after_help = help::STATUS)]
    Status(Status),
    /// List the kinds of resources
    Kinds,
    /// Print the schema of a kind, an example record, or a CSV template
    #[command(after_help = help::SCHEMA)]
    Schema(Schema),
    /// Check the configuration and the way to Vanta, step by step
    #[command(after_help = help::DOCTOR)]
    Doctor(Doctor),
    /// Print the completions of a shell
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the man page
    Man,
}

#[derive(Args)]
pub struct Token {
    /// Print to a terminal too, where others may see the token
    #[arg(long)]
    pub force: bool,
    /// How long the token must still be valid, such as 10m
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub valid_for: Option<Duration>,
    /// A file, or - for standard input, with a token that Vanta rejected with 401: another one is
    /// printed
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub rejected: Option<PathBuf>,
    #[command(flatten)]
    pub connection: Connection,
}

#[derive(Args)]
pub struct Validate {
    /// Accept a file without records
    #[arg(long)]
    pub allow_empty: bool,
    #[command(flatten)]
    pub records: Records,
}

#[derive(Args)]
pub struct Plan {
    #[command(flatten)]
    pub records: Records,
    #[command(flatten)]
    pub leavers: Leavers,
    #[command(flatten)]
    pub guard: Guard,
    #[command(flatten)]
    pub connection: Connection,
}

#[derive(Args)]
pub struct Push {
    /// Only show what the push would change, as `vanta plan` does
    #[arg(long, short = 'n', conflicts_with = "verify")]
    pub dry_run: bool,
    /// Read the live records back afterwards, and compare them
    #[arg(long)]
    pub verify: bool,
    /// Send nothing if the live records are those of the file already
    #[arg(long)]
    pub if_changed: bool,
    #[command(flatten)]
    pub records: Records,
    #[command(flatten)]
    pub leavers: Leavers,
    #[command(flatten)]
    pub guard: Guard,
    #[command(flatten)]
    pub connection: Connection,
}

#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    pub records: Records,
    #[command(flatten)]
    pub leavers: Leavers,
    #[command(flatten)]
    pub connection: Connection,
}

/// What becomes of accounts that are live, and not in the file.
#[derive(Args)]
#[command(next_help_heading = "Records")]
pub struct Leavers {
    /// Keep accounts that are live and not in the file as deactivated for this time, such as 90d,
    /// instead of deleting them; only for user_account
    #[arg(long = "leavers", value_name = "TIME", value_parser = duration)]
    pub keep_for: Option<Duration>,
}

/// What a push may delete.
#[derive(Args)]
#[command(next_help_heading = "Deletion guard")]
pub struct Guard {
    /// Allow a push without records, which deletes all; the other limits still apply
    #[arg(long)]
    pub allow_empty: bool,
    /// Allow the push to delete at most N live records
    #[arg(long, value_name = "N", conflicts_with = "allow_any_removals")]
    pub expect_removals: Option<usize>,
    /// Turn the deletion guard off: whatever is not in the file is deleted
    #[arg(long)]
    pub allow_any_removals: bool,
    /// Compare the number of records with this receipt (the output of an earlier
    /// `push --json`, or an audit file) instead of reading the live records
    #[arg(long, value_name = "RECEIPT", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Read the live components of this resource before vulnerabilities that name them
    #[arg(long, value_name = "RESOURCE_ID")]
    pub live_components: Option<String>,
}

#[derive(Args)]
pub struct List {
    /// The kind; `vanta kinds` lists them
    #[arg(value_name = "KIND", value_parser = kind)]
    pub kind: Kind,
    /// The id that the Developer Console shows for the resource
    pub resource_id: String,
    /// Show the soft-deleted rows too
    #[arg(long)]
    pub deleted: bool,
    /// Write each record as it was pushed, one JSON object a line: a file to push again
    #[arg(long, conflicts_with = "deleted")]
    pub records: bool,
    #[command(flatten)]
    pub connection: Connection,
}

#[derive(Args)]
pub struct Upload {
    /// The id or slug of the document
    #[arg(value_name = "DOCUMENT")]
    pub document_id: String,
    /// The file
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// The date from which the file is evidence, such as 2026-01-31
    #[arg(long, value_name = "DATE")]
    pub effective_at_date: Option<String>,
    /// A description of the file
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    #[command(flatten)]
    pub connection: Connection,
}

#[derive(Args)]
pub struct Status {
    #[command(flatten)]
    pub connection: Connection,
}

#[derive(Args)]
pub struct Schema {
    /// The kind; `vanta kinds` lists them
    #[arg(value_name = "KIND", value_parser = kind, required_unless_present = "diff")]
    pub kind: Option<Kind>,
    /// Print an example record instead
    #[arg(long, conflicts_with = "csv")]
    pub example: bool,
    /// Print the header row and an example row of a CSV file instead
    #[arg(long)]
    pub csv: bool,
    /// Compare the built-in schemas with an OpenAPI document of the service
    #[arg(long, value_name = "OPENAPI", conflicts_with_all = ["kind", "example", "csv"])]
    #[arg(value_hint = ValueHint::FilePath)]
    pub diff: Option<PathBuf>,
}

#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    pub connection: Connection,
}

/// How to reach Vanta. Each option has a variable in the environment.
#[derive(Args, Clone)]
#[command(next_help_heading = "Connection")]
pub struct Connection {
    /// The application's id [env: VANTA_CLIENT_ID]
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// A file that holds the client secret [env: VANTA_CLIENT_SECRET_FILE]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub client_secret_file: Option<PathBuf>,
    /// A command that prints the client secret, such as "vault read -field=secret kv/vanta". It
    /// runs without a shell, for each token request [env: VANTA_CLIENT_SECRET_COMMAND]
    #[arg(long, value_name = "COMMAND", value_hint = ValueHint::CommandString)]
    pub client_secret_command: Option<String>,
    /// Where the API is served [env: VANTA_ORIGIN] [default: https://api.vanta.com]
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub origin: Option<String>,
    /// The scopes to request, separated by spaces [env: VANTA_SCOPE]
    #[arg(long, value_name = "SCOPES")]
    pub scope: Option<String>,
    /// Where the token is stored: an absolute path, a URL of Redis, or `memory` [env:
    /// VANTA_TOKEN_STORE] [default: a file below ~/.local/state/vanta]
    #[arg(long, value_name = "STORE", value_hint = ValueHint::FilePath)]
    pub token_store: Option<String>,
    /// A PEM file of authorities to trust besides the bundled ones [env: VANTA_CA_FILE]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca_file: Option<PathBuf>,
    /// `http://host:port`, `environment` or `none` [env: VANTA_PROXY] [default: none]
    #[arg(long, value_name = "PROXY")]
    pub proxy: Option<String>,
    /// A file to which receipts are appended [env: VANTA_AUDIT_FILE]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub audit_file: Option<PathBuf>,
    /// How long the command may take, such as 90s or 10m [default: 120s for each call to Vanta]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub deadline: Option<Duration>,
}

/// Reads the name of a kind. The error of a misspelt one names the kind that may be meant.
pub fn kind(name: &str) -> Result<Kind, String> {
    name.parse().map_err(|error: vanta::Error| {
        let text = error.to_string();
        let text = text.trim_start_matches("an argument is invalid: ");
        format!("{text}; `vanta kinds` lists them")
    })
}

/// Reads a time such as 90s, 10m, 12h or 30d; a number alone is seconds.
pub fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => return number(digits).map(Duration::from_millis),
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err("write a number and a unit: 90s, 10m, 12h or 30d".to_owned()),
    };
    let seconds = number(digits)?.checked_mul(unit).ok_or("that is too long")?;
    Ok(Duration::from_secs(seconds))
}

fn number(digits: &str) -> Result<u64, String> {
    digits.parse().map_err(|_| "write a number and a unit: 90s, 10m, 12h or 30d".to_owned())
}
