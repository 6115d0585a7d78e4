//! The sections of a clean page as Markdown.

use unicode_width::UnicodeWidthStr;

use super::{
    super::{markdown::UPDATE, table::Table},
    examples,
    facts::{
        Body, Comment, Config, Declaration, EnumMember, Facts, Group, Member, MemberKind, Method,
        Section, SectionKind,
    },
    layout::{Key, Layout},
    prose::Links,
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
    fn word<'w>(&'w self, english: &'w str) -> &'w str {
        self.layout.words.get(english)
    }

    /// `**Since:** `
    fn label(&self, english: &str) -> String {
        format!("**{}{}** ", self.word(english), self.word(":"))
    }

    /// The list of links between `<docgen-index>` and its end.
    pub(super) fn index(&self) -> String {
        let Some(api) = self.facts.section(SectionKind::Api) else { return String::new() };
        let mut lines = Vec::new();
        for (index, (member, method)) in api.methods().enumerate() {
            let slug = self.layout.slug(&Key::Method(SectionKind::Api, index));
            lines.push(format!("* [`{}`](#{slug})", method_heading(member, method)));
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
            parts.extend(self.properties(&section.members));
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

    /// `**Platforms:** iOS`, and the like.
    fn closing(&self, docs: &Docs, with_since: bool) -> Vec<String> {
        let mut parts = Vec::new();
        for text in texts(docs, "throws") {
            parts.push(format!("{}{}", self.label("Throws"), self.links.prose(&thrown(text))));
        }
        let platforms = platforms(docs);
        if !platforms.is_empty() {
            parts.push(format!("{}{platforms}", self.label("Platforms")));
        }
        if let Some(since) = docs.tag("since").filter(|since| with_since && !since.is_empty()) {
            parts.push(format!("{}{since}", self.label("Since")));
        }
        for text in texts(docs, "see") {
            // What TypeScript's own parser makes of an address in this tag.
            let text = text.replace(" ://", "://");
            parts.push(format!("{}{}", self.label("See"), self.links.prose(&text)));
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
        parts.extend(self.parameters(method, docs));
        parts.extend(self.returns(method, docs));
        parts.extend(self.closing(docs, true));
        parts.extend(docs.tags.iter().filter(|tag| tag.name == "example").filter_map(example));
        parts.push("-".repeat(20));
        parts.join("\n\n") + "\n"
    }

    fn parameters(&self, method: &Method, docs: &Docs) -> Option<String> {
        let mut table = self.table(&["Param", "Type", "Description"]);
        for param in &method.params {
            let text = param_text(&param.name, param.docs.as_deref(), docs);
            table.row(vec![
                format!("**`{}`**", param.shown),
                self.links.ty(&param.ty),
                self.links.cell(text),
            ]);
        }
        (!method.params.is_empty()).then(|| table.lines().join("\n"))
    }

    fn returns(&self, method: &Method, docs: &Docs) -> Option<String> {
        let text = docs.tag("returns").or(docs.tag("return")).unwrap_or_default();
        let text = self.links.prose(without_dash(text));
        let ty = method.returns.to_plain();
        let nothing = ty == "void" || ty == "Promise<void>";
        let parts = [if nothing { String::new() } else { self.links.ty(&method.returns) }, text];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        (!parts.is_empty()).then(|| format!("{}{}", self.label("Returns"), parts.join(" - ")))
    }

    fn declaration(&self, found: &Declaration) -> String {
        let mut parts = vec![self.layout.heading(&Key::Declaration(found.id))];
        parts.extend(self.opening(&found.comment));
        if !found.params.is_empty() {
            let params: Vec<_> = found.params.iter().map(|param| self.links.ty(param)).collect();
            parts.push(format!("{}{}", self.label("Type parameters"), params.join(", ")));
        }
        match &found.body {
            Body::Object { extends, members } => {
                if !extends.is_empty() {
                    let bases: Vec<_> = extends.iter().map(|base| self.links.ty(base)).collect();
                    parts.push(format!("{}{}", self.label("Extends"), bases.join(", ")));
                }
                parts.extend(self.closing(&found.comment.docs, false));
                parts.extend(self.properties(members));
                parts.extend(self.methods(members));
                let tags = members.iter().flat_map(|member| &member.comment.docs.tags);
                let methods = members.iter().any(|m| matches!(m.kind, MemberKind::Method(_)));
                let tags = tags.filter(|tag| methods && tag.name == "example");
                parts.extend(tags.filter_map(example));
            }
            Body::Alias { ty, .. } => {
                parts.push(self.links.ty(ty));
                parts.extend(self.closing(&found.comment.docs, true));
            }
            Body::Enum(members) => {
                parts.extend(self.closing(&found.comment.docs, false));
                parts.extend(self.members_of_enum(members));
            }
        }
        let tags = found.comment.docs.tags.iter().filter(|tag| tag.name == "example");
        parts.extend(tags.filter_map(example));
        parts.join("\n\n") + "\n"
    }

    fn table(&self, header: &[&str]) -> Table {
        let header: Vec<_> = header.iter().map(|english| self.word(english)).collect();
        Table::with_width(&header, UnicodeWidthStr::width)
    }

    fn properties(&self, members: &[Member]) -> Option<String> {
        let mut table =
            self.table(&["Prop", "Type", "Description", "Default", "Platforms", "Since"]);
        let mut any = false;
        for member in members {
            let MemberKind::Property(ty) = &member.kind else { continue };
            let docs = &member.comment.docs;
            let default = docs.tag("default").or(docs.tag("defaultValue")).unwrap_or_default();
            any = true;
            table.row(vec![
                name_cell(member),
                self.links.ty(ty),
                self.description(docs),
                default_cell(default),
                platforms(docs),
                docs.tag("since").unwrap_or_default().to_owned(),
            ]);
        }
        any.then(|| table.lines().join("\n"))
    }

    fn methods(&self, members: &[Member]) -> Option<String> {
        let mut table = self.table(&["Method", "Signature", "Description", "Platforms", "Since"]);
        let mut any = false;
        for member in members {
            let MemberKind::Method(method) = &member.kind else { continue };
            let docs = &member.comment.docs;
            let mut cells = vec![self.description(docs)];
            for param in &method.params {
                let text = param_text(&param.name, param.docs.as_deref(), docs);
                if !text.is_empty() {
                    cells.push(format!(
                        "• **`{}`**{}{}",
                        param.name,
                        self.word(": "),
                        self.links.cell(text)
                    ));
                }
            }
            let returns = docs.tag("returns").or(docs.tag("return")).unwrap_or_default();
            if !returns.is_empty() {
                let text = self.links.cell(without_dash(returns));
                cells.push(format!("{}{text}", self.label("Returns")));
            }
            for text in texts(docs, "throws") {
                cells.push(format!("{}{}", self.label("Throws"), self.links.cell(&thrown(text))));
            }
            cells.retain(|cell| !cell.is_empty());
            any = true;
            table.row(vec![
                name_cell(member),
                self.links.ty(&method.signature),
                cells.join("<br />"),
                platforms(docs),
                docs.tag("since").unwrap_or_default().to_owned(),
            ]);
        }
        any.then(|| table.lines().join("\n"))
    }

    fn members_of_enum(&self, members: &[EnumMember]) -> Option<String> {
        let mut table = self.table(&["Members", "Value", "Description", "Platforms", "Since"]);
        for member in members {
            let docs = &member.comment.docs;
            let gone = docs.tag("deprecated").is_some();
            table.row(vec![
                struck(&format!("**`{}`**", member.name), gone),
                default_cell(&member.value),
                self.description(docs),
                platforms(docs),
                docs.tag("since").unwrap_or_default().to_owned(),
            ]);
        }
        (!members.is_empty()).then(|| table.lines().join("\n"))
    }

    /// A comment in a cell, with the notice that it is deprecated.
    fn description(&self, docs: &Docs) -> String {
        let mut parts = Vec::new();
        if let Some(reason) = docs.tag("deprecated") {
            let label = self.label("Deprecated");
            parts.push(format!("{label}{}", self.links.cell(reason)).trim().to_owned());
        }
        parts.extend(docs.text.as_deref().map(|text| self.links.cell(text)));
        parts.retain(|part| !part.is_empty());
        parts.join("<br />")
    }

    fn config_head(&self, config: &Config) -> Vec<String> {
        let mut parts = self.opening(&config.comment);
        parts.extend(self.properties(&config.members));
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
            format!("addListener({}, ...)", event.ty.to_plain())
        }
        Some(_) => format!("{}(...)", member.name),
        None => format!("{}()", member.name),
    }
}

/// `{Error} text` with the type as code.
fn thrown(text: &str) -> String {
    let typed = text.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    match typed {
        Some((ty, text)) => format!("`{ty}` {}", text.trim()).trim().to_owned(),
        None => text.to_owned(),
    }
}

/// `` **`readonly name?`** ``
fn name_cell(member: &Member) -> String {
    let readonly = if member.readonly { "readonly " } else { "" };
    let mark = if member.optional { "?" } else { "" };
    let ticks = if member.name.contains('`') { "``" } else { "`" };
    let cell = format!("**{ticks}{readonly}{}{mark}{ticks}**", member.name);
    struck(&cell, member.comment.docs.tag("deprecated").is_some())
}

fn struck(cell: &str, gone: bool) -> String {
    if gone { format!("~~{cell}~~") } else { cell.to_owned() }
}

/// A value as code, whatever the author put around it.
fn default_cell(value: &str) -> String {
    let value = value.trim().trim_matches('`');
    if value.is_empty() {
        return String::new();
    }
    format!("<code>{}</code>", super::prose::escaped(value))
}

/// The text of a parameter: its own comment, else the method's `@param` tag.
pub(super) fn param_text<'d>(name: &str, own: Option<&'d str>, docs: &'d Docs) -> &'d str {
    without_dash(own.or_else(|| docs.param(name)).unwrap_or_default())
}

fn without_dash(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix("- ").unwrap_or(text).trim()
}

fn texts<'d>(docs: &'d Docs, tag: &'d str) -> impl Iterator<Item = &'d str> {
    let tags = docs.tags.iter().filter(move |found| found.name == tag);
    tags.filter_map(|tag| tag.text.as_deref()).map(str::trim).filter(|text| !text.is_empty())
}

/// `iOS, Android`, from `@platform ios, android`.
fn platforms(docs: &Docs) -> String {
    platform_names(docs).join(", ")
}

/// The platforms of `@platform ios, android`, as their makers write them.
pub(super) fn platform_names(docs: &Docs) -> Vec<String> {
    let tags = texts(docs, "platform").chain(texts(docs, "platforms"));
    let words = tags.flat_map(|text| text.split([',', ' ', '|', '/'])).filter(|w| !w.is_empty());
    let names = words.map(|word| match word.to_lowercase().as_str() {
        "ios" => "iOS".to_owned(),
        "android" => "Android".to_owned(),
        "web" => "Web".to_owned(),
        _ => word.to_owned(),
    });
    names.collect()
}

/// An `@example` as a block of code, unless it already has one.
fn example(tag: &crate::syntax::Tag) -> Option<String> {
    let text = tag.text.as_deref()?.trim();
    if text.is_empty() {
        return None;
    }
    if text.contains("```") {
        return Some(text.to_owned());
    }
    Some(format!("```typescript\n{text}\n```"))
}
