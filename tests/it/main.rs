//! One test binary; each module tests one behaviour through the public API.
//!
//! On Windows the modules and tests are left out that use permissions, links or signals as Unix has
//! them, and so are tests that compile programs, which skip themselves.
#![cfg_attr(windows, allow(dead_code, unused_imports, reason = "what tests of Unix alone use"))]

// First, because it defines a macro.
#[macro_use]
mod tools;

mod abi_checklist;
mod authorization;
mod baselines;
mod body;
mod body_size;
mod builder;
mod c_abi;
mod ca_files;
mod callback_reentrancy;
#[cfg(unix)]
mod callbacks;
mod cancels;
mod canned_server;
mod certificate_algorithms;
mod certificate_errors;
mod certificates;
mod client_certificates;
mod clock_skew;
mod clocks;
mod closing_peer;
mod config;
mod connecting;
#[cfg(unix)]
mod containers;
mod contention;
mod counting_allocator;
mod cpp_header;
#[cfg(unix)]
mod cron_job;
mod cross_language;
mod custom_stores;
mod deletion_guard;
mod dlopen_and_signals;
mod docs;
mod error_advice;
#[cfg(unix)]
mod error_messages;
mod events;
mod extreme_values;
mod fakes;
mod fault_case;
mod faults;
mod ffi_builder;
mod ffi_fuzz;
mod file_locks;
mod file_store;
mod forks;
mod gateway_responses;
mod generated;
mod harness;
mod header;
mod header_compilers;
mod host_process;
mod hostile_responses;
mod house;
mod incomplete_lists;
mod invalid_arguments;
mod jobs;
mod json_grammar;
mod json_text_equivalence;
mod kinds;
mod languages;
mod large_inputs;
mod large_lists;
mod large_payload;
mod large_violations;
mod last_error;
mod last_outcome;
mod leavers;
mod leavers_in_languages;
mod load_tolerance;
mod manual;
mod metrics;
mod multi_client;
mod mutated_inputs;
mod network;
mod new_tokens_rejected;
mod no_proxy;
mod not_comparable;
mod null_pointers;
mod only_if_changed;
mod openssl;
mod origin;
mod outcome;
#[cfg(unix)]
mod outcomes_under_faults;
mod permissions;
mod plain_http;
mod plan_text;
mod plans;
mod process_memory;
#[cfg(unix)]
mod processes;
mod programs;
mod progress;
mod proxy;
mod proxy_responses;
mod public_types;
mod push;
mod push_sequence;
mod push_validation;
mod python;
mod rate_limit;
mod rate_limit_permits;
mod rate_limit_settings;
mod rate_limit_waits;
mod read_only_store;
mod receipt_lines;
mod receipts;
mod record_values;
mod redis;
mod redis_connections;
mod redis_limits;
mod redis_setups;
mod resource_limits;
mod response_at_deadline;
mod retry_after;
mod rng;
mod robustness;
mod sample_records;
mod scenarios;
mod schemas;
mod scripted_peer;
mod secret_callback;
mod secret_file;
mod secret_leaks;
mod secret_shapes;
mod secrets_in_memory;
mod security;
mod several_hosts;
mod shared_connections;
mod shared_fixtures;
#[cfg(unix)]
mod sigpipe;
#[cfg(unix)]
mod sigpipe_redis;
mod similar_ids;
mod simulator;
mod single_flight;
mod soak;
mod stored_token_for_waiters;
mod tls_records;
mod token;
mod token_expiry;
mod token_failures;
mod token_request_errors;
mod token_request_waits;
mod token_response;
mod token_response_parsing;
mod token_store_content;
#[cfg(unix)]
mod token_store_files;
mod token_store_read;
mod token_store_record;
mod twelve_kinds;
mod typed_records;
mod unattended_jobs;
mod unauthorized;
mod unexpected_responses;
mod untrusted_input;
mod uploads;
mod validation;
mod vector_runner;
mod verify;
mod versions;
