//! Pushes that are sent only if something has changed.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use vanta::{
    Body, Client, Clock, ErrorKind, Kind, NotComparable, PushOptions, Receipt, ReceiptKind, Result,
};

use crate::harness::{Fault, Place, RESOURCE, Rig, TempFile, account, accounts, assert_kind};

const KIND: Kind = Kind::USER_ACCOUNT;

/// How long a list may not show a push.
const LAG: Duration = Duration::from_secs(60);

fn if_changed() -> PushOptions {
    PushOptions::new().only_if_changed(true)
}

/// A rig with four accounts that were pushed long ago, and a client with an audit file.
struct Office {
    rig: Rig,
    client: Client,
    audit: TempFile,
}

impl Office {
    fn new() -> Office {
        Office::at(Rig::unlimited())
    }

    fn at(rig: Rig) -> Office {
        let audit = TempFile::new("audit", b"");
        let client = Client::new(rig.config().audit_file(audit.path())).expect("right");
        client.push(&KIND, &four()).expect("pushed");
        rig.advance(LAG);
        Office { rig, client, audit }
    }

    fn push(&self, body: &Body) -> Result<Receipt> {
        self.client.push_with(&KIND, body, &if_changed())
    }

    /// Runs an action, and returns the numbers of lists and pushes that it made.
    fn requests<T>(&self, deed: impl FnOnce() -> T) -> ((u64, u64), T) {
        let before = self.rig.sim.counters();
        let done = deed();
        let after = self.rig.sim.counters();
        ((after.gets - before.gets, after.puts - before.puts), done)
    }

    /// Returns the kind of the receipt of the same push, and the numbers of lists and pushes.
    fn same(&self, options: &PushOptions) -> (u64, u64, ReceiptKind) {
        let push = || self.client.push_with(&KIND, &four(), options).expect("right");
        let ((gets, puts), receipt) = self.requests(push);
        (gets, puts, receipt.receipt_kind)
    }

    fn last_line(&self) -> Value {
        let text = fs::read_to_string(self.audit.path()).expect("text");
        serde_json::from_str(text.lines().last().expect("a line")).expect("JSON")
    }
}

fn four() -> Body {
    accounts(&["a", "b", "c", "d"])
}

#[test]
fn nothing_is_sent_where_nothing_changed() {
    let office = Office::new();
    let ((gets, puts), receipt) = office.requests(|| office.push(&four()).expect("right"));
    assert_eq!((gets, puts), (1, 0));
    assert_eq!(receipt.receipt_kind, ReceiptKind::Unchanged);
    assert_eq!((receipt.record_count, receipt.byte_len), (4, four().byte_len() as u64));
    assert_eq!((receipt.http_status, receipt.attempts, receipt.removed), (200, 1, Some(0)));
    assert!(receipt.audited && receipt.not_comparable.is_empty() && receipt.request_id.is_some());
    let words = format!("4 records in {} bytes unchanged, not sent (HTTP 200", receipt.byte_len);
    assert!(receipt.to_string().contains(&words), "{receipt}");
    let line = office.last_line();
    assert_eq!((&line["receiptKind"], &line["removed"]), (&json!("unchanged"), &json!(0)));
    let read = Receipt::from_json(&receipt.to_json()).expect("it is one");
    assert_eq!((read.receipt_kind, read.sha256), (ReceiptKind::Unchanged, receipt.sha256));
    // Any change is sent, after one list.
    let mut record = account("d");
    record["fullName"] = json!("New");
    let changed = [account("a"), account("b"), account("c"), record];
    let changed = Body::from_records(RESOURCE, &changed).expect("right");
    for body in [changed, accounts(&["a", "b", "c", "d", "e"]), accounts(&["a", "b", "c"])] {
        let (requests, receipt) = office.requests(|| office.push(&body).expect("right"));
        assert_eq!((requests, receipt.receipt_kind), ((1, 1), ReceiptKind::Pushed));
        office.rig.advance(LAG);
        let (requests, receipt) = office.requests(|| office.push(&body).expect("right"));
        assert_eq!((requests, receipt.receipt_kind), ((1, 0), ReceiptKind::Unchanged));
    }
}

#[test]
fn without_the_option_a_push_is_sent_though_nothing_changed() {
    let office = Office::new();
    for options in [PushOptions::new(), if_changed().only_if_changed(false)] {
        assert_eq!(office.same(&options), (1, 1, ReceiptKind::Pushed));
        office.rig.advance(LAG);
    }
}

#[test]
fn the_list_is_read_without_a_deletion_guard_too() {
    let office = Office::new();
    let any = if_changed().allow_any_removals(true);
    assert_eq!(office.same(&any), (1, 0, ReceiptKind::Unchanged));
    let baseline = office.client.verify(&KIND, &four()).expect("verified");
    let options = if_changed().baseline(&baseline);
    assert_eq!(office.same(&options), (1, 0, ReceiptKind::Unchanged));
}

#[test]
fn within_a_minute_of_an_accepted_push_it_is_sent() {
    let office = Office::new();
    assert_eq!(office.same(&PushOptions::new()), (1, 1, ReceiptKind::Pushed));
    office.rig.advance(LAG - Duration::from_secs(1));
    assert_eq!(office.same(&if_changed()), (1, 1, ReceiptKind::Pushed));
    office.rig.advance(LAG - Duration::from_secs(1));
    // Nothing is read that is not needed.
    let any = if_changed().allow_any_removals(true);
    assert_eq!(office.same(&any), (0, 1, ReceiptKind::Pushed));
    office.rig.advance(LAG);
    assert_eq!(office.same(&if_changed()), (1, 0, ReceiptKind::Unchanged));
    // A push that is not sent, and a verify, are always in the list.
    office.client.verify(&KIND, &four()).expect("verified");
    assert_eq!(office.same(&if_changed()), (1, 0, ReceiptKind::Unchanged));
    // A push of another resource has no effect.
    let other = Body::from_records("another", &[account("a")]).expect("right");
    office.client.push(&KIND, &other).expect("pushed");
    assert_eq!(office.same(&if_changed()), (1, 0, ReceiptKind::Unchanged));
}

#[test]
fn within_a_minute_of_an_unknown_push_it_is_sent_and_later_it_settles_nothing() {
    for fault in [Fault::Drop, Fault::LoseResponse] {
        let office = Office::new();
        let unknown = || {
            (0..4).for_each(|_| office.rig.script(Place::Put, fault.clone()));
            assert_kind(office.client.push(&KIND, &four()), ErrorKind::OutcomeUnknown);
        };
        unknown();
        office.rig.sim.clear_script();
        assert_eq!(office.same(&if_changed()), (1, 1, ReceiptKind::Pushed));
        office.rig.advance(LAG);
        unknown();
        office.rig.sim.clear_script();
        office.rig.advance(LAG);
        assert_eq!(office.same(&if_changed()), (1, 0, ReceiptKind::Unchanged));
        let options = PushOptions::new().baseline_from_audit(office.audit.path(), &KIND, RESOURCE);
        let error = assert_kind(options, ErrorKind::InvalidArgument);
        assert!(error.to_string().contains("the outcome of the last push is unknown"), "{error}");
    }
}

#[test]
fn a_refused_push_is_none_that_a_list_may_not_show() {
    let office = Office::new();
    office.rig.reply(Place::Put, 400, r#"{"error":"/0: must have property 'x'"}"#);
    let pushed = office.client.push(&KIND, &accounts(&["a", "b", "c", "e"]));
    assert_kind(pushed, ErrorKind::RecordsRejected);
    assert_eq!(office.same(&if_changed()), (1, 0, ReceiptKind::Unchanged));
}

#[test]
fn an_attempt_whose_outcome_is_unknown_is_repeated() {
    let office = Office::new();
    office.rig.script(Place::Put, Fault::apply_then_gateway_response(503));
    let body = accounts(&["a", "b", "c", "d", "e"]);
    let ((_, puts), receipt) = office.requests(|| office.push(&body).expect("right"));
    assert_eq!((puts, receipt.receipt_kind), (2, ReceiptKind::Pushed));
}

#[test]
fn members_that_cannot_be_compared_are_sent() {
    let rig = Rig::unlimited();
    rig.sim.change(|settings| settings.custom_properties_in_list = false);
    let client = rig.client();
    let kind = Kind::CUSTOM_RESOURCE;
    let url = "https://x.example.com/a";
    let mut record = json!({"uniqueId": "a", "displayName": "a", "externalUrl": url});
    let bare = Body::from_records(RESOURCE, &[record.clone()]).expect("right");
    record["customProperties"] = json!({"team": "red"});
    let body = Body::from_records(RESOURCE, &[record]).expect("right");
    client.push(&kind, &body).expect("pushed");
    // Members that an earlier push set and this body does not set count too.
    for (body, hidden) in [(&body, true), (&bare, true), (&bare, false)] {
        rig.advance(LAG);
        let plan = client.plan(&kind, body).expect("planned");
        let pointers = plan.not_comparable.iter().map(|one: &NotComparable| one.pointer.as_str());
        assert_eq!(pointers.count(), usize::from(hidden));
        let receipt = client.push_with(&kind, body, &if_changed()).expect("right");
        let expected = if hidden { ReceiptKind::Pushed } else { ReceiptKind::Unchanged };
        assert_eq!(receipt.receipt_kind, expected);
    }
}

#[test]
fn records_are_validated_and_an_empty_set_is_refused() {
    let office = Office::new();
    let (requests, ()) = office.requests(|| {
        assert_kind(office.push(&accounts(&[])), ErrorKind::EmptyPayload);
        let mut record = account("a");
        record["status"] = json!("GONE");
        let body = Body::from_records(RESOURCE, &[record]).expect("well formed");
        assert_kind(office.push(&body), ErrorKind::InvalidRecords);
    });
    assert_eq!(requests, (0, 0));
    let (requests, error) =
        office.requests(|| assert_kind(office.push(&accounts(&["a"])), ErrorKind::TooManyRemovals));
    assert_eq!((requests, error.violations().len()), ((1, 0), 3));
    // No record is live, and none is pushed.
    let empty = Body::from_json_array("another", "[]").expect("right");
    let options = if_changed().allow_empty(true);
    let receipt = office.client.push_with(&KIND, &empty, &options).expect("right");
    assert_eq!(receipt.receipt_kind, ReceiptKind::Unchanged);
    let mut warned = account("a");
    warned["externalUrl"] = json!("http://x.example.com/a");
    let body = Body::from_records("warned", &[warned]).expect("right");
    office.client.push(&KIND, &body).expect("pushed");
    office.rig.advance(LAG);
    let receipt = office.push(&body).expect("right");
    assert_eq!((receipt.receipt_kind, receipt.warnings.len()), (ReceiptKind::Unchanged, 1));
}

#[test]
fn the_permit_of_what_is_not_sent_is_given_back() {
    let office = Office::at(Rig::new());
    let began = office.rig.clock.monotonic();
    let (requests, ()) = office.requests(|| {
        // Each needs permits for both requests, and uses one.
        for _ in 0..19 {
            assert_eq!(office.push(&four()).expect("right").receipt_kind, ReceiptKind::Unchanged);
        }
    });
    assert_eq!((requests, office.rig.sim.counters().rate_limited), ((19, 0), 0));
    assert!(office.rig.clock.monotonic() - began < Duration::from_secs(5), "none has waited");
}

#[test]
fn a_receipt_of_a_push_that_was_not_sent_is_no_baseline() {
    let office = Office::new();
    let unchanged = office.push(&four()).expect("right");
    let line = Receipt::from_json(&unchanged.to_json()).expect("it is one");
    for receipt in [unchanged, line] {
        let options = PushOptions::new().baseline(&receipt);
        let pushed = office.client.push_with(&KIND, &four(), &options);
        let error = assert_kind(pushed, ErrorKind::InvalidArgument);
        assert!(error.to_string().contains("does not say what is live"), "{error}");
    }
    // The one before it is found in the file.
    let last = Receipt::last_live(office.audit.path(), &KIND, RESOURCE).expect("readable");
    assert_eq!(last.expect("there is one").receipt_kind, ReceiptKind::Pushed);
    let options = PushOptions::new().baseline_from_audit(office.audit.path(), &KIND, RESOURCE);
    let options = options.expect("there is one");
    let ((gets, _), _) = office.requests(|| office.client.push_with(&KIND, &four(), &options));
    assert_eq!(gets, 0);
    let none = TempFile::new("audit", (office.push_elsewhere() + "\n").as_bytes());
    let options = PushOptions::new().baseline_from_audit(none.path(), &KIND, "elsewhere");
    assert_kind(options, ErrorKind::InvalidArgument);
}

impl Office {
    /// Makes a push of another resource that is not sent, and returns its receipt as a line.
    fn push_elsewhere(&self) -> String {
        let empty = Body::from_json_array("elsewhere", "[]").expect("right");
        let options = if_changed().allow_empty(true);
        self.client.push_with(&KIND, &empty, &options).expect("right").to_json()
    }
}

#[test]
fn a_list_that_cannot_be_read_fails_the_push() {
    let office = Office::new();
    let baseline = office.client.verify(&KIND, &four()).expect("verified");
    let options =
        [if_changed(), if_changed().allow_any_removals(true), if_changed().baseline(&baseline)];
    for options in options {
        office.rig.reply(Place::Get, 403, r#"{"error":"unauthorized"}"#);
        let (requests, error) = office.requests(|| {
            let pushed = office.client.push_with(&KIND, &four(), &options);
            assert_kind(pushed, ErrorKind::Forbidden)
        });
        assert_eq!(requests, (1, 0));
        let told = error.to_string();
        let words = "a push with PushOptions::only_if_changed() needs a token that may read";
        assert!(told.contains(words) && !told.contains("baseline"), "{told}");
        // A temporary error is retried.
        office.rig.reply(Place::Get, 503, "");
        assert_eq!(office.same(&options), (2, 0, ReceiptKind::Unchanged));
    }
}
