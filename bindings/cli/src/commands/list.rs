//! `vanta list`: what Vanta holds of a resource.

use vanta::Row;

use crate::args::List;
use crate::config;
use crate::failure::{Result, many};
use crate::output::{Output, Paint, table, text_of};

pub fn run(options: &List, output: &Output) -> Result<()> {
    let client = config::client(&options.connection, output)?;
    output.start_progress(format!("listing {}", options.kind));
    let listing = client.list(&options.kind, &options.resource_id)?;
    let is_shown = |row: &&Row| options.deleted || !row.is_deleted();
    let rows: Vec<&Row> = listing.rows().iter().filter(is_shown).collect();
    if options.records {
        return output.data(lines(rows.iter().map(|row| row.record().to_string())));
    }
    if output.is_json {
        return output.data(lines(rows.iter().map(|row| row.as_json().to_string())));
    }
    output.data(people(&rows))?;
    let deleted = many(listing.deleted().count(), "soft-deleted row");
    output.note(
        Paint::Bold,
        "note",
        format!("{}, {deleted}", many(listing.live().count(), "live record")),
    );
    Ok(())
}

fn lines(rows: impl Iterator<Item = String>) -> String {
    rows.map(|row| row + "\n").collect()
}

/// The little that every kind has.
fn people(rows: &[&Row]) -> String {
    let head = ["UNIQUE ID", "NAME", "UPDATED", "DELETED"].map(str::to_owned).to_vec();
    let cells = |row: &&Row| {
        let date = |date: Option<&str>| date.unwrap_or_default().to_owned();
        let name = text_of(&row.record()["displayName"]);
        let id = crate::problem::visible(row.unique_id());
        vec![id, name, date(row.updated_at()), date(row.deleted_at())]
    };
    match rows {
        [] => String::new(),
        _ => table(&std::iter::once(head).chain(rows.iter().map(cells)).collect::<Vec<_>>()),
    }
}
