//! What the name of a member beside the rows of a list says about further rows.
//!
//! A name is read as whole words, in any spelling: `hasMore`, `has_more`, `HAS-MORE` and `hasmore`
//! are all `has-more`, and `annexType` has no word "next". A name counts only where all of its
//! words are about pages and rows: `nextPageToken` does, `nextVersion` and `previousPush` do not.

/// A member name is read up to this length.
const LONGEST: usize = 100;

/// A longer word is not split into known words.
const LONGEST_WORD: usize = 40;

/// Words that change nothing. They are left out.
const IGNORED: &str = "is are of the all odata x ms";

/// What `resources` holds, in general and by the kinds of Vanta.
const ROWS: &str = "record records row rows item items result results resource resources \
    element elements entry entries object objects list data \
    user users account accounts computer computers windows macos vulnerability vulnerabilities \
    endpoint endpoints background check checks secret secrets security task tasks \
    training trainings status statuses component components vulnerable package packages";

/// What leads to another page.
const PAGE: &str = "page pages link links cursor token offset url uri href marker key id \
    start index skip batch path query continuation";

/// Such a word alone, or before a word of `PAGE`, is about the page after or before.
const NEXT: &str = "next";
const PREVIOUS: &str = "prev previous";

/// What may stand beside "more", and beside "truncated".
const BESIDE_MORE: &str = "has have there any available to come coming exist exists left returned";
const PART: &str = "truncated partial partially incomplete";
const BESIDE_PART: &str = "page content response search output";

/// True where the list ends here, and false where it goes on.
const END: &str = "complete completed list-complete results-complete complete-list done finished \
    exhausted eof end at-end end-reached reached-end end-results end-list end-records end-data \
    last last-page last-batch final final-page no-more no-more-results no-more-records \
    no-more-items no-more-rows no-more-pages no-more-data";

/// False where rows stand before these.
const START: &str = "first first-page";

/// What continues a list: in any object, alone or beside words of `PAGE` and `ROWS`.
const CURSOR: &str = "cursor continuation";
const BESIDE_CURSOR: &str = "end last after mark value";
const CURSOR_KEY: &str = "page-token skip-token scroll-id scroll-token resume-token \
    resumption-token last-evaluated-key starting-after search-after";

/// What continues a list, in an object about the list.
const PLAIN_CURSOR: &str = "after after-key after-id after-token last-key bookmark marker";

/// Numbers of rows, alone or beside words of `ROWS`.
const TOTAL: &str = "total totals count counts matched matches found hits";
const BESIDE_TOTAL: &str = "size number num available overall grand estimated approximate";
const NUMBER: &str = "number num";

/// Numbers that are larger than one where there are more pages, or than zero on a later page.
const PAGE_NUMBER: &str = "page pages page-number current-page last-page page-count page-total \
    total-pages num-pages number-pages start-index";
const OFFSET: &str = "offset skip skipped page-offset";

/// Objects about the list have names of such words. The response itself is one.
const ABOUT_LIST: &str = "meta metadata page pages info paging pagination pager result results \
    data response link links cursor cursors list hits search summary totals counts";

/// A word that is spelled without borders (`totalcount`) is split into words of these.
#[rustfmt::skip]
const VOCABULARY: [&str; 21] = [
    IGNORED, ROWS, PAGE, NEXT, PREVIOUS, "more", BESIDE_MORE, PART, BESIDE_PART, END, START,
    CURSOR, BESIDE_CURSOR, CURSOR_KEY, PLAIN_CURSOR, TOTAL, BESIDE_TOTAL, PAGE_NUMBER, OFFSET,
    ABOUT_LIST, "remaining",
];

fn holds(table: &str, words: &str) -> bool {
    table.split_ascii_whitespace().any(|entry| entry == words)
}

fn any_holds(tables: &[&str], word: &str) -> bool {
    tables.iter().any(|table| holds(table, word))
}

/// The words of a member's name, in lower case.
pub(super) struct Name {
    words: Vec<String>,
    /// The words with hyphens between them.
    joined: String,
}

impl Name {
    pub(super) fn of(key: &str) -> Name {
        let spelled = spelled_words(key);
        let mut words: Vec<String> = spelled
            .iter()
            .flat_map(|word| known_words(word).unwrap_or(vec![word]))
            .map(str::to_owned)
            .collect();
        words.retain(|word| !holds(IGNORED, word));
        Name { joined: words.join("-"), words }
    }

    fn any(&self, table: &str) -> bool {
        self.words.iter().any(|word| holds(table, word))
    }

    fn all(&self, tables: &[&str]) -> bool {
        self.words.iter().all(|word| any_holds(tables, word))
    }

    /// `hasMore`, `has_next_page`, `moreResultsAvailable`.
    pub(super) fn is_more_flag(&self) -> bool {
        let more = self.any("more") && self.all(&["more", BESIDE_MORE, ROWS, PAGE]);
        more || self.is_neighbour_flag(NEXT)
    }

    /// `hasPreviousPage`
    pub(super) fn is_previous_flag(&self) -> bool {
        self.is_neighbour_flag(PREVIOUS)
    }

    fn is_neighbour_flag(&self, neighbour: &str) -> bool {
        self.any("has") && self.any(neighbour) && self.all(&["has", neighbour, ROWS, PAGE])
    }

    /// `isTruncated`, `partial`, `incomplete_results`
    pub(super) fn is_part_flag(&self) -> bool {
        self.any(PART) && self.all(&[PART, BESIDE_PART, ROWS])
    }

    /// Whether the name is of rows too: `incompleteRecords` can be their number.
    pub(super) fn is_of_rows(&self) -> bool {
        self.any(ROWS)
    }

    pub(super) fn is_end_flag(&self) -> bool {
        holds(END, &self.joined)
    }

    pub(super) fn is_start_flag(&self) -> bool {
        holds(START, &self.joined)
    }

    /// `next`, `nextPageToken`, `prev_cursor`, `pageNext`
    pub(super) fn is_neighbour(&self) -> bool {
        let neighbour = |word: &String| any_holds(&[NEXT, PREVIOUS], word);
        let Some(at) = self.words.iter().rposition(neighbour) else { return false };
        let (before, after) = (&self.words[..at], &self.words[at + 1..]);
        match after {
            [] => before.iter().all(|word| holds(PAGE, word)),
            _ => {
                after.iter().any(|word| holds(PAGE, word))
                    && after.iter().all(|word| any_holds(&[PAGE, ROWS], word))
            }
        }
    }

    /// `cursor`, `endCursor`, `continuationToken`, `scroll_id`; not `startCursor`.
    pub(super) fn is_cursor(&self) -> bool {
        let known = self.all(&[CURSOR, BESIDE_CURSOR, PAGE, ROWS]) && !self.any("start");
        holds(CURSOR_KEY, &self.joined) || (self.any(CURSOR) && known)
    }

    /// What is a cursor in an object about the list, and can be anything elsewhere.
    pub(super) fn is_plain_cursor(&self) -> bool {
        holds(PLAIN_CURSOR, &self.joined)
    }

    /// `total`, `totalUserAccounts`, `numberOfRecords`; not `totalBytes`.
    pub(super) fn is_total(&self) -> bool {
        let number = self.words.first().is_some_and(|word| holds(NUMBER, word)) && self.any(ROWS);
        (self.any(TOTAL) || number) && self.all(&[TOTAL, BESIDE_TOTAL, ROWS])
    }

    pub(super) fn is_page_number(&self) -> bool {
        holds(PAGE_NUMBER, &self.joined)
    }

    /// `offset`, `remainingItemCount`
    pub(super) fn is_offset(&self) -> bool {
        let remaining = self.any("remaining") && self.any(ROWS);
        holds(OFFSET, &self.joined)
            || remaining && self.all(&["remaining", TOTAL, BESIDE_TOTAL, ROWS])
    }

    /// Whether an object of this name is about the list: `meta`, `pageInfo`, `_links`.
    pub(super) fn is_about_list(&self) -> bool {
        self.words.is_empty() || (self.any(ABOUT_LIST) && self.all(&[ABOUT_LIST, ROWS]))
    }
}

/// Splits at camelCase humps, around digits, and at what is neither letter nor digit.
fn spelled_words(key: &str) -> Vec<String> {
    let chars: Vec<char> = key.chars().take(LONGEST).collect();
    let mut words = vec![String::new()];
    for (i, &c) in chars.iter().enumerate() {
        let before = if i > 0 { chars[i - 1] } else { '_' };
        let ends_capitals =
            before.is_uppercase() && chars.get(i + 1).is_some_and(|c| c.is_lowercase());
        let hump = c.is_uppercase() && (before.is_lowercase() || ends_capitals);
        if hump || before.is_numeric() != c.is_numeric() || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("there is one").extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The known words that a word consists of.
fn known_words(word: &str) -> Option<Vec<&str>> {
    let vocabulary = || VOCABULARY.iter().flat_map(|table| table.split([' ', '-']));
    if word.len() > LONGEST_WORD {
        return None;
    }
    if word.is_empty() {
        return Some(Vec::new());
    }
    if vocabulary().any(|known| known == word) {
        return Some(vec![word]);
    }
    let mut starts = vocabulary().filter(|known| known.len() > 1 && word.starts_with(known));
    starts.find_map(|known| {
        let (first, rest) = word.split_at(known.len());
        let mut words = known_words(rest)?;
        words.insert(0, first);
        Some(words)
    })
}
