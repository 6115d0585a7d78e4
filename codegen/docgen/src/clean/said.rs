//! What the tags of a comment say, without what only repeats the types.

use typescript::syntax::Docs;

use super::{facts::Text, prose::escaped};

/// The texts of all tags of one name.
pub(super) fn texts<'d>(docs: &'d Docs, tag: &'d str) -> impl Iterator<Item = &'d str> {
    let tags = docs.tags.iter().filter(move |found| found.name == tag);
    tags.filter_map(|tag| tag.text.as_deref()).map(str::trim).filter(|text| !text.is_empty())
}

/// `{Error} text` with the type as code.
pub(super) fn thrown(text: &str) -> String {
    let typed = text.strip_prefix('{').filter(|rest| !rest.starts_with('@'));
    let typed = typed.and_then(|rest| rest.split_once('}'));
    match typed {
        Some((ty, text)) => format!("`{ty}` {}", text.trim()).trim().to_owned(),
        None => text.to_owned(),
    }
}

/// The text of a parameter: its own comment, else the method's `@param` tag; nothing where that
/// only repeats the type.
pub(super) fn param<'d>(name: &str, own: Option<&'d str>, docs: &'d Docs, ty: &Text) -> &'d str {
    let text = without_dash(own.or_else(|| docs.param(name)).unwrap_or_default());
    if is_type(text, ty) { "" } else { text }
}

/// What `@param options.limit` and its like say about the members of the parameter `name`.
pub(super) fn dotted<'d>(
    name: &'d str,
    docs: &'d Docs,
) -> impl Iterator<Item = (&'d str, &'d str)> {
    let tags = ["param", "arg", "argument"].into_iter().flat_map(|tag| texts(docs, tag));
    tags.filter_map(move |text| {
        let inner = text.strip_prefix(name)?.strip_prefix('.')?;
        let (path, text) = inner.split_once(char::is_whitespace)?;
        let text = without_dash(text);
        (!text.is_empty()).then_some((path, text))
    })
}

/// What `@returns` says; nothing where that only repeats the type.
pub(super) fn returned<'d>(docs: &'d Docs, ty: &Text) -> &'d str {
    let text = docs.tag("returns").or(docs.tag("return")).unwrap_or_default();
    let text = without_dash(text);
    if is_type(text, ty) { "" } else { text }
}

/// What `@template T` or `@typeParam T` says.
pub(super) fn type_param<'d>(docs: &'d Docs, name: &str) -> Option<&'d str> {
    let mut tags =
        ["template", "typeParam", "typeparam"].into_iter().flat_map(|tag| texts(docs, tag));
    let text = tags.find_map(|text| {
        let rest = text.strip_prefix(name)?;
        rest.starts_with(char::is_whitespace).then(|| without_dash(rest))
    });
    text.filter(|text| !text.is_empty())
}

/// Whether a method with this result gives nothing.
pub(super) fn is_nothing(ty: &Text) -> bool {
    matches!(ty.to_plain().as_str(), "void" | "Promise<void>")
}

/// Whether a text is only a type: the one that stands beside it, or what its promise gives.
fn is_type(text: &str, ty: &Text) -> bool {
    let bare = |text: &str| text.replace([' ', '`', ';', '\n'], "").replace('"', "'");
    let said = bare(text.trim_matches(['{', '}', '.']));
    let whole = bare(&ty.to_plain());
    let given = whole.strip_prefix("Promise<").and_then(|rest| rest.strip_suffix('>'));
    said == whole || given == Some(&said)
}

fn without_dash(text: &str) -> &str {
    let text = text.trim();
    let text =
        ["- ", "– ", "— ", ": "].iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text);
    text.trim()
}

/// A platform, and what is said of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Platform {
    /// As its maker writes it; empty where what is said is about all of them.
    pub(super) name: String,
    /// Which of its versions: `26+`; empty for all.
    pub(super) versions: String,
    /// A sentence about it; empty where there is none.
    pub(super) text: String,
}

impl Platform {
    /// `iOS 26+`
    pub(super) fn shown(&self) -> String {
        format!("{} {}", self.name, self.versions).trim().to_owned()
    }
}

/// How their makers write the platforms that Capacitor's plugins run on.
const PLATFORMS: [&str; 16] = [
    "Android",
    "Electron",
    "HarmonyOS",
    "iOS",
    "iPadOS",
    "iPhone",
    "iPad",
    "Linux",
    "macOS",
    "PWA",
    "tvOS",
    "visionOS",
    "watchOS",
    "Web",
    "Windows",
    "Browser",
];

/// The platforms of `@platform ios, android`, `@platform iOS 26+` or `@platform web A sentence.`
pub(super) fn platforms(docs: &Docs) -> Vec<Platform> {
    texts(docs, "platform").chain(texts(docs, "platforms")).flat_map(platforms_in).collect()
}

fn platforms_in(text: &str) -> Vec<Platform> {
    let text = text.trim();
    let separated = separated(text);
    let parts: Vec<Vec<Platform>> = separated.split([',', '|']).filter_map(listed).collect();
    // A comma within a sentence separates nothing.
    if parts.len() == separated.split([',', '|']).filter(|part| !part.trim().is_empty()).count() {
        return parts.into_iter().flatten().collect();
    }
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    // A sentence that begins otherwise is about all of them.
    let (name, rest) =
        known(first.trim_end_matches([':', ','])).map_or(("", text), |it| (it, rest));
    let (name, text) = (name.to_owned(), without_dash(rest).to_owned());
    vec![Platform { name, versions: String::new(), text }]
}

/// A list of platforms with a comma for every `and` between them.
fn separated(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let all = words.iter().enumerate().map(|(index, word)| {
        let next = words.get(index + 1).and_then(|next| known(next.trim_end_matches(',')));
        let joins = index > 0 && next.is_some() && ["and", "or", "&", "+"].contains(word);
        if joins { "," } else { word }
    });
    all.collect::<Vec<_>>().join(" ")
}

/// The platforms of one part of a list; `None` where it is a part of a sentence.
fn listed(part: &str) -> Option<Vec<Platform>> {
    let platform = |name: &str, versions: String| {
        let (name, text) = (name.to_owned(), String::new());
        Platform { name, versions, text }
    };
    let plain = |name: &str| platform(name, String::new());
    let words: Vec<&str> = part.split_whitespace().collect();
    let names = || words.iter().flat_map(|word| word.split(['/', '&'])).filter(|w| !w.is_empty());
    if let Some(all) = names().map(known).collect::<Option<Vec<_>>>() {
        return (!all.is_empty()).then(|| all.into_iter().map(plain).collect());
    }
    let (first, rest) = words.split_first()?;
    match known(first) {
        Some(name) if rest.iter().all(|word| is_of_version(word)) => {
            Some(vec![platform(name, rest.join(" "))])
        }
        // A platform that nobody here has heard of.
        None if rest.is_empty() => Some(vec![plain(first)]),
        None if first.eq_ignore_ascii_case("only") => {
            let all = rest.iter().map(|word| known(word).map(plain));
            all.collect::<Option<Vec<_>>>()
        }
        _ => None,
    }
}

/// How the maker of a platform writes its name.
fn known(word: &str) -> Option<&'static str> {
    PLATFORMS.into_iter().find(|name| name.eq_ignore_ascii_case(word))
}

/// Whether a word belongs to a version: `26+`, `>=`, `(API`, `only`.
fn is_of_version(word: &str) -> bool {
    const WORDS: [&str; 14] = [
        "and", "above", "api", "below", "from", "higher", "later", "level", "newer", "only", "or",
        "since", "up", "version",
    ];
    let word = word.trim_matches(['(', ')', '.']);
    word.starts_with(|c: char| c.is_ascii_digit() || "<>=≥≤+v-–".contains(c))
        && word.chars().all(|c| !c.is_alphabetic() || c == 'v' || c == 'x')
        || WORDS.contains(&word.to_lowercase().as_str())
}

/// Whether a default is a value, not a sentence about values.
pub(super) fn is_value(text: &str) -> bool {
    let text = text.trim();
    let inner = text.trim_matches('`');
    let is_literal = text.starts_with(['{', '[']) && !text.starts_with("{@");
    is_literal || !inner.contains('`') && !inner.contains("{@link")
}

/// A value as code, whatever the author put around it.
pub(super) fn value(text: &str) -> String {
    let value = text.trim().trim_matches('`');
    if value.is_empty() {
        return String::new();
    }
    format!("<code>{}</code>", escaped(value))
}

/// An `@example`.
pub(super) struct Example<'t> {
    /// What stands above its code.
    pub(super) caption: &'t str,
    pub(super) code: Code<'t>,
}

/// The code of an example.
pub(super) enum Code<'t> {
    /// In a fence of the author's.
    Written(&'t str),
    Bare(&'t str),
}

/// The caption and the code of an `@example`.
pub(super) fn example(text: &str) -> Option<Example<'_>> {
    let text = text.trim();
    let captioned = text.strip_prefix("<caption>").and_then(|rest| rest.split_once("</caption>"));
    let (caption, text) = captioned.map_or(("", text), |(caption, text)| (caption, text.trim()));
    let code = match text {
        "" => return None,
        text if text.contains("```") => Code::Written(text),
        text => Code::Bare(text),
    };
    Some(Example { caption: caption.trim(), code })
}

/// An `@example` that fits into a cell: one line of code.
pub(super) fn short_example(text: &str) -> Option<&str> {
    let text = text.trim();
    let text = text.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).unwrap_or(text);
    let fits = !text.contains(['\n', '`']) && !text.starts_with("<caption>");
    (fits && !text.is_empty()).then_some(text)
}
