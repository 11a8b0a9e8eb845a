//! A type whose values are records.

use serde::Serialize;

use crate::resource::Kind;

/// A type whose values are records of one kind.
///
/// A type of your own may be one too, for instance a custom resource with its properties as
/// fields.
pub trait Record: Serialize {
    /// The kind that the records are pushed as.
    const KIND: Kind;
}
