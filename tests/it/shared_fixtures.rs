//! Fixtures that many tests share, made by the first that needs them. Where that fails, each of
//! them fails with the reason. A `LazyLock` would only report to the others that it is poisoned.

use std::any::Any;
use std::ops::Deref;
use std::panic::catch_unwind;
use std::sync::OnceLock;

pub struct Shared<T> {
    made: OnceLock<Result<T, String>>,
    make: fn() -> T,
}

impl<T> Shared<T> {
    pub const fn new(make: fn() -> T) -> Shared<T> {
        Shared { made: OnceLock::new(), make }
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        let make = || catch_unwind(self.make).map_err(words);
        self.made.get_or_init(make).as_ref().unwrap_or_else(|words| panic!("{words}"))
    }
}

fn words(panic: Box<dyn Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without words".to_owned())
}

#[test]
fn each_test_reports_why_a_shared_fixture_failed() {
    static NEVER: Shared<u32> = Shared::new(|| panic!("gcc is {}", "missing"));
    for _ in 0..2 {
        let panic = catch_unwind(|| *NEVER).expect_err("it panics");
        assert_eq!(words(panic), "gcc is missing");
    }
}
