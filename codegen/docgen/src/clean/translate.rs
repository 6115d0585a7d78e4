//! A README in another language: the sections of its prose beside those of the English one.

use std::fmt::Write as _;

use miette::SourceSpan;
use typescript::Cut as _;

use super::{
    locale::{Fault, Gap, Locale, difference},
    words::{Anchors, anchored},
};
use crate::page::anchors::{Slugger, headings, lines};

/// A section of prose: a heading, and what stands below it up to the next one.
struct Section<'t> {
    heading: &'t str,
    level: usize,
    text: &'t str,
    start: usize,
}

fn sections(text: &str) -> Vec<Section<'_>> {
    let found = headings(text);
    let ends = found.iter().skip(1).map(|next| next.range.start).chain([text.len()]);
    let sections = found.iter().zip(ends).map(|(heading, end)| Section {
        heading: heading.text,
        level: heading.level,
        text: text.cut(heading.range.start..end),
        start: heading.range.start,
    });
    sections.collect()
}

/// The English anchors of a text's headings, in their order.
fn slugs(text: &str) -> Vec<String> {
    let mut slugger = Slugger::default();
    headings(text).iter().map(|heading| slugger.next(heading.text)).collect()
}

/// The prose `local` with the anchors that its headings have in English.
#[must_use]
pub fn with_anchors(local: &str, english: &str, how: Anchors) -> String {
    let (wanted, mut shown) = (slugs(english), Slugger::default());
    let (mut text, mut at) = (String::new(), 0);
    for (heading, slug) in headings(local).into_iter().zip(wanted) {
        text += local.cut(at..heading.range.start);
        let line = local.cut(heading.range.clone());
        text += &if shown.next(heading.text) == slug {
            line.to_owned()
        } else {
            anchored(how, &slug, line)
        };
        at = heading.range.end;
    }
    text + local.cut(at..)
}

/// Where the prose `local` does not say what `english` says now. The files' names are for messages.
#[must_use]
pub fn prose_findings(
    (english, english_name): (&str, &str),
    (local, local_name): (&str, &str),
    locale: &Locale,
) -> Vec<Gap> {
    let (theirs, ours) = (sections(english), sections(local));
    let place = |name: &str, section: &Section<'_>| {
        Some((
            name.to_owned(),
            SourceSpan::from((section.start, section.heading.len() + section.level + 1)),
        ))
    };
    let mut findings = Vec::new();
    for ((index, section), slug) in theirs.iter().enumerate().zip(slugs(english)) {
        let finding = |fault, place| Gap { key: slug.clone(), fault, source: String::new(), place };
        let Some(local) = ours.get(index).filter(|local| local.level == section.level) else {
            findings.push(finding(Fault::Prose(hash(section.text)), place(english_name, section)));
            break;
        };
        if let Some(part) = difference(section.text, local.text) {
            findings.push(finding(Fault::Differs(part), place(local_name, local)));
        } else if locale.prose.get(&slug) != Some(&hash(section.text)) {
            findings.push(finding(Fault::Prose(hash(section.text)), place(english_name, section)));
        }
    }
    for section in ours.iter().skip(theirs.len()) {
        let place = place(local_name, section);
        let (key, source) = (section.heading.to_owned(), String::new());
        let fault = Fault::Differs(format!("the heading `{}`", section.heading));
        findings.push(Gap { key, fault, source, place });
    }
    findings
}

/// The prose `local`, with the sections in English that do not say what `english` says now.
#[must_use]
pub fn current_prose(english: &str, local: &str, locale: &Locale) -> String {
    let (theirs, ours) = (sections(english), sections(local));
    let start = theirs.first().map_or(english.len(), |first| first.start);
    let opening = ours.first().map_or(local.len(), |first| first.start);
    let mut text =
        if ours.is_empty() { english.cut(..start) } else { local.cut(..opening) }.to_owned();
    for ((index, section), slug) in theirs.iter().enumerate().zip(slugs(english)) {
        let local = ours.get(index).filter(|local| {
            local.level == section.level
                && locale.prose.get(&slug) == Some(&hash(section.text))
                && difference(section.text, local.text).is_none()
        });
        text += local.map_or(section.text, |local| local.text);
    }
    text
}

/// Tells texts apart (FNV-1a, 64 bits): what changed by mistake, not what was forged.
fn hash(text: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.trim().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

/// A README as a page of a documentation site, whose Markdown is MDX: braces and comments that are
/// no code would be.
#[must_use]
pub fn site(readme: &str) -> String {
    let mut page = String::new();
    for line in lines(readme) {
        if line.code {
            page += line.text;
        } else if !line.text.trim_start().starts_with("<!--") {
            page += &site_line(line.text);
        } else {
            continue;
        }
        page.push('\n');
    }
    page
}

fn site_line(line: &str) -> String {
    if !line.contains(['{', '}', '<']) {
        return line.to_owned();
    }
    // The anchor of a heading is the site's own.
    let (line, anchor) = match line.rfind(" {#").filter(|_| line.starts_with('#')) {
        Some(at) => line.split_at(at),
        None => (line, ""),
    };
    let mut out = String::new();
    let (mut code, mut at) = (false, 0);
    while let Some(c) = line.cut(at..).chars().next() {
        let rest = line.cut(at..);
        let mut taken = c.len_utf8();
        match c {
            '`' => {
                code = !code;
                out.push('`');
            }
            '{' if !code => out += "&#123;",
            '}' if !code => out += "&#125;",
            '<' if !code && rest.starts_with("<http") => {
                let end = rest.find('>').unwrap_or(rest.len() - 1);
                let target = rest.cut(1..end);
                let _ = write!(out, "[{target}]({target})");
                taken = end + 1;
            }
            c => out.push(c),
        }
        at += taken;
    }
    out + anchor
}

/// The lines between the `---` at the top of a text, and the text below them.
#[must_use]
pub fn front_matter(text: &str) -> (&str, &str) {
    let split = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    let (matter, body) = split.unwrap_or(("", text));
    (matter, body.trim_start_matches('\n'))
}
