//! A list that is not clearly complete is not used by list, plan, verify and push.

use serde_json::{Value, json};
use vanta::{Client, Error, ErrorKind, Kind};

use crate::harness::{Place, RESOURCE, Rig, account, accounts, assert_kind};

const KIND: Kind = Kind::USER_ACCOUNT;

/// Returns a response with two live rows and a soft-deleted one, and these members beside them.
fn response(beside: &Value) -> String {
    let mut gone = account("gone");
    gone["deletedAt"] = json!("2026-01-01T00:00:00Z");
    let mut response = json!({"resources": [account("a"), account("b"), gone]});
    let members = beside.as_object().expect("an object").clone();
    response.as_object_mut().expect("an object").extend(members);
    response.to_string()
}

/// Returns the result of each call with a list response.
fn verbs(rig: &Rig, client: &Client, response: &str) -> Vec<(&'static str, Result<(), Error>)> {
    let body = accounts(&["a", "b"]);
    let reply = || rig.reply(Place::Get, 200, response);
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
    let rig = Rig::unlimited();
    for (verb, result) in verbs(&rig, &rig.client(), response) {
        let error = assert_kind(result, ErrorKind::InvalidResponse);
        assert!(error.to_string().contains(words), "{verb}: {error}");
    }
    assert_eq!(rig.sim.counters().puts, 0, "{response}");
}

#[track_caller]
fn assert_taken_by_all(response: &str) {
    let rig = Rig::unlimited();
    for (verb, result) in verbs(&rig, &rig.client(), response) {
        result.unwrap_or_else(|error| panic!("{verb} of {response}: {error}"));
    }
}

#[test]
fn every_verb_refuses_a_list_that_says_that_there_are_more_rows() {
    let words = "\"meta.page.nextCursor\" says that there may be more rows";
    assert_refused_by_all(&response(&json!({"meta": {"page": {"nextCursor": "abc"}}})), words);
}

/// Members beside three rows, and whether the list is complete with them. Partial lists are
/// refused.
const SIGNS: &str = r#"
Part      a flag that says that there are more rows
          {"meta": {"hasMore": true}}   {"hasMore": "true"}   {"HasMore": "TRUE"}   {"has_more": 1}
          {"has-more": "yes"}   {"hasmore": true}   {"more": true}   {"moreResultsAvailable": true}
          {"results": {"pageInfo": {"hasNextPage": true}}}   {"pageInfo": {"hasPreviousPage": true}}
          {"hasMoreUserAccounts": true}   {"a": {"has_next": true}}
          {"isTruncated": true}   {"TRUNCATED": 1}   {"incomplete_results": true}
          {"partial": true}   {"warnings": [{"truncated": true}]}
Complete  a flag that says no
          {"hasMore": "false", "has_more": false, "more": null, "hasNext": 0}   {"hasMore": "no"}
          {"page": {"hasNextPage": null}, "pageInfo": {}}   {"truncated": false, "noMore": true}
Complete  "more" and "incomplete" about something else
          {"moreInformation": "https://x.example.com/"}   {"moreInfo": "https://x.example.com/"}
          {"warnings": {"incompleteRecords": 12}}   {"warnings": {"incompleteRecords": 1}}
          {"partialFailureAllowed": true}

Part      a flag that says that the list does not end here, or does not begin here
          {"complete": false}   {"done": "false"}   {"last": false}   {"isLast": false}
          {"lastPage": false}   {"meta": {"isLastPage": false}}   {"finished": false}
          {"endOfResults": false}   {"endoflist": false}   {"first": false}
Complete  a flag that says that the list ends here, or one about something else
          {"complete": true, "isLast": true, "first": true, "lastPage": true, "done": "yes"}
          {"setup": {"complete": false}, "sync": {"finished": false}, "last": 0}

Part      a page, link, cursor or token of the page after or before this one
          {"next": 7}   {"next": "/v2"}   {"previous": "/v1"}
          {"_links": {"next": {"href": "/v1"}}}
          {"links": {"self": "/v1", "next": "/v1/resources?offset=100"}}   {"nextUrl": "/v2"}
          {"links": [{"rel": "self", "href": "/v1"}, {"rel": "next", "href": "/v2"}]}
          {"links": [{"rel": ["last", "next"], "href": "/v2"}]}   {"@odata.nextLink": "/v2"}
          {"pagination": {"nextCursor": "abc", "total": 5000}}   {"nextPageToken": "abc"}
          {"prev_page_token": "abc"}   {"next_cursor": "abc"}   {"NextMarker": "abc"}
          {"nextpage": 2}   {"nextRecordsUrl": "/v2"}   {"vantaNextPage": 2}   {"pageNext": "/v2"}
          {"a": [{"b": [{"c": {"nextToken": "abc"}}]}]}   {"hasMore": false, "nextPage": "/v2"}
Complete  no such page
          {"nextLink": null, "next": "", "nextCursor": " ", "previous": null, "nextPage": "0"}
          {"next": {"href": null}, "cursors": {"after": null}}   {"nextOffset": -1, "next": "none"}
          {"links": {"self": "/v1", "next": null, "first": "/v1", "last": "/v1"}}
          {"links": [{"rel": "self", "href": "/v1"}, {"rel": "next", "href": null}]}
Complete  "next" and "prev" about something else, or inside another word
          {"deprecation": {"nextVersion": "v2"}}   {"warnings": [{"nextSteps": "see the docs"}]}
          {"previousPush": {"at": "2026-01-01T00:00:00Z"}}   {"previousPushId": "abc"}
          {"prevention": {"enabled": true}}   {"annexType": "x"}   {"nextsteps": "x"}
          {"nextSyncAt": "2026-01-01T00:00:00Z"}   {"nextSyncToken": "abc"}   {"nextKeyRotation": 7}

Part      a cursor that continues the list
          {"cursor": "abc"}   {"pageInfo": {"endCursor": "abc"}}   {"continuationToken": "abc"}
          {"x-ms-continuation": "abc"}   {"scroll_id": "abc"}   {"scrollId": "abc"}
          {"scrollToken": "abc"}   {"LastEvaluatedKey": {"id": "abc"}}   {"pageToken": "abc"}
          {"paging": {"after": "abc"}}   {"paging": {"cursors": {"after": "abc"}}}
          {"after": "abc"}   {"lastKey": "abc"}   {"bookmark": "abc"}   {"marker": "abc"}
          {"hasPreviousPage": false, "endCursor": "abc"}
          {"errors": {"hasMore": false}, "after": "a"}
Complete  a cursor beside or below a member that says that the list ends here
          {"pageInfo": {"hasNextPage": false, "endCursor": "x", "startCursor": "y"}}
          {"hasMore": false, "pageInfo": {"endCursor": "abc"}}   {"hasMore": false, "cursor": "abc"}
          {"hasMore": false, "pagination": {"cursor": "abc"}}   {"isLast": true, "after": "abc"}
          {"pageInfo": {"hasNextPage": false}, "cursor": "abc"}
Complete  a cursor of the start, none, or a word about something else
          {"startCursor": "abc", "cursor": []}   {"cursors": {"before": "abc", "after": null}}
          {"map": {"marker": "abc"}}   {"schedule": {"after": "abc"}}   {"apiKey": {"lastKey": "a"}}

Part      a number of rows that is larger than three
          {"total": 4}   {"total": "4"}   {"count": 4}   {"totalCount": 5000, "limit": 100}
          {"total_results": 4}   {"totalcount": 4}   {"meta": {"record_count": 4}}
          {"hits": {"total": {"value": 4, "relation": "eq"}}}   {"@odata.count": 5000}
          {"totalUserAccounts": 5000}   {"userAccountCount": 5000}   {"numberOfRecords": 5000}
          {"matched": 5000}   {"numFound": 4}   {"x-total-count": 4}
          {"hasMore": false, "total": 4}
          {"metadata": {"remainingItemCount": 1}}   {"pageInfo": {"totalResources": 4}}
Complete  a number of all rows or of the live ones
          {"total": 3, "count": 2, "totalPages": 1, "pages": 1, "totalCount": "3", "matched": 3}
          {"hits": {"total": {"value": 3}}}   {"@odata.count": 2, "userAccountCount": 3}
Complete  a number about something else
          {"integration": {"resourceCount": 5000}}   {"warnings": [{"code": 7, "count": 70}]}
          {"rateLimit": {"limit": 20, "remaining": 19, "count": 19, "total": 20}}
          {"totalBytes": 123456, "account": 99, "discount": 50, "tookMs": 400, "recordSize": 900}

Part      a page that is not the only one
          {"totalPages": 2}   {"page": 2}   {"offset": 100}   {"lastPage": 2}
Complete  the first page, the only one
          {"pageSize": 100, "per_page": "100", "limit": 3, "page": 1, "offset": 0, "lastPage": 1}

Complete  nothing about pages
          {"requestId": "abc", "context": {"tenant": "x"}, "version": 2, "success": true}
          {"errors": [], "resourcesUpdatedAt": "2026-01-01T00:00:00Z", "": 7}
"#;

/// The members of each row of the table, and whether the list is complete with them.
fn signs() -> Vec<(Value, bool)> {
    let mut signs = Vec::new();
    let mut is_complete = false;
    for line in SIGNS.lines() {
        if line.starts_with(char::is_alphabetic) {
            is_complete = line.starts_with("Complete ");
            assert!(is_complete || line.starts_with("Part "), "{line}");
            continue;
        }
        let members = serde_json::Deserializer::from_str(line).into_iter::<Value>();
        signs.extend(members.map(|beside| (beside.expect(line), is_complete)));
    }
    signs
}

#[test]
fn a_member_is_a_sign_of_more_rows_by_the_whole_words_of_its_name() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let mut wrong = Vec::new();
    for (beside, is_complete) in signs() {
        rig.reply(Place::Get, 200, &response(&beside));
        match client.list(&KIND, RESOURCE) {
            Ok(_) if !is_complete => wrong.push(format!("{beside} is a part: it was accepted")),
            Err(error) if is_complete => wrong.push(format!("{beside} is complete: {error}")),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{beside}");
                assert!(error.to_string().contains("there may be more rows"), "{beside}: {error}");
            }
            Ok(listed) => {
                assert_eq!((listed.live().count(), listed.deleted().count()), (2, 1), "{beside}");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_taken_by_all(&response(&json!({"hasMore": "false", "total": 2})));
    let twice = r#"{"resources":[],"meta":{"hasMore":true,"hasMore":false}}"#;
    rig.reply(Place::Get, 200, twice);
    assert_kind(client.list(&KIND, RESOURCE), ErrorKind::InvalidResponse);
}

#[test]
fn header_fields_can_say_that_a_list_is_a_part() {
    let rig = Rig::unlimited();
    let client = rig.client();
    let list = |field: (&str, &str)| {
        rig.reply_with(Place::Get, 200, &[field], &response(&json!({})));
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
        let error = assert_kind(list(field), ErrorKind::InvalidResponse);
        assert!(error.to_string().contains("there may be more rows"), "{error}");
    }
    for field in [
        ("link", "</v1>; rel=\"self\", </next>; rel=first; title=next"),
        ("x-next-page", ""),
        ("x-next-page", "0"),
        ("x-next-page", "False"),
        ("x-next-page", " "),
        ("x-next-cursor", "null"),
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
        let words = "it has more than one live row with the uniqueId a";
        assert_refused_by_all(&json!({ "resources": rows }).to_string(), words);
    }
    // Soft-deleted rows may have any id.
    old["deletedAt"] = json!("2026-01-01T00:00:00Z");
    let rows = json!({"resources": [old, account("b"), account("a"), old]});
    assert_taken_by_all(&rows.to_string());
}

#[test]
fn the_deletion_guard_is_not_misled_by_a_list_that_shows_every_id_twice() {
    let rig = Rig::unlimited();
    let rows: Vec<Value> = (0..1000).map(|i| account(&format!("u{}", i / 2))).collect();
    rig.reply(Place::Get, 200, &json!({ "resources": rows }).to_string());
    let pushed = rig.client().push(&KIND, &accounts(&["x", "y", "z"]));
    let error = assert_kind(pushed, ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("u0, u1, u2, u3, u4 and 495 more"), "{error}");
    assert_eq!(rig.sim.counters().puts, 0);
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
    // Null and absent mean live, so that verify finds a record that was not pushed.
    let absent = json!({"resources": [account("a"), account("b"), account("c")]}).to_string();
    for response in [with(Value::Null), absent] {
        let rig = Rig::unlimited();
        let results = verbs(&rig, &rig.client(), &response);
        for (verb, result) in results {
            match verb {
                "verify" => drop(assert_kind(result, ErrorKind::NotVerified)),
                _ => result.unwrap_or_else(|error| panic!("{verb}: {error}")),
            }
        }
    }
}
