//! `vanta plan`, `vanta push` and `vanta verify`.

use std::path::Path;
use std::time::SystemTime;

use vanta::{Action, ChangePlan, Client, PushOptions, Receipt, ReceiptKind};

use crate::args::{self, Guard, Leavers};
use crate::config;
use crate::failure::{Failure, Result};
use crate::input::{self, Input};
use crate::output::{self, Output, Paint};
use crate::records_args::Records;

pub fn plan(options: &args::Plan, output: &Output) -> Result<()> {
    let input = read(&options.records)?;
    let client = config::client(&options.connection, output)?;
    let input = with_leavers(&client, &options.records, input, &options.leavers)?;
    show_plan(&client, &options.records, &input, &options.guard, output)
}

pub fn push(options: &args::Push, output: &Output) -> Result<()> {
    let records = &options.records;
    let input = read(records)?;
    let client = config::client(&options.connection, output)?;
    let input = with_leavers(&client, records, input, &options.leavers)?;
    if options.dry_run {
        return show_plan(&client, records, &input, &options.guard, output);
    }
    let push_options = push_options(records, &input, &options.guard)?;
    let push_options = push_options.only_if_changed(options.if_changed);
    let client = match output.start_progress(format!("pushing {}", records.kind)) {
        Some(bar) => client.with_progress(move |progress| output::show(&bar, progress)),
        None => client,
    };
    let pushed = client.push_with(&records.kind, &input.body, &push_options);
    let receipt = pushed.map_err(|error| placed(&input, error))?;
    show_warnings(&input, &receipt, output);
    written(&receipt, output)?;
    if options.verify {
        output.start_progress(format!("verifying {}", records.kind));
        let verified = client.verify(&records.kind, &input.body);
        written(&verified.map_err(|error| placed(&input, error))?, output)?;
    }
    Ok(())
}

pub fn verify(options: &args::Verify, output: &Output) -> Result<()> {
    let input = read(&options.records)?;
    let client = config::client(&options.connection, output)?;
    let input = with_leavers(&client, &options.records, input, &options.leavers)?;
    output.start_progress(format!("verifying {}", options.records.kind));
    let verified = client.verify(&options.records.kind, &input.body);
    let receipt = verified.map_err(|error| placed(&input, error))?;
    output.result(&receipt, receipt.to_json())
}

fn read(records: &Records) -> Result<Input> {
    let input = Input::read(records, true)?;
    input.check(records)?;
    Ok(input)
}

/// The records, with the live accounts that are missing in them as deactivated ones.
fn with_leavers(
    client: &Client,
    records: &Records,
    input: Input,
    leavers: &Leavers,
) -> Result<Input> {
    let Some(keep_for) = leavers.keep_for else { return Ok(input) };
    let listing = client.list(&records.kind, input.body.resource_id())?;
    let body = input.body.with_leavers(&listing, keep_for, SystemTime::now())?;
    Ok(Input { body, ..input })
}

/// An error whose violations have their rows and columns.
fn placed(input: &Input, error: vanta::Error) -> Failure {
    Failure::from(error).with_places(|violation| input.problem(violation))
}

/// Writes the receipt of a push. The push was accepted, so an error is no invitation to believe
/// that nothing happened.
fn written(receipt: &Receipt, output: &Output) -> Result<()> {
    let written = output.result(receipt, receipt.to_json());
    written.map_err(|failure| failure.with_action(Action::VerifyOrRepeat))
}

fn show_warnings(input: &Input, receipt: &Receipt, output: &Output) {
    for warning in receipt.warnings.iter().filter_map(|one| input.problem(one)) {
        output.note(Paint::Yellow, "warning", warning);
    }
}

fn push_options(records: &Records, input: &Input, guard: &Guard) -> Result<PushOptions> {
    let mut options = PushOptions::new().validation(input.validation.clone());
    options = options.allow_empty(guard.allow_empty);
    if let Some(most) = guard.expect_removals {
        options = options.expect_removals(most);
    }
    if guard.allow_any_removals {
        options = options.allow_any_removals(true);
    }
    if let Some(resource_id) = &guard.live_components {
        options = options.live_components(resource_id);
    }
    match &guard.baseline {
        Some(path) => Ok(options.baseline(&baseline(path, records, input)?)),
        None => Ok(options),
    }
}

/// The newest receipt of the resource in a file: one that `--json` wrote, or an audit file.
fn baseline(path: &Path, records: &Records, input: &Input) -> Result<Receipt> {
    let bytes = input::read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let receipts = text.lines().rev().filter_map(|line| Receipt::from_json(line).ok());
    // A push that was not sent does not show the remote state.
    let receipts = receipts.filter(|receipt| receipt.receipt_kind != ReceiptKind::Unchanged);
    let mut own = receipts.filter(|receipt| {
        receipt.resource_kind == records.kind && receipt.resource_id == input.body.resource_id()
    });
    own.next().ok_or_else(|| {
        let (path, id) = (path.display(), input.body.resource_id());
        Failure::usage(format!("{path} has no receipt of {} {id}", records.kind))
    })
}

/// Shows what a push would change. It fails as the push would.
fn show_plan(
    client: &Client,
    records: &Records,
    input: &Input,
    guard: &Guard,
    output: &Output,
) -> Result<()> {
    let options = push_options(records, input, guard)?;
    output.start_progress(format!("planning {}", records.kind));
    let planned = client.plan_with(&records.kind, &input.body, &options);
    let plan = planned.map_err(|error| placed(input, error))?;
    if output.is_json {
        output.data(format!("{}\n", plan.to_json()))?;
    } else {
        output.data(colored(&plan, output))?;
    }
    match &plan.refusal {
        None => Ok(()),
        Some(refusal) => {
            let words = crate::names::of_options(&format!("the push would be refused: {refusal}"));
            Err(Failure::new(Action::FixRecords, words).shown())
        }
    }
}

/// The lines of a plan, the last one about a refusal left out: it is the error.
fn colored(plan: &ChangePlan, output: &Output) -> String {
    let text = plan.to_string();
    let lines = text.lines().filter(|line| !line.starts_with("this would be refused: "));
    let painted = lines.map(|line| match line.get(..2) {
        Some("+ ") => output.paint(Paint::Green, line),
        Some("- ") => output.paint(Paint::Red, line),
        Some("~ " | "? " | "x ") => output.paint(Paint::Yellow, line),
        _ => line.to_owned(),
    });
    painted.map(|line| format!("{line}\n")).collect()
}
