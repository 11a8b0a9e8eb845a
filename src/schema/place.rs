//! Where the validator is: the path in the value, and the path in the schema (RFC 8927 section
//! 3.3).
//!
//! A place refers to the one above it, and both are on the stack. So a path costs nothing until a
//! violation needs it.

use super::form::OPTIONAL;
use crate::error::shorten;
use crate::json::pointer;

#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    above: Option<&'p Place<'p>>,
    step: Step<'p>,
}

/// The step from the place above to this one.
#[derive(Clone, Copy)]
pub(super) enum Step<'p> {
    Root,
    /// A property that this keyword of the schema lists.
    Property(&'static str, &'p str),
    /// A member of an object whose members are all alike.
    Member(&'p str),
    /// A member that the schema does not list.
    Unlisted(&'p str),
    Element(usize),
    /// A reference: the path in the schema begins anew with the definition.
    Definition(&'p str),
    /// The variant that a discriminator selects.
    Variant(&'p str),
}

impl<'p> Place<'p> {
    pub(super) const ROOT: Place<'static> = Place { above: None, step: Step::Root };

    pub(super) fn below(&'p self, step: Step<'p>) -> Place<'p> {
        Place { above: Some(self), step }
    }

    pub(super) fn is_optional(&self) -> bool {
        matches!(self.step, Step::Property(OPTIONAL, _))
    }

    /// The places from the root to this one.
    fn path(&self) -> Vec<&Place<'p>> {
        let mut places: Vec<_> = std::iter::successors(Some(self), |place| place.above).collect();
        places.reverse();
        places
    }

    /// Calls `with` with each name and index on the way to the value.
    fn each_name(&self, mut with: impl FnMut(&str)) {
        for place in self.path() {
            match place.step {
                Step::Property(_, name) | Step::Member(name) | Step::Unlisted(name) => with(name),
                Step::Element(index) => with(&index.to_string()),
                Step::Root | Step::Definition(_) | Step::Variant(_) => {}
            }
        }
    }

    /// Returns the keywords and names on the way through the schema.
    pub(super) fn schema_path(&self) -> Vec<&str> {
        let mut path = Vec::new();
        for place in self.path() {
            match place.step {
                Step::Root | Step::Unlisted(_) => {}
                Step::Property(keyword, name) => path.extend([keyword, name]),
                Step::Member(_) => path.push("values"),
                Step::Element(_) => path.push("elements"),
                Step::Definition(name) => path = vec!["definitions", name],
                Step::Variant(name) => path.extend(["mapping", name]),
            }
        }
        path
    }

    /// Returns the JSON pointer, long names cut.
    pub(super) fn pointer(&self) -> String {
        let mut text = String::new();
        self.each_name(|name| pointer::push(&mut text, &shorten(name)));
        text
    }

    /// Returns the JSON pointer with at most so many characters of each name.
    pub(super) fn pointer_of_short_names(&self, longest: usize) -> String {
        let mut text = String::new();
        self.each_name(|name| {
            let name: String = name.chars().take(longest).collect();
            pointer::push(&mut text, &name);
        });
        text
    }
}
