//! The steps of the protocol, by their names in docs/token-store.md.

/// A step of a process.
///
/// The comments name the functions of the library that take it; a test finds each of them. After a
/// change of one, compare it with what the model does (`transition.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// `token/fetch.rs`: `Fetch::read`, `Fetch::take`, `Fetch::learn`.
    Read,
    /// `token/transaction.rs`: `Transaction::lock`. `store/file.rs`: `try_lock`.
    /// `store/redis/mod.rs`: `try_lock`.
    Lock,
    /// `token/transaction.rs`: `Transaction::load`, `Transaction::take_over`.
    /// `token/transitions.rs`: `SharedState::merge`.
    Load,
    /// `token/policy.rs`: `check`.
    Check,
    /// `token/policy.rs`: `may_request`. `token/fetch.rs`: `Fetch::request`, `Fetch::wait`.
    Decide,
    /// `token/transitions.rs`: `SharedState::begin_request`. `token/transaction.rs`:
    /// `Transaction::save`. `store/file.rs`: `save`. `store/redis/mod.rs`: `save`.
    Announce,
    /// `token/request.rs`: `TokenRequest::send`. `token/requester.rs`: `TokenRequester::request`.
    Request,
    /// `token/transitions.rs`: `SharedState::add_token`, `SharedState::add_failure`.
    /// `token/requester.rs`: `TokenRequester::failed`. `token/transaction.rs`:
    /// `Transaction::save_anyway`.
    Save,
    /// `token/transaction.rs`: `drop`. `store/file.rs`: `drop`. `store/redis/mod.rs`: `drop`.
    Unlock,
    /// `token/rejection.rs`: `CachedSource::token_worked`, `CachedSource::store_that_token_worked`.
    /// `token/state_store.rs`: `StateStore::update`.
    Accept,
    /// `token/rejection.rs`: `CachedSource::after_401`. `token/process_state.rs`:
    /// `ProcessState::token_rejected`.
    Reject,
    /// `token/rejection.rs`: `CachedSource::for_request`. `token/fetch.rs`:
    /// `SharedSource::rejected_token`.
    Retry,
}

impl Step {
    /// All steps, in the order of the document.
    pub const ALL: [Step; 12] = [
        Step::Read,
        Step::Lock,
        Step::Load,
        Step::Check,
        Step::Decide,
        Step::Announce,
        Step::Request,
        Step::Save,
        Step::Unlock,
        Step::Accept,
        Step::Reject,
        Step::Retry,
    ];
}
