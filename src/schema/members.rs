//! What is known of the members of one object while it is read: which names it has, and in which
//! order its violations are reported.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use super::form::{Node, Properties, Property};
use super::place::Step;

/// What the schema says of the members of an object.
#[derive(Clone, Copy)]
pub(super) enum Members<'a> {
    /// Nothing.
    Any,
    /// All of them have this form.
    Alike(&'a Node),
    /// These properties, beside the tag of a discriminator.
    Listed(&'a Properties, Option<&'a str>),
}

/// What the schema says of one member.
#[derive(Clone, Copy)]
pub(super) enum Member<'a> {
    Any,
    Alike(&'a Node),
    /// A property and its index.
    Listed(usize, &'a Property),
    /// The schema does not allow it.
    Unknown,
}

impl<'a> Members<'a> {
    #[inline]
    pub(super) fn find(self, name: &str) -> Member<'a> {
        match self {
            Members::Any => Member::Any,
            Members::Alike(node) => Member::Alike(node),
            Members::Listed(properties, tag) => match properties.find(name) {
                Some((index, property)) => Member::Listed(index, property),
                None if properties.additional || tag == Some(name) => Member::Any,
                None => Member::Unknown,
            },
        }
    }
}

impl<'a> Member<'a> {
    #[inline]
    pub(super) fn step<'p>(self, name: &'p str) -> Step<'p>
    where
        'a: 'p,
    {
        match self {
            Member::Any | Member::Unknown => Step::Unlisted(name),
            Member::Alike(_) => Step::Member(name),
            Member::Listed(_, property) => Step::Property(property.keyword(), name),
        }
    }

    fn group(self) -> Group {
        match self {
            Member::Listed(_, Property { is_required: true, .. }) => Group::Required,
            Member::Listed(..) => Group::Optional,
            _ => Group::Others,
        }
    }
}

/// Violations of an object are reported in the order of these groups, and by name in each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Required,
    Optional,
    Others,
}

/// The violations of one member.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Part<'a> {
    group: Group,
    name: Cow<'a, str>,
    start: usize,
    end: usize,
}

/// The members of an object so far.
#[derive(Default)]
pub(super) struct Seen<'a> {
    listed: Bits,
    required: usize,
    others: Names<'a>,
    parts: Vec<Part<'a>>,
    /// Whether a name occurs twice.
    has_duplicate: bool,
}

impl<'a> Seen<'a> {
    /// Adds a member; `false` when the object has its name already.
    #[inline]
    pub(super) fn insert(&mut self, member: Member<'a>, name: Cow<'a, str>) -> bool {
        let is_first = match member {
            Member::Listed(index, property) => {
                let is_first = self.listed.insert(index);
                self.required += usize::from(is_first && property.is_required);
                is_first
            }
            _ => self.others.insert(name),
        };
        self.has_duplicate |= !is_first;
        is_first
    }

    pub(super) fn has_all_required(&self, properties: &Properties) -> bool {
        self.required == properties.required()
    }

    pub(super) fn has_listed(&self, index: usize) -> bool {
        self.listed.has(index)
    }

    /// Notes that these violations are the member's. After a duplicate, it is also noted that a
    /// member has none: those of an earlier one of its name do not count.
    #[inline]
    pub(super) fn add_violations(
        &mut self,
        member: Member<'a>,
        name: Cow<'a, str>,
        found: Range<usize>,
    ) {
        if !found.is_empty() || self.has_duplicate {
            let (start, end) = (found.start, found.end);
            self.parts.push(Part { group: member.group(), name, start, end });
        }
    }

    /// Brings the object's violations, from `start` on, into the order in which they are reported.
    pub(super) fn sort<V>(mut self, violations: &mut Vec<V>, start: usize) {
        if self.parts.is_sorted() && !self.has_duplicate {
            return;
        }
        self.parts.sort_unstable();
        // Of the members of one name the last is left.
        self.parts.reverse();
        self.parts.dedup_by(|one, kept| (one.group, &one.name) == (kept.group, &kept.name));
        self.parts.reverse();
        let mut found: Vec<Option<V>> = violations.drain(start..).map(Some).collect();
        for Part { start: from, end, .. } in self.parts {
            let part = found[from - start..end - start].iter_mut();
            violations.extend(part.filter_map(Option::take));
        }
    }
}

/// A set of small numbers. An object has rarely more than 64 properties.
#[derive(Default)]
struct Bits {
    first: u64,
    more: Vec<u64>,
}

impl Bits {
    #[inline]
    fn has(&self, index: usize) -> bool {
        let word = match index / 64 {
            0 => Some(&self.first),
            more => self.more.get(more - 1),
        };
        word.is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    #[inline]
    fn insert(&mut self, index: usize) -> bool {
        let is_new = !self.has(index);
        let word = match index / 64 {
            0 => &mut self.first,
            more => {
                self.more.resize(self.more.len().max(more), 0);
                &mut self.more[more - 1]
            }
        };
        *word |= 1 << (index % 64);
        is_new
    }
}

/// A set of names. Few are compared one by one, which is faster than to hash them.
#[derive(Default)]
struct Names<'a> {
    few: Vec<Cow<'a, str>>,
    many: Option<HashSet<Cow<'a, str>>>,
}

impl<'a> Names<'a> {
    const FEW: usize = 16;

    fn insert(&mut self, name: Cow<'a, str>) -> bool {
        if let Some(many) = &mut self.many {
            return many.insert(name);
        }
        if self.few.contains(&name) {
            return false;
        }
        self.few.push(name);
        if self.few.len() > Names::FEW {
            self.many = Some(self.few.drain(..).collect());
        }
        true
    }
}
