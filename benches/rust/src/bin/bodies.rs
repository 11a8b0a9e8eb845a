//! Jobs with bodies: push, validate, list and plan.

use std::fs;
use std::io::{self, Write};

use serde_json::Value;
use vanta::records::{AccountStatus, AuthMethod, MfaMethod, PermissionLevel, UserAccount};
use vanta::{Body, Client, Kind, Level, PushOptions, Receipt, Rule, ValidationOptions};
use vanta_benches::Measured;

const ID: &str = "66f0c0ffee0000000000a001";
const RULES: [Rule; 7] = [
    Rule::Schema,
    Rule::NullOptional,
    Rule::HttpsUrl,
    Rule::ClosedTimestamp,
    Rule::ZeroToTen,
    Rule::UnknownComponent,
    Rule::SimilarIds,
];

type Failure = Box<dyn std::error::Error>;

/// Makes a client with an open connection, and the receipt of a first push, which is the baseline
/// of the next.
fn client() -> Result<(Client, Receipt), Failure> {
    let client = vanta_benches::client()?;
    let body = Body::from_records(ID, &[account(0)])?;
    let options = PushOptions::new().validation(unchecked()).allow_any_removals(true);
    let receipt = client.push_with(&kind(), &body, &options)?;
    Ok((client, receipt))
}

fn kind() -> Kind {
    if vanta_benches::is_slim() { Kind::CUSTOM_RESOURCE } else { Kind::USER_ACCOUNT }
}

fn unchecked() -> ValidationOptions {
    RULES.into_iter().fold(ValidationOptions::new(), |checks, rule| checks.level(rule, Level::Off))
}

/// The record that the other programs push as text.
fn account(number: usize) -> UserAccount {
    UserAccount {
        display_name: format!("Person {number}"),
        unique_id: format!("account-{number:06}"),
        external_url: format!("https://inventory.example.org/accounts/{number}"),
        full_name: format!("Person {number}"),
        account_name: format!("person{number}"),
        email: format!("person{number}@example.org"),
        permission_level: PermissionLevel::Base,
        created_timestamp: "2026-01-01T00:00:00Z".to_owned(),
        status: AccountStatus::Active,
        mfa_enabled: true,
        mfa_methods: vec![MfaMethod::Otp],
        auth_method: AuthMethod::Sso,
        role_description: None,
        updated_timestamp: None,
        deactivated_timestamp: None,
        last_login_timestamp: None,
        last_password_reset_timestamp: None,
        group_ids: None,
        custom_properties: None,
    }
}

/// Makes a body of typed records, and pushes it.
fn push(records: usize) -> Result<String, Failure> {
    let (client, receipt) = client()?;
    let records: Vec<UserAccount> = (0..records).map(account).collect();
    let options = PushOptions::new().validation(unchecked()).baseline(&receipt);
    let measured = Measured::begin();
    let body = Body::from_records(ID, &records)?;
    let pushed = client.push_with(&kind(), &body, &options)?;
    Ok(measured.end(pushed.byte_len))
}

/// Makes a body of typed records several times, without a push.
fn encode(records: usize, times: u64) -> Result<String, Failure> {
    let records: Vec<UserAccount> = (0..records).map(account).collect();
    let measured = Measured::begin();
    for _ in 0..times {
        std::hint::black_box(Body::from_records(ID, &records)?);
    }
    Ok(measured.end(times))
}

/// Makes a body of a JSON text several times and validates its records, without a push.
fn check(records: usize, times: u64) -> Result<String, Failure> {
    let array = vanta_benches::array(records);
    let measured = Measured::begin();
    for _ in 0..times {
        let report = Body::from_json_array(ID, &array)?
            .validate(&Kind::USER_ACCOUNT, &ValidationOptions::new())?;
        let violations = report.errors.len() + report.warnings.len();
        assert_eq!((report.records, violations), (records, 0));
    }
    Ok(measured.end(times))
}

/// Reads a file with a request body, and pushes it.
fn push_file(path: &str, checks: ValidationOptions) -> Result<String, Failure> {
    let (client, receipt) = client()?;
    let options = PushOptions::new().validation(checks).baseline(&receipt);
    let measured = Measured::begin();
    let body = Body::from_file(path)?;
    let pushed = client.push_with(&kind(), &body, &options)?;
    Ok(measured.end(pushed.byte_len))
}

/// Pushes a body in memory.
fn send(path: &str) -> Result<String, Failure> {
    let (client, receipt) = client()?;
    let options = PushOptions::new().validation(unchecked()).baseline(&receipt);
    let body = Body::from_file(path)?;
    let measured = Measured::begin();
    let pushed = client.push_with(&kind(), &body, &options)?;
    Ok(measured.end(pushed.byte_len))
}

/// Validates every record, without a push.
fn validate(path: &str) -> Result<String, Failure> {
    let body = Body::from_file(path)?;
    let measured = Measured::begin();
    let report = body.validate(&kind(), &ValidationOptions::new())?;
    let line = measured.end(body.as_bytes().len() as u64);
    assert_eq!((report.records, report.errors.len()), (body.record_count(), 0));
    Ok(line)
}

/// Lists the rows of the server.
fn list(rows: usize) -> Result<String, Failure> {
    let client = client()?.0;
    // Row by row, so that the peak of memory is that of the library.
    let bytes: usize = (0..rows).map(|number| vanta_benches::row(number).len() + 1).sum();
    let measured = Measured::begin();
    let listing = client.list(&kind(), ID)?;
    let (live, all) = (listing.live().count(), listing.rows().len());
    let line = measured.end(bytes as u64);
    assert_eq!((live, all), (rows - rows / 10, rows));
    Ok(line)
}

/// Compares a body with the remote records.
fn plan(records: usize) -> Result<String, Failure> {
    let client = client()?.0;
    let body = Body::from_json_array(ID, vanta_benches::array(records))?;
    let measured = Measured::begin();
    let plan = client.plan(&kind(), &body)?;
    let line = measured.end(records as u64);
    assert_eq!(plan.changed.len() + plan.unchanged, records - records / 10);
    Ok(line)
}

/// Parses both texts into values, which is the least that a plan needs.
fn parse(records: usize) -> Result<String, Failure> {
    let (live, body) = (vanta_benches::list(records), vanta_benches::array(records));
    let measured = Measured::begin();
    let live: Value = serde_json::from_str(&live)?;
    let body: Value = serde_json::from_str(&body)?;
    let line = measured.end(records as u64);
    std::hint::black_box((live, body));
    Ok(line)
}

/// Writes a request body to a file.
fn write(path: &str, records: usize) -> Result<String, Failure> {
    let text = format!(r#"{{"resourceId":"{ID}","resources":{}}}"#, vanta_benches::array(records));
    fs::write(path, &text)?;
    Ok(text.len().to_string())
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let line = match words[..] {
        ["push", records] => push(records.parse()?)?,
        ["encode", records, times] => encode(records.parse()?, times.parse()?)?,
        ["check", records, times] => check(records.parse()?, times.parse()?)?,
        ["push-file", path] => push_file(path, unchecked())?,
        ["push-file-checked", path] => push_file(path, ValidationOptions::new())?,
        ["send", path] => send(path)?,
        ["validate", path] => validate(path)?,
        ["list", rows] => list(rows.parse()?)?,
        ["plan", records] => plan(records.parse()?)?,
        ["parse", records] => parse(records.parse()?)?,
        ["write", path, records] => write(path, records.parse()?)?,
        _ => {
            return Err("say which job: push, encode, check, push-file, push-file-checked, send, \
                         validate, list, plan, parse or write"
                .into());
        }
    };
    writeln!(io::stdout(), "{line}")?;
    Ok(())
}
