//! The request body: encoded once, validated once, sent byte for byte.

mod builder;
mod checks;
mod finite;
mod from;
mod iter;
mod multipart;
mod ndjson;
mod open;
mod parse;
mod report;
mod request;
mod resource_id;
mod rules;
mod similar_ids;
mod size;
mod strings;
mod top_level;
mod validate;

pub use builder::BodyBuilder;
pub use checks::ValidationOptions;
pub(crate) use multipart::Form;
pub use multipart::Upload;
pub(crate) use parse::is_blank;
pub use report::ValidationReport;
pub use request::Body;
pub(crate) use request::Leavers;
pub(crate) use resource_id::check_resource_id;
