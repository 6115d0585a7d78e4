//! What an author may want otherwise on a page: its order, its groups, what it leaves out.

use std::cmp::Reverse;

use typescript::syntax::Docs;

use super::facts::{Body, Comment, Declaration, Facts, Member, MemberKind, Section, SectionKind};

/// How a page is arranged. The default leaves everything as it is met.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arrangement<'a> {
    /// The tag whose text is a heading above the methods that have it: `category`.
    pub group_by: Option<&'a str>,
    /// Whether what is deprecated comes behind the rest.
    pub deprecated_last: bool,
    /// Whether a table says which method is there on which platform.
    pub platform_table: bool,
    /// Whether the page keeps quiet about since when there is what it shows.
    pub without_since: bool,
    /// In which order methods, properties and types come.
    pub order: Order,
}

/// An order of what a page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Methods as declared, types as methods lead to them.
    #[default]
    Reached,
    /// As declared, file by file.
    File,
    /// By their names.
    Alphabet,
}

/// Arranges the facts of a page.
pub(super) fn arrange(facts: &mut Facts, how: &Arrangement<'_>) {
    for section in &mut facts.sections {
        order(section, how);
        if let Some(tag) = how.group_by.filter(|_| section.kind == SectionKind::Api) {
            group(section, tag, how.order);
        }
    }
}

/// Takes `@since` out of every comment.
pub(super) fn without_since(facts: &mut Facts) {
    facts.comments().for_each(|comment| comment.docs.tags.retain(|tag| tag.name != "since"));
}

fn order(section: &mut Section, how: &Arrangement<'_>) {
    let configs = section.configs.iter_mut().map(|config| &mut config.members);
    let objects = section.declarations.iter_mut().filter_map(|found| match &mut found.body {
        Body::Object { members, .. } => Some(members),
        _ => None,
    });
    for members in configs.chain([&mut section.members]).chain(objects) {
        if how.order == Order::Alphabet {
            members.sort_by_cached_key(|member| name_key(&member.name));
        }
        if how.deprecated_last {
            members.sort_by_key(|member| is_deprecated(&member.comment));
        }
    }
    let declarations = &mut section.declarations;
    match how.order {
        Order::Reached => {}
        Order::File => declarations.sort_by_key(|found| found.id),
        Order::Alphabet => declarations.sort_by_cached_key(|found| name_key(&found.name)),
    }
    if how.deprecated_last {
        declarations.sort_by_key(|found| is_deprecated(&found.comment));
        declarations.iter_mut().for_each(enum_members);
    }
}

fn enum_members(found: &mut Declaration) {
    if let Body::Enum(members) = &mut found.body {
        members.sort_by_key(|member| is_deprecated(&member.comment));
    }
}

/// Upper and lower case of one letter stand together.
fn name_key(name: &str) -> (String, Reverse<String>) {
    (name.to_lowercase(), Reverse(name.to_owned()))
}

fn is_deprecated(comment: &Comment) -> bool {
    comment.docs.tag("deprecated").is_some()
}

/// Brings the methods of one group together: those without one first, then the groups in the order
/// in which they are met, or by their names.
fn group(section: &mut Section, tag: &str, order: Order) {
    let mut groups: Vec<String> = Vec::new();
    for member in &section.members {
        if let Some(name) = group_of(&member.comment.docs, tag)
            && !groups.contains(&name)
        {
            groups.push(name);
        }
    }
    if order == Order::Alphabet {
        groups.sort_by_cached_key(|name| name_key(name));
    }
    let place = |member: &Member| {
        let name = group_of(&member.comment.docs, tag);
        name.and_then(|name| groups.iter().position(|group| *group == name)).map_or(0, |at| at + 1)
    };
    section.members.sort_by_key(place);
    let methods =
        section.members.iter().filter(|member| matches!(member.kind, MemberKind::Method(_)));
    section.groups = methods.map(|member| group_of(&member.comment.docs, tag)).collect();
}

/// The first line of the tag's text.
fn group_of(docs: &Docs, tag: &str) -> Option<String> {
    let line = docs.tag(tag)?.lines().next()?.trim();
    (!line.is_empty()).then(|| line.to_owned())
}
