//! The text of an HTML document, to be quoted in an error: its title first, and no markup.

/// So much of a document is read: what is shown first may stand behind long styles.
const MOST: usize = 64 << 10;

/// The elements whose content is not shown.
const HIDDEN: [&str; 2] = ["script", "style"];

/// Returns plain text as it is, and of a document its title and the text that it shows.
pub(super) fn text(html: &str) -> String {
    let html: String = html.chars().take(MOST).collect();
    if !html.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        return html;
    }
    // Only ASCII letters change, so that all positions stay the same.
    let lower = html.to_ascii_lowercase();
    let (title, shown) = (title_of(&html, &lower), shown(&html, &lower));
    match shown.trim_start().starts_with(title) {
        true => shown,
        false => format!("{title} {shown}"),
    }
}

/// The title of a document.
pub(super) fn title(html: &str) -> Option<String> {
    let html: String = html.chars().take(MOST).collect();
    Some(title_of(&html, &html.to_ascii_lowercase()).to_owned()).filter(|title| !title.is_empty())
}

fn title_of<'a>(html: &'a str, lower: &str) -> &'a str {
    let found = lower.find("<title").and_then(|tag| {
        let begin = tag + lower[tag..].find('>')? + 1;
        let end = begin + lower[begin..].find('<')?;
        Some(html[begin..end].trim())
    });
    found.unwrap_or_default()
}

/// Drops the tags, and the content of scripts and styles that end.
fn shown(html: &str, lower: &str) -> String {
    let (mut shown, mut at) = (String::new(), 0);
    while let Some(tag) = html[at..].find('<').map(|tag| at + tag) {
        shown.push_str(&html[at..tag]);
        shown.push(' ');
        let name = HIDDEN.iter().find(|name| lower[tag + 1..].starts_with(*name));
        let end = name.and_then(|name| lower[tag..].find(&format!("</{name}"))).unwrap_or(0);
        let begin = tag + end;
        at = html[begin..].find('>').map_or(html.len(), |end| begin + end + 1);
    }
    shown + &html[at..]
}
