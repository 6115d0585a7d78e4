//! What a reader sees of a page: Markdown as GitHub and npm render it.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

/// Every link within the page leads somewhere, a heading has nothing but text, no row of a table is
/// longer or shorter than its header, no mark of Markdown or JSDoc is left as text, and code has no
/// markup but links.
pub(crate) fn assert_sound(page: &str) {
    let faults = faults(page);
    assert!(faults.is_empty(), "{}\n{page}", faults.join("\n"));
}

#[derive(Default)]
struct Reader {
    faults: Vec<String>,
    anchors: BTreeSet<String>,
    given: BTreeMap<String, usize>,
    links: BTreeSet<String>,
    /// The text of the heading that is being read.
    heading: Option<String>,
    /// Whether an inline `<code>` is open, and a block of code.
    html_code: bool,
    block: bool,
}

fn faults(page: &str) -> Vec<String> {
    let mut reader = Reader::default();
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for event in Parser::new_ext(page, options) {
        reader.read(event);
    }
    let dead = reader.links.difference(&reader.anchors).map(|link| format!("`#{link}` is dead"));
    let dead: Vec<_> = dead.collect();
    reader.faults.extend(dead);
    reader.faults.extend(uneven(page));
    reader.faults
}

/// The rows of tables that have not as many bars as the one before: a renderer cuts what is too much.
fn uneven(page: &str) -> Vec<String> {
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    let lines: Vec<_> = page.lines().collect();
    let both = lines.windows(2).filter_map(|pair| match pair {
        [first, second] if first.starts_with("| ") && second.starts_with("| ") => {
            (bars(first) != bars(second)).then(|| format!("not as long as the row above: {second}"))
        }
        _ => None,
    });
    both.collect()
}

impl Reader {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Heading { .. }) => self.heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => self.anchor(),
            Event::Start(Tag::CodeBlock(_)) => self.block = true,
            Event::End(TagEnd::CodeBlock) => self.block = false,
            Event::Start(Tag::Link { dest_url, .. }) => {
                self.link(&dest_url);
                self.markup("a link");
            }
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough) => {
                self.markup("emphasis");
            }
            Event::Code(_) if self.html_code => self.faults.push("a code span in code".to_owned()),
            Event::Code(code) => self.heading_text(&code),
            Event::Text(text) => self.text(text),
            Event::InlineHtml(html) | Event::Html(html) => self.html(&html),
            _ => {}
        }
    }

    fn text(&mut self, text: CowStr<'_>) {
        self.heading_text(&text);
        if self.block {
            return;
        }
        for mark in ["**", "~~", "{@", "`", "<br", "&lt;", "&#"] {
            let said = self.html_code || self.heading.is_some();
            if text.contains(mark) && !said {
                self.faults.push(format!("{mark} is left in: {text}"));
            }
        }
    }

    fn heading_text(&mut self, text: &str) {
        if let Some(heading) = &mut self.heading {
            *heading += text;
        }
    }

    fn markup(&mut self, what: &str) {
        if self.heading.is_some() || self.html_code {
            self.faults.push(format!("{what} in a heading or in code"));
        }
    }

    fn html(&mut self, html: &str) {
        match html {
            "<code>" if self.html_code => self.faults.push("code in code".to_owned()),
            "<code>" => self.html_code = true,
            "</code>" => self.html_code = false,
            html => {
                if let Some(rest) = html.strip_prefix("<a href=\"#") {
                    self.links.extend(rest.split('"').next().map(str::to_owned));
                }
                if let Some(rest) = html.strip_prefix("<a id=\"") {
                    self.anchors.extend(rest.split('"').next().map(str::to_owned));
                }
                let known =
                    ["<a ", "</a>", "<b>", "</b>", "<br />", "<!--", "<docgen-", "</docgen-"];
                if !known.iter().any(|known| html.starts_with(known)) {
                    self.faults.push(format!("unknown HTML: {html}"));
                }
            }
        }
    }

    fn link(&mut self, target: &str) {
        self.links.extend(target.strip_prefix('#').map(str::to_owned));
    }

    /// The anchor that GitHub gives to the heading.
    fn anchor(&mut self) {
        let heading = self.heading.take().unwrap_or_default().to_lowercase();
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        let slug = kept.collect::<String>().replace(' ', "-");
        let repeats = self.given.entry(slug.clone()).or_default();
        let anchor = if *repeats == 0 { slug } else { format!("{slug}-{repeats}") };
        *repeats += 1;
        self.anchors.insert(anchor);
    }
}
