//! The settings of a simulated Vanta: everything that no public source settles can be set.

use std::time::Duration;

use crate::faults::Place;
use crate::gateway::Gateway;

/// The response to a request that breaks an unsettled rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ambiguity {
    /// It is accepted.
    Accept,
    /// It is refused with 400.
    Refuse,
}

/// The result of a duplicate `uniqueId` in one body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// The body is refused.
    Refuse,
    /// The last record is used.
    LastWins,
}

/// The `Retry-After` of a 429.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// None.
    None,
    /// This number of seconds.
    Seconds(u64),
    /// A date this number of seconds from now.
    HttpDate(u64),
}

/// The response to a successful push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutResponse {
    /// `{"success": true}`, as in the specification.
    Success,
    /// `{"results": {"accepted": n, "rejected": 0}}`, as the quickstart shows it.
    Results,
    /// Empty.
    Empty,
}

/// What a push replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplaceScope {
    /// The rows of the resource id.
    ResourceId,
    /// All rows of the kind, whatever their resource id.
    Kind,
}

/// The settings of the simulator. The defaults are what public sources make most likely.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Use TLS, with a temporary authority. Cannot be changed while it runs.
    pub tls: bool,
    /// The port to listen on; 0 takes a free one. Cannot be changed while it runs.
    pub port: u16,
    /// The path prefix of all endpoints, such as `/vanta`, as an API gateway has it. Other paths
    /// are not found. Cannot be changed while it runs.
    pub path_prefix: String,
    /// Token requests a minute; documented as 5. `None` turns the limit off.
    pub token_limit_per_minute: Option<u32>,
    /// Resource requests a minute; documented as 20. `None` turns the limit off.
    pub resource_limit_per_minute: Option<u32>,
    /// Unsure: whether GET and PUT are counted separately.
    pub separate_get_limit: bool,
    /// Lifetime of a token in seconds; documented as 3600, seen as 3599.
    pub expires_in: u64,
    /// Unsure: whether the token response has the scope.
    pub scope_in_token_response: bool,
    /// The delay of the token endpoint.
    pub token_delay: Duration,
    /// Unsure: the status for wrong credentials, 401 or 400.
    pub invalid_client_status: u16,
    /// Unsure: whether 401, 403, 404 and 429 come as plain text instead of JSON.
    pub errors_as_text: bool,
    /// Unsure: the `Retry-After` of a 429.
    pub retry_after: RetryAfter,
    /// Unsure: whether a failed token request revokes the live token.
    pub failed_request_revokes_token: bool,
    /// Unsure: whether a new client secret revokes the live token.
    pub rotation_revokes_token: bool,
    /// Unsure: the status for a token request that is a form.
    pub form_body_status: u16,
    /// Unsure: whether the token endpoint accepts a form.
    pub form_tokens: bool,
    /// Unsure: whether a push may come as gzip; if not, it is refused with 415.
    pub gzip_requests: bool,
    /// Unsure: the result of a duplicate `uniqueId`.
    pub duplicate_unique_id: Duplicates,
    /// Unsure: a vulnerability that names a component which was not pushed.
    pub unknown_component: Ambiguity,
    /// Unsure: an `externalUrl` that is not https.
    pub http_external_url: Ambiguity,
    /// Unsure: a task whose `closedTimestamp` contradicts its `taskState`.
    pub closed_timestamp_rule: Ambiguity,
    /// Unsure, but for computers: an optional field that is null.
    pub null_optionals: Ambiguity,
    /// Unsure: whether unknown keys are reported before missing ones.
    pub extra_keys_first: bool,
    /// Unsure: what a push replaces.
    pub replace_scope: ReplaceScope,
    /// Unsure: whether `/v1/resources/UserAccount` is served too.
    pub camel_case_paths: bool,
    /// Unsure: the response to a successful push.
    pub put_response: PutResponse,
    /// Unsure: how many lists after a push still show the state before it.
    pub stale_reads: u32,
    /// An outage: every resource request gets 401, whatever its token.
    pub reject_every_token: bool,
    /// Whether severities that are floats are stored with one decimal; documented so.
    pub severities_rounded: bool,
    /// Unsure: whether a list normalises timestamps, to UTC and milliseconds. The instant stays the
    /// same.
    pub timestamps_rewritten: bool,
    /// Unsure: whether a list leaves out optional fields that are null; seen to show them.
    pub nulls_dropped: bool,
    /// Unsure: whether a list shows custom properties.
    pub custom_properties_in_list: bool,
    /// Unsure: the status of an accepted upload; 201 in the specification, 200 was seen.
    pub upload_status: u16,
    /// Unsure: whether an upload needs the scope `self:write-document`; the specification only
    /// requires a token.
    pub upload_scope_needed: bool,
    /// Whether ids of resources and documents that were not declared are refused with 404.
    pub only_declared: bool,
    /// The gateway between the client and Vanta.
    pub gateway: Gateway,
    /// The requests that it handles.
    pub gateway_at: Place,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            tls: true,
            port: 0,
            path_prefix: String::new(),
            token_limit_per_minute: Some(5),
            resource_limit_per_minute: Some(20),
            separate_get_limit: false,
            expires_in: 3599,
            scope_in_token_response: false,
            token_delay: Duration::ZERO,
            invalid_client_status: 401,
            errors_as_text: false,
            retry_after: RetryAfter::None,
            failed_request_revokes_token: false,
            rotation_revokes_token: false,
            form_body_status: 400,
            form_tokens: false,
            gzip_requests: false,
            duplicate_unique_id: Duplicates::Refuse,
            unknown_component: Ambiguity::Accept,
            http_external_url: Ambiguity::Accept,
            closed_timestamp_rule: Ambiguity::Accept,
            null_optionals: Ambiguity::Refuse,
            extra_keys_first: false,
            replace_scope: ReplaceScope::ResourceId,
            camel_case_paths: false,
            put_response: PutResponse::Success,
            stale_reads: 0,
            reject_every_token: false,
            severities_rounded: true,
            timestamps_rewritten: false,
            nulls_dropped: false,
            custom_properties_in_list: true,
            upload_status: 201,
            upload_scope_needed: false,
            only_declared: false,
            gateway: Gateway::None,
            gateway_at: Place::Any,
        }
    }
}
