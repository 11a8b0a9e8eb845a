//! A list that is not clearly the whole list is a basis for nothing: list, plan, verify and push.

use serde_json::{Value, json};
use vanta::{Client, Error, ErrorKind, Kind};

use crate::desk::{Desk, Place, RESOURCE, account, accounts, assert_kind};

const KIND: Kind = Kind::USER_ACCOUNT;

/// A response with two live rows and one that is soft-deleted, and these members beside them.
fn response(beside: &Value) -> String {
    let mut gone = account("gone");
    gone["deletedAt"] = json!("2026-01-01T00:00:00Z");
    let mut response = json!({"resources": [account("a"), account("b"), gone]});
    let members = beside.as_object().expect("an object").clone();
    response.as_object_mut().expect("an object").extend(members);
    response.to_string()
}

/// What each verb makes of a list response.
fn verbs(desk: &Desk, client: &Client, response: &str) -> Vec<(&'static str, Result<(), Error>)> {
    let body = accounts(&["a", "b"]);
    let reply = || desk.reply(Place::Get, 200, response);
    reply();
    let listed = client.list(&KIND, RESOURCE).map(drop);
    reply();
    let planned = client.plan(&KIND, &body).map(drop);
    reply();
    let verified = client.verify(&KIND, &body).map(drop);
    reply();
    let pushed = client.push(&KIND, &body).map(drop);
    vec![("list", listed), ("plan", planned), ("verify", verified), ("push", pushed)]
}

#[track_caller]
fn assert_refused_by_all(response: &str, words: &str) {
    let desk = Desk::unlimited();
    for (verb, result) in verbs(&desk, &desk.client(), response) {
        let error = assert_kind(result, ErrorKind::InvalidAnswer);
        assert!(error.to_string().contains(words), "{verb}: {error}");
    }
    assert_eq!(desk.sim.books().puts, 0, "{response}");
}

#[track_caller]
fn assert_taken_by_all(response: &str) {
    let desk = Desk::unlimited();
    for (verb, result) in verbs(&desk, &desk.client(), response) {
        result.unwrap_or_else(|error| panic!("{verb} of {response}: {error}"));
    }
}

#[test]
fn every_verb_refuses_a_list_that_says_that_there_are_more_rows() {
    let words = "\"meta.page.nextCursor\" says that there may be more rows";
    assert_refused_by_all(&response(&json!({"meta": {"page": {"nextCursor": "abc"}}})), words);
}

/// Flags, links, cursors and tokens that say that there are more rows.
fn flags_and_cursors() -> Vec<Value> {
    vec![
        json!({"pagination": {"nextCursor": "abc", "total": 5000}}),
        json!({"links": {"self": "/v1", "next": "/v1/resources?offset=100"}}),
        json!({"_links": {"next": {"href": "/v1"}}}),
        json!({"links": [{"rel": "self", "href": "/v1"}, {"rel": "next", "href": "/v2"}]}),
        json!({"links": [{"rel": ["last", "next"], "href": "/v2"}]}),
        json!({"meta": {"hasMore": true}}),
        json!({"hasMore": "true"}),
        json!({"HasMore": "TRUE"}),
        json!({"has_more": 1}),
        json!({"has-more": "yes"}),
        json!({"hasmore": true}),
        json!({"more": true}),
        json!({"moreResultsAvailable": true}),
        json!({"results": {"pageInfo": {"hasNextPage": true}}}),
        json!({"pageInfo": {"hasPreviousPage": true}}),
        json!({"isTruncated": true}),
        json!({"incomplete_results": true}),
        json!({"partial": true}),
        json!({"complete": false}),
        json!({"done": "false"}),
        json!({"last": false}),
        json!({"first": false}),
        json!({"next": 7}),
        json!({"next": "/v2"}),
        json!({"previous": "/v1"}),
        json!({"prev_page_token": "abc"}),
        json!({"@odata.nextLink": "/v2"}),
        json!({"nextPageToken": "abc"}),
        json!({"next_cursor": "abc"}),
        json!({"NextMarker": "abc"}),
        json!({"cursor": "abc"}),
        json!({"pageInfo": {"endCursor": "abc"}}),
        json!({"continuationToken": "abc"}),
        json!({"x-ms-continuation": "abc"}),
        json!({"scroll_id": "abc"}),
        json!({"LastEvaluatedKey": {"id": "abc"}}),
        json!({"a": [{"b": [{"c": {"nextToken": "abc"}}]}]}),
    ]
}

/// Numbers that say that there are more rows than the three of a response.
fn numbers() -> Vec<Value> {
    vec![
        json!({"total": 4}),
        json!({"total": "4"}),
        json!({"count": 4}),
        json!({"totalCount": 5000, "offset": 0, "limit": 100}),
        json!({"total_results": 4}),
        json!({"totalcount": 4}),
        json!({"hits": {"total": {"value": 4, "relation": "eq"}}}),
        json!({"meta": {"record_count": 4}}),
        json!({"metadata": {"remainingItemCount": 1}}),
        json!({"totalPages": 2}),
        json!({"page": 2}),
        json!({"offset": 100}),
    ]
}

#[test]
fn any_usual_sign_of_more_rows_is_recognised() {
    let desk = Desk::unlimited();
    let client = desk.client();
    for sign in flags_and_cursors().into_iter().chain(numbers()) {
        desk.reply(Place::Get, 200, &response(&sign));
        let listed = client.list(&KIND, RESOURCE);
        let error = listed.map(drop).expect_err(&format!("{sign} says that there are more"));
        assert_eq!(error.kind(), ErrorKind::InvalidAnswer);
        assert!(error.to_string().contains("there may be more rows"), "{sign}: {error}");
    }
    let twice = r#"{"resources":[],"meta":{"hasMore":true,"hasMore":false}}"#;
    desk.reply(Place::Get, 200, twice);
    assert_kind(client.list(&KIND, RESOURCE), ErrorKind::InvalidAnswer);
}

#[test]
fn a_member_that_says_no_or_is_about_something_else_is_no_sign() {
    let harmless = [
        json!({"hasMore": "false", "has_more": false, "more": null, "hasNext": 0}),
        json!({"pageSize": 100, "per_page": "100", "limit": 3, "page": 1, "offset": 0}),
        json!({"page": {"hasNextPage": null}, "pageInfo": {}}),
        json!({"pageInfo": {"hasNextPage": false, "endCursor": "x", "startCursor": "y"}}),
        json!({"nextLink": null, "next": "", "nextCursor": " ", "previous": null, "cursor": []}),
        json!({"next": {"href": null}, "cursors": {"after": null}}),
        json!({"links": {"self": "/v1", "next": null, "first": "/v1", "last": "/v1"}}),
        json!({"links": [{"rel": "self", "href": "/v1"}, {"rel": "next", "href": null}]}),
        // Totals of all rows, of the live ones, and of something else.
        json!({"total": 3, "count": 2, "totalPages": 1, "pages": 1, "totalCount": "3"}),
        json!({"hits": {"total": {"value": 3}}}),
        json!({"rateLimit": {"limit": 20, "remaining": 19, "count": 19, "total": 20}}),
        json!({"totalBytes": 123456, "account": 99, "discount": 50, "tookMs": 400}),
        json!({"warnings": [{"code": 7, "count": 70}], "errors": []}),
        json!({"complete": true, "isLast": true, "first": true, "truncated": false}),
        json!({"nextSyncAt": "2026-01-01T00:00:00Z", "moreInfo": "https://x.example.com/"}),
        json!({"requestId": "abc", "context": {"tenant": "x"}, "version": 2, "success": true}),
    ];
    let desk = Desk::unlimited();
    let client = desk.client();
    for beside in harmless {
        desk.reply(Place::Get, 200, &response(&beside));
        let listed = client.list(&KIND, RESOURCE);
        let listed = listed.unwrap_or_else(|error| panic!("{beside}: {error}"));
        assert_eq!((listed.live().count(), listed.deleted().count()), (2, 1));
    }
    assert_taken_by_all(&response(&json!({"hasMore": "false", "total": 2})));
}

#[test]
fn header_fields_can_say_that_a_list_is_a_part() {
    let desk = Desk::unlimited();
    let client = desk.client();
    let list = |field: (&str, &str)| {
        desk.reply_with(Place::Get, 200, &[field], &response(&json!({})));
        client.list(&KIND, RESOURCE).map(drop)
    };
    for field in [
        ("link", "</v1?page=2>; rel=\"next\""),
        ("link", "</v1>; rel=first, </v1?page=2>; title=x; REL=Next"),
        ("link", "</v1?page=2>; rel=\"last next\""),
        ("x-next-page", "2"),
        ("x-ms-continuation", "abc"),
        ("x-total-count", "4"),
    ] {
        let error = assert_kind(list(field), ErrorKind::InvalidAnswer);
        assert!(error.to_string().contains("there may be more rows"), "{error}");
    }
    for field in [
        ("link", "</v1>; rel=\"self\", </next>; rel=first; title=next"),
        ("x-next-page", ""),
        ("x-total-count", "3"),
        ("x-total", "many"),
    ] {
        list(field).unwrap_or_else(|error| panic!("{field:?}: {error}"));
    }
}

#[test]
fn a_response_with_much_beside_its_rows_is_refused() {
    let beside = json!({"schema": "x".repeat(1 << 20)});
    assert_refused_by_all(&response(&beside), "more than 1 MiB beside its rows");
    let deep = format!(r#"{{"resources":[],"meta":{}1{}}}"#, "[".repeat(500), "]".repeat(500));
    assert_refused_by_all(&deep, "it is not a list of rows");
}

#[test]
fn every_verb_refuses_a_list_that_shows_an_id_live_twice() {
    let mut old = account("a");
    old["displayName"] = json!("of an old connection");
    for rows in [[&old, &account("a"), &account("b")], [&account("b"), &account("a"), &old]] {
        let words = "it shows a uniqueId live more than once: a";
        assert_refused_by_all(&json!({ "resources": rows }).to_string(), words);
    }
    // Soft-deleted rows may have any id.
    old["deletedAt"] = json!("2026-01-01T00:00:00Z");
    let rows = json!({"resources": [old, account("b"), account("a"), old]});
    assert_taken_by_all(&rows.to_string());
}

#[test]
fn the_deletion_guard_is_not_misled_by_a_list_that_shows_every_id_twice() {
    let desk = Desk::unlimited();
    let rows: Vec<Value> = (0..1000).map(|i| account(&format!("u{}", i / 2))).collect();
    desk.reply(Place::Get, 200, &json!({ "resources": rows }).to_string());
    let pushed = desk.client().push(&KIND, &accounts(&["x", "y", "z"]));
    let error = assert_kind(pushed, ErrorKind::InvalidAnswer);
    assert!(error.to_string().contains("u0, u1, u2, u3, u4 and 495 more"), "{error}");
    assert_eq!(desk.sim.books().puts, 0);
}

#[test]
fn deleted_at_means_the_same_to_every_verb() {
    let with = |deleted_at: Value| {
        let mut row = account("c");
        row["deletedAt"] = deleted_at;
        json!({"resources": [account("a"), account("b"), row]}).to_string()
    };
    let unusable = [
        json!(""),
        json!(" "),
        json!("yes"),
        json!("2026-01-01"),
        json!("2026-13-01T00:00:00Z"),
        json!("0001-01-01T00:00:00Z"),
        json!("1970-01-01T00:00:00Z"),
        json!(0),
        json!(1_767_225_600),
        json!(false),
        json!(true),
        json!({}),
    ];
    for value in unusable {
        assert_refused_by_all(&with(value), "");
    }
    let twice =
        with(json!("x")).replace("\"deletedAt\":\"x\"", "\"deletedAt\":null,\"deletedAt\":null");
    assert_refused_by_all(&twice, "duplicate");
    for value in ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123+02:00"] {
        assert_taken_by_all(&with(json!(value)));
    }
    // Null and absent mean live, so that verify sees a record that was not pushed.
    let absent = json!({"resources": [account("a"), account("b"), account("c")]}).to_string();
    for response in [with(Value::Null), absent] {
        let desk = Desk::unlimited();
        let told = verbs(&desk, &desk.client(), &response);
        for (verb, result) in told {
            match verb {
                "verify" => drop(assert_kind(result, ErrorKind::NotVerified)),
                _ => result.unwrap_or_else(|error| panic!("{verb}: {error}")),
            }
        }
    }
}
