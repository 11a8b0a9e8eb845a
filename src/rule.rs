//! The rules for records, and how severe a violation of each is.

/// What a record may break. Each is an error, a warning or off; see
/// [`ValidationOptions::level`](crate::ValidationOptions::level).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The kind's schema. An error by default: Vanta refuses the whole push. Members that an object
    /// has twice are errors even when this is off.
    Schema,
    /// An optional property is null instead of left out. Whether Vanta refuses it is not known for
    /// most kinds, so this is a warning by default.
    NullOptional,
    /// `externalUrl` is not https. Vanta's specification asks for it; whether it is enforced is not
    /// known: a warning by default.
    HttpsUrl,
    /// A task has `closedTimestamp` exactly when its state is `CLOSED`, as the specification says
    /// in words: a warning by default.
    ClosedTimestamp,
    /// Severities and confidences lie between 0 and 10, as the specification says in words: a
    /// warning by default.
    ZeroToTen,
    /// A vulnerability names a component that is not among
    /// [`ValidationOptions::components`](crate::ValidationOptions::components). What Vanta does
    /// with it is not known: a warning by default, and only where components were given.
    UnknownComponent,
    /// A `uniqueId` differs from that of an earlier record only in letter case, in leading or
    /// trailing blanks (invisible characters count as blanks) or in Unicode normalisation. To Vanta
    /// these are different records; they may be one record of the source. A warning by default.
    ///
    /// The comparison is that of Unicode's canonical caseless matching: `ß` is equal to `SS`, and
    /// compatibility forms such as `①` and `1` are not equal. Letter case includes that of a
    /// dotless `ı`, which is equal to `I`.
    SimilarIds,
}

/// What becomes of a record that breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// It stands among the report's errors.
    Error,
    /// It stands among the report's warnings.
    Warning,
    /// The rule is not looked at.
    Off,
}

impl Rule {
    /// All of them, in the order of their numbers in C.
    pub(crate) const ALL: [Rule; 7] = [
        Rule::Schema,
        Rule::NullOptional,
        Rule::HttpsUrl,
        Rule::ClosedTimestamp,
        Rule::ZeroToTen,
        Rule::UnknownComponent,
        Rule::SimilarIds,
    ];

    pub(crate) fn usual(self) -> Level {
        match self {
            Rule::Schema => Level::Error,
            _ => Level::Warning,
        }
    }
}
