//! The sections of a clean page as Markdown.

use std::collections::HashMap;

use super::{
    super::markdown::UPDATE,
    examples,
    facts::{
        Body, Comment, Config, Declaration, Facts, Group, Member, MemberKind, Method, Section,
        SectionKind, Text,
    },
    layout::{Key, Layout},
    prose::{Links, code},
    said,
};
use crate::syntax::Docs;

/// Writes the sections of one page.
pub(super) struct Printer<'a> {
    pub(super) facts: &'a Facts,
    pub(super) layout: &'a Layout<'a>,
    pub(super) links: &'a Links,
    /// The npm name that the example configuration refers to.
    pub(super) package: Option<&'a str>,
}

impl Printer<'_> {
    pub(super) fn word<'w>(&'w self, english: &'w str) -> &'w str {
        self.layout.words.get(english)
    }

    /// `**Since:** `
    pub(super) fn label(&self, english: &str) -> String {
        format!("**{}{}** ", self.word(english), self.word(":"))
    }

    /// The list of links between `<docgen-index>` and its end.
    pub(super) fn index(&self) -> String {
        let Some(api) = self.facts.section(SectionKind::Api) else { return String::new() };
        let mut lines = Vec::new();
        let headings: Vec<_> =
            api.methods().map(|(member, method)| method_heading(member, method)).collect();
        let mut overloads: HashMap<&str, usize> = HashMap::new();
        for heading in &headings {
            *overloads.entry(heading).or_default() += 1;
        }
        for (index, ((member, method), heading)) in api.methods().zip(&headings).enumerate() {
            let slug = self.layout.slug(&Key::Method(SectionKind::Api, index));
            let is_alone = overloads.get(heading.as_str()) == Some(&1);
            let label = if is_alone { heading.clone() } else { call(member, method) };
            lines.push(format!("* [{}](#{slug})", code(&label)));
        }
        for group in Group::ALL.into_iter().filter(|group| api.group(*group).next().is_some()) {
            let slug = self.layout.slug(&Key::Group(SectionKind::Api, group));
            lines.push(format!("* [{}](#{slug})", self.word(group.heading())));
        }
        format!("\n\n{}\n\n", lines.join("\n"))
    }

    /// What stands between the markers of a section.
    pub(super) fn section(&self, section: &Section) -> String {
        let mut parts = Vec::new();
        if section.kind != SectionKind::Device {
            parts.extend(section.configs.iter().flat_map(|config| self.config_head(config)));
            parts.extend(section.comment.iter().flat_map(|comment| self.opening(comment)));
            let with_since = !any_since(section.members.iter().map(|member| &member.comment));
            let comments = section.comment.iter();
            parts.extend(comments.flat_map(|comment| self.closing(&comment.docs, with_since)));
            parts.extend(self.properties(&section.members, true));
            let properties = section.members.iter();
            let properties = properties.filter(|m| matches!(m.kind, MemberKind::Property(_)));
            parts.extend(self.member_examples(properties));
            let methods = section.methods().enumerate();
            parts.extend(methods.map(|(index, method)| self.method(section.kind, index, method)));
        }
        if section.kind == SectionKind::Config {
            parts.extend(section.declarations.iter().map(|found| self.declaration(found)));
            parts.extend(section.configs.iter().filter_map(|config| self.examples(config)));
        } else {
            for group in Group::ALL {
                let found: Vec<_> =
                    section.group(group).map(|found| self.declaration(found)).collect();
                if !found.is_empty() {
                    parts.push(self.layout.heading(&Key::Group(section.kind, group)));
                    parts.extend(found);
                }
            }
        }
        let text = parts.join("\n\n");
        match text.trim_end() {
            "" => format!("\n{UPDATE}\n\n"),
            text => format!("\n{UPDATE}\n\n{text}\n\n"),
        }
    }

    /// The notice, the text and the version of what a comment is about.
    fn opening(&self, comment: &Comment) -> Vec<String> {
        let docs = &comment.docs;
        let mut parts = Vec::new();
        if let Some(reason) = docs.tag("deprecated") {
            let label = self.label("Deprecated");
            parts.push(format!("{label}{}", self.links.prose(reason)).trim().to_owned());
        }
        parts.extend(docs.text.as_deref().map(|text| self.links.prose(text)));
        parts.retain(|part| !part.is_empty());
        parts
    }

    /// `**Platforms:** iOS`, and the like; `with_since` where no member says it.
    fn closing(&self, docs: &Docs, with_since: bool) -> Vec<String> {
        let mut parts = Vec::new();
        for text in said::texts(docs, "throws") {
            parts.push(format!(
                "{}{}",
                self.label("Throws"),
                self.links.prose(&said::thrown(text))
            ));
        }
        let platforms = said::platforms(docs);
        if !platforms.is_empty() {
            parts.push(format!("{}{platforms}", self.label("Platforms")));
        }
        if let Some(since) = docs.tag("since").filter(|since| with_since && !since.is_empty()) {
            parts.push(format!("{}{since}", self.label("Since")));
        }
        for text in said::texts(docs, "see") {
            parts.push(format!("{}{}", self.label("See"), self.links.prose(&said::seen(text))));
        }
        parts
    }

    fn method(&self, kind: SectionKind, index: usize, found: (&Member, &Method)) -> String {
        let (member, method) = found;
        let docs = &member.comment.docs;
        let mark = if member.optional { "?" } else { "" };
        let mut parts = vec![
            self.layout.heading(&Key::Method(kind, index)),
            format!("```typescript\n{}{mark}{}\n```", member.name, method.signature.to_plain()),
        ];
        parts.extend(self.opening(&member.comment));
        parts.extend(self.said_params(docs, &method.type_params));
        parts.extend(self.parameters(method, docs));
        parts.extend(self.returns(member, method));
        parts.extend(self.closing(docs, true));
        parts.extend(self.examples_of(docs));
        parts.push("-".repeat(20));
        parts.join("\n\n") + "\n"
    }

    fn returns(&self, member: &Member, method: &Method) -> Option<String> {
        let text = self.links.prose(said::returned(&member.comment.docs, &method.returns));
        let nothing = said::is_nothing(&method.returns);
        let parts = [if nothing { String::new() } else { self.links.ty(&method.returns) }, text];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let fields: String =
            member.inner.iter().map(|field| format!("\n- {}", self.field(field))).collect();
        let gap = if fields.is_empty() { "" } else { "\n" };
        let text = format!("{}{}{gap}{fields}", self.label("Returns"), parts.join(" - "));
        (!parts.is_empty()).then_some(text)
    }

    /// What is said about type parameters.
    fn said_params(&self, docs: &Docs, params: &[String]) -> Option<String> {
        let said = params.iter().filter_map(|name| {
            let text = said::type_param(docs, name)?;
            Some(format!("\n- `{name}`{}{}", self.word(": "), self.links.prose(text)))
        });
        let said: String = said.collect();
        let label = self.label("Type parameters");
        (!said.is_empty()).then(|| format!("{}\n{said}", label.trim_end()))
    }

    fn declaration(&self, found: &Declaration) -> String {
        let docs = &found.comment.docs;
        let mut parts = vec![self.layout.heading(&Key::Declaration(found.id))];
        parts.extend(self.opening(&found.comment));
        if !found.params.is_empty() {
            let params: Vec<_> =
                found.params.iter().map(|param| self.type_param(param, docs)).collect();
            parts.push(format!("{}{}", self.label("Type parameters"), params.join(", ")));
        }
        match &found.body {
            Body::Object { extends, members } => {
                if !extends.is_empty() {
                    let bases: Vec<_> = extends.iter().map(|base| self.links.ty(base)).collect();
                    parts.push(format!("{}{}", self.label("Extends"), bases.join(", ")));
                }
                let with_since = !any_since(members.iter().map(|member| &member.comment));
                parts.extend(self.closing(docs, with_since));
                parts.extend(self.properties(members, true));
                parts.extend(self.methods(members));
                parts.extend(self.member_examples(members.iter()));
            }
            Body::Alias { ty, inner, .. } => {
                parts.push(self.links.ty(ty));
                let fields: Vec<_> =
                    inner.iter().map(|field| format!("- {}", self.field(field))).collect();
                parts.extend((!fields.is_empty()).then(|| fields.join("\n")));
                parts.extend(self.closing(docs, true));
            }
            Body::Enum(members) => {
                let with_since = !any_since(members.iter().map(|member| &member.comment));
                parts.extend(self.closing(docs, with_since));
                parts.extend(self.members_of_enum(members));
            }
        }
        parts.extend(self.examples_of(docs));
        parts.join("\n\n") + "\n"
    }

    /// `T extends C`, and what is said about it.
    fn type_param(&self, param: &Text, docs: &Docs) -> String {
        let name = param.to_plain();
        let name = name.split_whitespace().find(|word| !["const", "in", "out"].contains(word));
        match name.and_then(|name| said::type_param(docs, name)) {
            Some(text) => format!("{} - {}", self.links.ty(param), self.links.cell(text)),
            None => self.links.ty(param),
        }
    }

    /// The `@example` blocks of a comment.
    fn examples_of(&self, docs: &Docs) -> Vec<String> {
        let tags = docs.tags.iter().filter(|tag| tag.name == "example");
        tags.filter_map(|tag| said::example(tag.text.as_deref()?, self.links)).collect()
    }

    /// The `@example` blocks of members that have no heading, each behind the member's name, unless
    /// their cell has them.
    fn member_examples<'m>(&self, members: impl Iterator<Item = &'m Member>) -> Vec<String> {
        let mut parts = Vec::new();
        for member in members {
            let docs = &member.comment.docs;
            let short = |text: &str| said::short_example(text).is_some();
            let is_method = matches!(member.kind, MemberKind::Method(_));
            let texts = said::texts(docs, "example").filter(|text| is_method || !short(text));
            for text in texts.filter_map(|text| said::example(text, self.links)) {
                let call = if is_method { "()" } else { "" };
                let name = code(&format!("{}{call}", member.name.trim_end_matches("()")));
                parts.push(format!("{}{name}", self.label("Example")));
                parts.push(text);
            }
        }
        parts
    }

    fn config_head(&self, config: &Config) -> Vec<String> {
        let mut parts = self.opening(&config.comment);
        parts.extend(self.properties(&config.members, false));
        parts
    }

    fn examples(&self, config: &Config) -> Option<String> {
        let whole = config.comment.docs.tags.iter().filter(|tag| tag.name == "example");
        let mut configs: Vec<_> = whole.filter_map(|tag| tag.text.clone()).collect();
        if configs.is_empty() {
            let values = config.members.iter().filter_map(|member| {
                let text = member.comment.docs.tag("example").filter(|text| !text.is_empty())?;
                Some((member.name.as_str(), text))
            });
            configs.extend(examples::composed(&values.collect::<Vec<_>>()));
        }
        if configs.is_empty() {
            return None;
        }
        let mut parts = vec![self.layout.heading(&Key::Examples(config.name.clone()))];
        for text in configs {
            parts.push(self.word("In `capacitor.config.json`:").to_owned());
            parts.push(examples::json(&config.name, &text));
            parts.push(self.word("In `capacitor.config.ts`:").to_owned());
            parts.push(examples::typescript(&config.name, &text, self.package));
        }
        Some(parts.join("\n\n"))
    }
}

/// `name(...)`, with the event's name for listeners.
pub(super) fn method_heading(member: &Member, method: &Method) -> String {
    match method.params.first() {
        Some(event) if member.name == "addListener" => {
            format!("addListener({}, ...)", event.event().to_plain())
        }
        Some(_) => format!("{}(...)", member.name),
        None => format!("{}()", member.name),
    }
}

/// Whether a comment says since when there is what it is about.
fn any_since<'c>(mut comments: impl Iterator<Item = &'c Comment>) -> bool {
    comments.any(|comment| comment.docs.tag("since").is_some())
}

/// `name(a, b?)`, which tells overloads apart.
fn call(member: &Member, method: &Method) -> String {
    let names: Vec<_> = method.params.iter().map(|param| param.shown.as_str()).collect();
    format!("{}({})", member.name, names.join(", "))
}
