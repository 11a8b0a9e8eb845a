//! Every duration and count from outside with 0, 1 and its largest value: no panic, no overflow.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use vanta::{BodyBuilder, Client, Clock, Config, Error, Kind, PushOptions, TestClock, Upload};

use crate::harness::{Place, RESOURCE, Rig, TempFile, TempFolder, accounts};
use crate::languages::{BUILT, command, secret_file, succeed};

const DURATIONS: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_nanos(1),
    Duration::from_millis(1),
    Duration::from_millis(u64::MAX),
    Duration::MAX,
];

const NUMBERS: [u64; 4] = [0, 1, u64::MAX - 1, u64::MAX];

/// Returns the result of `call`, which must not panic.
#[track_caller]
fn call<T>(what: &str, call: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| panic!("{what} panicked"))
}

/// A clock that advances by a microsecond each time it is read.
#[derive(Clone, Debug, Default)]
struct TickingClock(TestClock, Arc<AtomicU64>);

impl Clock for TickingClock {
    fn monotonic(&self) -> Duration {
        self.0.monotonic() + Duration::from_micros(self.1.fetch_add(1, Ordering::SeqCst))
    }

    fn wall(&self) -> Duration {
        self.0.wall()
    }

    fn boot(&self) -> Duration {
        self.0.boot()
    }

    fn boot_id(&self) -> String {
        self.0.boot_id()
    }

    fn sleep(&self, length: Duration) {
        self.0.sleep(length);
    }
}

type Verb<'a> = (&'a str, Box<dyn Fn(&Client) -> Result<(), Error> + 'a>);

/// Returns all calls of a client.
fn verbs<'a>(upload: &'a Upload) -> Vec<Verb<'a>> {
    let kind = &Kind::USER_ACCOUNT;
    vec![
        ("token", Box::new(|client: &Client| client.token().map(drop))),
        ("list", Box::new(move |client| client.list(kind, RESOURCE).map(drop))),
        ("push", Box::new(move |client| client.push(kind, &accounts(&["a"])).map(drop))),
        ("plan", Box::new(move |client| client.plan(kind, &accounts(&["a"])).map(drop))),
        ("verify", Box::new(move |client| client.verify(kind, &accounts(&["a"])).map(drop))),
        ("upload", Box::new(move |client| client.upload(upload).map(drop))),
    ]
}

/// Makes every call with these clients. Returns whether all of them succeed.
#[track_caller]
fn all_succeed(rig: &Rig, what: &str, config: impl Fn(Config) -> Config) -> bool {
    let (folder, file) = (TempFolder::new(), TempFile::new("pdf", b"evidence"));
    let (upload, mut succeeded) = (Upload::new("requests", file.path()), true);
    for store in ["memory".to_owned(), folder.path().join("token").display().to_string()] {
        let settings = rig.config().token_store(store.clone()).clock(TickingClock::default());
        let made = call(what, || Client::new(config(settings)));
        let Ok(client) = made else { return false };
        for (verb, make) in verbs(&upload) {
            let result = call(&format!("{what}: {verb}, {store}"), || make(&client));
            call(what, || client.snapshot());
            succeeded &= result.is_ok();
        }
    }
    succeeded
}

#[test]
fn any_deadline_is_enforced_without_panic() {
    for deadline in DURATIONS {
        let rig = Rig::unlimited();
        let long = deadline > Duration::from_secs(3);
        let what = format!("deadline {deadline:?}");
        assert_eq!(all_succeed(&rig, &what, |config| config.deadline(deadline)), long, "{what}");
        let client = rig.client().with_deadline(deadline);
        assert_eq!(call(&what, || client.token()).is_ok(), long, "{what}");
        let rig = Rig::unlimited();
        let client = call(&what, || rig.client().with_shared_deadline(deadline));
        assert_eq!(call(&what, || client.token()).is_ok(), long, "{what}, shared");
    }
}

#[test]
fn any_deadline_allows_a_name_lookup_and_a_retry() {
    needs!("localhost");
    for deadline in &DURATIONS[3..] {
        let rig = Rig::with(|settings| settings.tls = false);
        let origin = format!("http://localhost:{}", rig.sim.address().port());
        let config = rig.config().origin(origin).allow_plain_http_to_loopback(true);
        let config = config.clock(TickingClock::default());
        let client = Client::new(config.deadline(*deadline)).expect("right");
        for client in [&client, &client.with_shared_deadline(*deadline)] {
            rig.reply(Place::Get, 503, "{}");
            call("lookup", || client.list(&Kind::USER_ACCOUNT, RESOURCE)).expect("listed");
        }
    }
}

#[test]
fn any_expiry_margin_returns_a_token() {
    for margin in DURATIONS {
        let rig = Rig::unlimited();
        let what = format!("margin {margin:?}");
        assert!(all_succeed(&rig, &what, |config| config.expiry_margin(margin)), "{what}");
        assert!(rig.sim.counters().token_requests <= 3, "{what}: {:?}", rig.sim.counters());
    }
}

#[test]
fn a_token_that_is_valid_for_any_number_of_seconds_is_given_or_refused() {
    for seconds in NUMBERS {
        let rig = Rig::unlimited();
        let client = rig.client();
        let given = call("valid for", || client.token_valid_for(Duration::from_secs(seconds)));
        assert_eq!(given.is_ok(), seconds <= 1, "{seconds}");
        call("in memory", || client.token()).expect("still a token");
        assert_eq!(
            call("valid for", || client.token_valid_for(Duration::from_secs(seconds))).is_ok(),
            seconds <= 1
        );
    }
}

#[test]
fn any_list_cap_and_any_rate_is_taken_or_refused() {
    for number in NUMBERS {
        let rig = Rig::unlimited();
        let what = format!("list cap {number}");
        let large = number > 1;
        assert_eq!(all_succeed(&rig, &what, |config| config.list_cap(number)), large, "{what}");
        let rate = u32::try_from(number).unwrap_or(u32::MAX);
        let made = call("token rate", || Client::new(rig.config().token_requests_per_minute(rate)));
        assert_eq!(made.is_ok(), rate == 1, "{rate}");
        let made = call("rate", || Client::new(rig.config().requests_per_minute(rate)));
        assert_eq!(made.is_ok(), rate <= 1, "{rate}");
    }
}

#[test]
fn any_number_of_removals_may_be_expected() {
    for most in [0, 1, usize::MAX - 1, usize::MAX] {
        let rig = Rig::unlimited();
        let (client, kind) = (rig.client(), &Kind::USER_ACCOUNT);
        client.push(kind, &accounts(&["a", "b", "c"])).expect("the first");
        let options = PushOptions::new().expect_removals(most);
        let pushed = call("removals", || client.push_with(kind, &accounts(&["a"]), &options));
        assert_eq!(pushed.is_ok(), most > 1, "{most}");
    }
}

#[test]
fn any_number_in_a_record_is_written_or_refused() {
    for number in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
        let mut records = BodyBuilder::new(RESOURCE).expect("well formed");
        call("records", || {
            let _ = records.begin();
            let _ = records.integer("a", number);
            let _ = records.timestamp_ms("b", number);
            let _ = records.number("c", number as f64);
        });
    }
    for number in [f64::MIN, f64::MAX, f64::MIN_POSITIVE, -0.0, f64::NAN, f64::INFINITY] {
        let mut records = BodyBuilder::new(RESOURCE).expect("well formed");
        let written = call("records", || {
            records.begin().and_then(|records| records.number("c", number)).map(drop)
        });
        assert_eq!(written.is_ok(), number.is_finite(), "{number}");
    }
}

#[test]
fn any_retry_after_of_a_server_is_waited_for_or_reported() {
    let most = u64::MAX.to_string();
    for asked in [&most, "-1", "0", "1", "1e19", "1e300", "nan", "inf", "9".repeat(400).as_str()] {
        for place in [Place::Get, Place::Token] {
            let rig = Rig::unlimited();
            for _ in 0..4 {
                rig.reply_with(place, 429, &[("retry-after", asked)], "{}");
            }
            let client = rig.client().with_deadline(Duration::MAX);
            let what = format!("{place:?}, {asked}");
            let _ = call(&what, || client.list(&Kind::USER_ACCOUNT, RESOURCE));
            call(&what, || client.snapshot());
        }
    }
}

#[test]
fn any_number_is_taken_or_refused_in_c_cpp_and_python() {
    needs!("gcc", "g++", "python3");
    let c = vec![BUILT.compile("gcc", "-std=c99", "tests/c/extreme_values.c").into_os_string()];
    let cpp =
        vec![BUILT.compile("g++", "-std=c++17", "tests/cpp/extreme_values.cpp").into_os_string()];
    for words in [c, cpp, BUILT.python("tests/python/extreme_values.py")] {
        let rig = Rig::unlimited();
        let secret = secret_file(&rig);
        let output = succeed(&mut command(&rig, &secret, &words));
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert_eq!(stdout, "every value was accepted or refused\n", "{words:?}");
    }
}
