//! `vanta token`: the shared access token, for programs that send their own requests.

use std::io::{self, IsTerminal};
use std::path::Path;

use serde_json::json;
use vanta::{Client, Token};
use zeroize::Zeroizing;

use crate::args;
use crate::config;
use crate::failure::{Failure, Result};
use crate::input;
use crate::output::{Output, Paint};

pub fn run(options: &args::Token, output: &Output) -> Result<()> {
    if io::stdout().is_terminal() && !options.force {
        return Err(Failure::usage(
            "standard output is a terminal, where others may see the token; use it as \
             $(vanta token), or give --force",
        ));
    }
    let client = config::client(&options.connection, output)?;
    if config::store(&options.connection).is_none_or(|store| store == "memory") {
        let words = "no token store is set: each run requests a token, which revokes the one \
                     before; set VANTA_TOKEN_STORE";
        output.note(Paint::Yellow, "warning", words);
    }
    let mut token = get(&client, options)?;
    if let Some(file) = &options.rejected {
        token = replace(&client, options, token, file)?;
    }
    print(&client, &token, output)
}

fn get(client: &Client, options: &args::Token) -> Result<Token> {
    Ok(match options.valid_for {
        Some(time) => client.token_valid_for(time)?,
        None => client.token()?,
    })
}

/// Another token, if the rejected one is still the shared one.
fn replace(client: &Client, options: &args::Token, token: Token, file: &Path) -> Result<Token> {
    let mut rejected = Zeroizing::new(input::read(file)?);
    // No token has line ends, a byte order mark, or the zeros of UTF-16, as PowerShell writes it.
    rejected.retain(u8::is_ascii_graphic);
    if *rejected != token.secret().expose().as_bytes() {
        return Ok(token);
    }
    client.report_token_rejected(&token);
    get(client, options)
}

fn print(client: &Client, token: &Token, output: &Output) -> Result<()> {
    let text = token.secret().expose();
    if !output.is_json {
        return output.data(Zeroizing::new(format!("{text}\n")).as_str());
    }
    let snapshot = client.snapshot();
    let json = json!({
        "accessToken": text, "tokenType": "Bearer", "secondsLeft": snapshot.seconds_left,
        "scope": snapshot.scope, "generation": token.generation(),
    });
    output.data(format!("{json}\n"))
}
