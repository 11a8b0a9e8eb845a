//! The text of an HTML page, to be quoted in an error: its title first, and no markup.

/// So much of a page is read: what is shown first may stand behind long styles.
const MOST: usize = 64 << 10;

/// The elements whose content is not shown.
const HIDDEN: [&str; 2] = ["script", "style"];

/// Returns text as it is, and of a page its title and the text that it shows.
pub(super) fn text(page: &str) -> String {
    let page: String = page.chars().take(MOST).collect();
    if !page.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        return page;
    }
    // Only ASCII letters change, so that all positions stay the same.
    let lower = page.to_ascii_lowercase();
    let (title, shown) = (title_of(&page, &lower), shown(&page, &lower));
    match shown.trim_start().starts_with(title) {
        true => shown,
        false => format!("{title} {shown}"),
    }
}

/// The title of a page.
pub(super) fn title(page: &str) -> Option<String> {
    let page: String = page.chars().take(MOST).collect();
    Some(title_of(&page, &page.to_ascii_lowercase()).to_owned()).filter(|title| !title.is_empty())
}

fn title_of<'a>(page: &'a str, lower: &str) -> &'a str {
    let found = lower.find("<title").and_then(|tag| {
        let begin = tag + lower[tag..].find('>')? + 1;
        let end = begin + lower[begin..].find('<')?;
        Some(page[begin..end].trim())
    });
    found.unwrap_or_default()
}

/// Drops the tags, and the content of scripts and styles that end.
fn shown(page: &str, lower: &str) -> String {
    let (mut shown, mut at) = (String::new(), 0);
    while let Some(tag) = page[at..].find('<').map(|tag| at + tag) {
        shown.push_str(&page[at..tag]);
        shown.push(' ');
        let name = HIDDEN.iter().find(|name| lower[tag + 1..].starts_with(*name));
        let end = name.and_then(|name| lower[tag..].find(&format!("</{name}"))).unwrap_or(0);
        let begin = tag + end;
        at = page[begin..].find('>').map_or(page.len(), |end| begin + end + 1);
    }
    shown + &page[at..]
}
