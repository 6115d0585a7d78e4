//! The headings of a page in their order: what each says, and the anchor that leads to it.

use std::{collections::HashMap, ops::Range};

use super::{
    facts::{Body, Facts, Group, Id, Member, MemberKind, Section, SectionKind},
    print::{method_heading, method_headings},
    prose::{Links, plain},
    words::Words,
};
use crate::page::anchors::{self, Slugger};

/// What a heading stands above.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Method(SectionKind, usize),
    /// A group of methods.
    Methods(String),
    Group(SectionKind, Group),
    Declaration(Id),
    Examples(String),
}

/// A heading that the printer writes.
struct Heading {
    level: usize,
    /// As shown.
    text: String,
    /// The anchor of the English page, which holds in every language.
    slug: String,
    /// Whether the heading as shown gives another anchor by itself.
    moved: bool,
}

/// Every heading of a page.
pub(super) struct Layout<'a> {
    pub(super) words: &'a Words<'a>,
    headings: HashMap<Key, Heading>,
}

impl<'a> Layout<'a> {
    /// The headings of `facts` between those of `readme`; `places` says where each section's
    /// markers stand. `english` are the README's own headings in English, if it is a translation.
    pub(super) fn new(
        facts: &Facts,
        readme: &str,
        places: &[(SectionKind, Range<usize>)],
        english: Option<&str>,
        words: &'a Words<'a>,
    ) -> Self {
        let mut layout = Self { words, headings: HashMap::new() };
        let (mut shown, mut fixed) = (Slugger::default(), Slugger::default());
        let own = anchors::headings(readme);
        let english = english.map(anchors::headings);
        let outside = |heading: &&anchors::Heading<'_>| {
            !places.iter().any(|(_, range)| range.contains(&heading.range.start))
        };
        let mut own = own.iter().filter(outside).enumerate().peekable();
        for (kind, range) in places {
            while let Some((index, heading)) =
                own.next_if(|(_, heading)| heading.range.start < range.start)
            {
                shown.next(heading.text);
                let english = english.as_ref().and_then(|all| all.get(index));
                fixed.next(english.map_or(heading.text, |english| english.text));
            }
            let Some(section) = facts.section(*kind) else { continue };
            for (key, level, text, anchor) in headings(section) {
                let slug = fixed.next(&anchor);
                let text = words.get(&text).to_owned();
                let moved = shown.next(&text) != slug;
                layout.headings.insert(key, Heading { level, text, slug, moved });
            }
        }
        layout
    }

    pub(super) fn slug(&self, key: &Key) -> &str {
        self.headings.get(key).map_or("", |heading| &heading.slug)
    }

    /// The heading's line, behind its anchor where it would not get it by itself.
    pub(super) fn heading(&self, key: &Key) -> String {
        let Some(heading) = self.headings.get(key) else { return String::new() };
        let line = format!("{} {}", "#".repeat(heading.level), plain(&heading.text));
        if heading.moved { self.words.anchored(&heading.slug, &line) } else { line }
    }

    /// What the names on the page lead to.
    pub(super) fn links(&self, facts: &Facts) -> Links {
        let mut links = Links::default();
        for declaration in facts.declarations() {
            let slug = self.slug(&Key::Declaration(declaration.id));
            links.by_id.insert(declaration.id, slug.to_owned());
            links.by_name.entry(declaration.name.clone()).or_insert_with(|| slug.to_owned());
            let names: Vec<String> = match &declaration.body {
                Body::Object { members, .. } => members.iter().map(called).collect(),
                Body::Enum(members) => members.iter().map(|member| member.name.clone()).collect(),
                Body::Alias { .. } => Vec::new(),
            };
            for name in names {
                let name = format!("{}.{name}", declaration.name);
                links.by_name.entry(name).or_insert_with(|| slug.to_owned());
            }
        }
        if let Some(api) = facts.section(SectionKind::Api) {
            for (index, (member, _)) in api.methods().enumerate() {
                let slug = self.slug(&Key::Method(SectionKind::Api, index));
                let name = called(member);
                let full = format!("{}.{name}", api.name);
                for name in [name, full] {
                    links.by_name.entry(name).or_insert_with(|| slug.to_owned());
                }
            }
        }
        links
    }
}

/// `name` or `name()`.
fn called(member: &Member) -> String {
    let call = if matches!(member.kind, MemberKind::Method(_)) { "()" } else { "" };
    format!("{}{call}", member.name)
}

/// The headings of a section in the order in which they are printed, in English, each with the text
/// that its anchor is made of.
fn headings(section: &Section) -> Vec<(Key, usize, String, String)> {
    let mut found = plain_headings(section);
    let mut unique = method_headings(section).into_iter();
    let all = found.drain(..).map(|(key, level, text)| {
        let is_method = matches!(key, Key::Method(..));
        let shown = if is_method { unique.next() } else { None };
        (key, level, shown.unwrap_or_else(|| text.clone()), text)
    });
    all.collect()
}

fn plain_headings(section: &Section) -> Vec<(Key, usize, String)> {
    let mut headings = Vec::new();
    if section.kind == SectionKind::Api {
        for (index, (member, method)) in section.methods().enumerate() {
            if let Some(group) = section.group_before(index) {
                headings.push((Key::Methods(group.to_owned()), 3, group.to_owned()));
            }
            let is_grouped = section.groups.get(index).is_some_and(Option::is_some);
            let level = if is_grouped { 4 } else { 3 };
            let key = Key::Method(section.kind, index);
            headings.push((key, level, method_heading(&section.name, member, method)));
        }
    }
    let declarations = section.declarations.iter();
    if section.kind == SectionKind::Config {
        headings
            .extend(declarations.map(|found| (Key::Declaration(found.id), 4, found.title.clone())));
        let configs = section.configs.iter();
        headings.extend(
            configs.map(|config| (Key::Examples(config.name.clone()), 3, "Examples".to_owned())),
        );
        return headings;
    }
    for group in Group::ALL {
        let mut found = section.group(group).peekable();
        if found.peek().is_some() {
            headings.push((Key::Group(section.kind, group), 3, group.heading().to_owned()));
        }
        headings.extend(found.map(|found| (Key::Declaration(found.id), 4, found.title.clone())));
    }
    headings
}
