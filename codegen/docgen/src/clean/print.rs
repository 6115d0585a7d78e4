//! The sections of a clean page as Markdown.

use std::collections::HashMap;

use typescript::syntax::Docs;

use super::{
    examples,
    facts::{
        Body, Comment, Config, Declaration, Facts, Foreign, Group, Member, MemberKind, Method,
        Param, Section, SectionKind, Text,
    },
    layout::{Key, Layout},
    prose::{Links, code, plain},
    said::{self, Platform},
};
use crate::page::UPDATE;

/// Writes the sections of one page.
pub(super) struct Printer<'a> {
    pub(super) facts: &'a Facts,
    pub(super) layout: &'a Layout<'a>,
    pub(super) links: &'a Links,
    /// The npm name that the example configuration refers to.
    pub(super) package: Option<&'a str>,
    /// Whether a table says which method is there on which platform.
    pub(super) platform_table: bool,
}

impl Printer<'_> {
    pub(super) fn word<'w>(&'w self, english: &'w str) -> &'w str {
        self.layout.words.get(english)
    }

    /// `**Since:** `
    pub(super) fn label(&self, english: &str) -> String {
        format!("**{}{}** ", self.word(english), self.word(":"))
    }

    /// `**Deprecated:** why`, or the word alone.
    pub(super) fn deprecated(&self, reason: &str) -> String {
        match reason {
            "" => format!("**{}**", self.word("Deprecated")),
            reason => format!("{}{reason}", self.label("Deprecated")),
        }
    }

    /// The list of links between `<docgen-index>` and its end.
    pub(super) fn index(&self) -> String {
        let Some(api) = self.facts.section(SectionKind::Api) else { return String::new() };
        let mut lines = Vec::new();
        for (index, label) in method_headings(api).into_iter().enumerate() {
            let slug = self.layout.slug(&Key::Method(SectionKind::Api, index));
            if let Some(group) = api.group_before(index) {
                let slug = self.layout.slug(&Key::Methods(group.to_owned()));
                lines.push(format!("* [{}](#{slug})", plain(group)));
            }
            let is_grouped = api.groups.get(index).is_some_and(Option::is_some);
            let indent = if is_grouped { "  " } else { "" };
            lines.push(format!("{indent}* [{}](#{slug})", code(&label)));
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
            let comments = section.comment.iter();
            parts.extend(comments.flat_map(|comment| {
                let with_since = !is_repeated(&comment.docs, members_said(&section.members));
                let closing = self.closing(&comment.docs, with_since).into_iter();
                closing.chain(self.examples_of(&comment.docs))
            }));
            parts.extend(self.properties(&section.members, true));
            let properties = section.members.iter();
            let properties = properties.filter(|m| matches!(m.kind, MemberKind::Property(_)));
            parts.extend(self.member_examples(properties));
            parts.extend(self.platform_table(section));
            for (index, method) in section.methods().enumerate() {
                let group = section.group_before(index);
                let heading = group.map(|name| self.layout.heading(&Key::Methods(name.to_owned())));
                parts.extend(heading);
                parts.push(self.method(section.kind, index, method));
            }
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
        parts.extend(section.foreign.iter().map(|foreign| self.foreign(foreign)));
        let text = parts.join("\n\n");
        match text.trim_end() {
            "" => format!("\n{UPDATE}\n\n"),
            text => format!("\n{UPDATE}\n\n{text}\n\n"),
        }
    }

    /// `**Re-exported from [package](address):** A, B`
    fn foreign(&self, foreign: &Foreign) -> String {
        let package = code(&foreign.package);
        let package = match &foreign.address {
            Some(address) => format!("[{package}]({address})"),
            None => package,
        };
        let names: Vec<_> = foreign.names.iter().map(|name| code(name)).collect();
        let names = if names.is_empty() { code("*") } else { names.join(", ") };
        format!("{}{names} ({package})", self.label("Re-exported"))
    }

    /// The notice, the text and the version of what a comment is about.
    fn opening(&self, comment: &Comment) -> Vec<String> {
        let docs = &comment.docs;
        let mut parts = Vec::new();
        let reason = docs.tag("deprecated").map(|reason| self.links.prose(reason));
        parts.extend(reason.map(|reason| self.deprecated(&reason)));
        parts.extend(docs.text.as_deref().map(|text| self.links.prose(text)));
        parts.retain(|part| !part.is_empty());
        parts
    }

    /// `**Platforms:** iOS`, and the like; `with_since` where not every member repeats it.
    fn closing(&self, docs: &Docs, with_since: bool) -> Vec<String> {
        let mut parts = Vec::new();
        for text in said::texts(docs, "throws") {
            parts.push(format!(
                "{}{}",
                self.label("Throws"),
                self.links.prose(&said::thrown(text))
            ));
        }
        parts.extend(self.platforms(docs));
        if let Some(since) = docs.tag("since").filter(|since| with_since && !since.is_empty()) {
            parts.push(format!("{}{since}", self.label("Since")));
        }
        for text in said::texts(docs, "see") {
            parts.push(format!("{}{}", self.label("See"), self.links.seen(text)));
        }
        parts
    }

    /// `**Platforms:** iOS, Android`, as a list where more is said of one.
    fn platforms(&self, docs: &Docs) -> Option<String> {
        let platforms = said::platforms(docs);
        let label = self.label("Platforms");
        if platforms.iter().all(|platform| platform.text.is_empty()) {
            let names: Vec<_> = platforms.iter().map(Platform::shown).collect();
            return (!names.is_empty()).then(|| format!("{label}{}", names.join(", ")));
        }
        if let [Platform { name, text, .. }] = platforms.as_slice()
            && name.is_empty()
        {
            return Some(format!("{label}{}", self.links.prose(text)));
        }
        let items = platforms.iter().map(|platform| {
            format!("\n- {}", self.of_platform(platform, &self.links.prose(&platform.text)))
        });
        Some(format!("{}\n{}", label.trim_end(), items.collect::<String>()))
    }

    /// A platform, and what is said of it.
    pub(super) fn of_platform(&self, platform: &Platform, text: &str) -> String {
        let is_alone = text.is_empty() || platform.name.is_empty();
        let gap = if is_alone { "" } else { self.word(": ") };
        format!("{}{gap}{text}", platform.shown())
    }

    fn method(&self, kind: SectionKind, index: usize, found: (&Member, &Method)) -> String {
        let (member, method) = found;
        let docs = &member.comment.docs;
        let mark = if member.optional { "?" } else { "" };
        let mut parts = vec![
            self.layout.heading(&Key::Method(kind, index)),
            format!("```typescript\n{}{mark}{}\n```", callee(member), method.signature.to_plain()),
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

    /// What is said about the parameters and the result of a function type.
    fn told_call(&self, call: &Method, docs: &Docs) -> Vec<String> {
        let is_told = |param: &Param| {
            !said::param(&param.name, param.docs.as_deref(), docs, &param.ty).is_empty()
                || !param.inner.is_empty()
                || said::dotted(&param.name, docs).next().is_some()
        };
        let params = call.params.iter().any(is_told).then(|| self.parameters(call, docs));
        let returned = self.links.prose(said::returned(docs, &call.returns));
        let returned = (!returned.is_empty()).then(|| {
            format!("{}{} - {returned}", self.label("Returns"), self.links.ty(&call.returns))
        });
        params.flatten().into_iter().chain(returned).collect()
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
                let with_since = !is_repeated(docs, members_said(members));
                parts.extend(self.closing(docs, with_since));
                parts.extend(self.properties(members, true));
                parts.extend(self.methods(members));
                parts.extend(self.member_examples(members.iter()));
            }
            Body::Alias { ty, inner, call, .. } => {
                parts.push(self.links.ty(ty));
                let told = call.as_ref().map(|call| self.told_call(call, docs));
                let told = told.unwrap_or_default();
                let fields: Vec<_> =
                    inner.iter().map(|field| format!("- {}", self.field(field))).collect();
                let is_told = told.is_empty() && !fields.is_empty();
                parts.extend(is_told.then(|| fields.join("\n")));
                parts.extend(told);
                parts.extend(self.closing(docs, true));
            }
            Body::Enum(members) => {
                let said = members.iter().map(|member| &member.comment.docs);
                parts.extend(self.closing(docs, !is_repeated(docs, said)));
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

    /// The `@example` blocks of a comment, each behind its label.
    fn examples_of(&self, docs: &Docs) -> Vec<String> {
        let examples = said::texts(docs, "example").filter_map(said::example);
        examples.flat_map(|example| self.example("", &example)).collect()
    }

    /// `**Example:** caption`, and the code. `name` is what it is an example of, where no heading
    /// says that.
    fn example(&self, name: &str, example: &said::Example<'_>) -> [String; 2] {
        let caption = self.links.prose(example.caption);
        let gap = if name.is_empty() || caption.is_empty() { "" } else { " - " };
        let label = format!("{}{name}{gap}{caption}", self.label("Example"));
        let code = match &example.code {
            said::Code::Written(text) => self.links.prose(text),
            said::Code::Bare(text) => format!("```typescript\n{text}\n```"),
        };
        [label.trim_end().to_owned(), code]
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
            for example in texts.filter_map(said::example) {
                let call = if is_method { "()" } else { "" };
                let name = code(&format!("{}{call}", member.name.trim_end_matches("()")));
                parts.extend(self.example(&name, &example));
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

/// `name(...)`, with the event's name for listeners; what is called itself has the name of `api`.
pub(super) fn method_heading(api: &str, member: &Member, method: &Method) -> String {
    let name = called(api, member);
    match method.params.first() {
        Some(event) if member.name == "addListener" => {
            format!("addListener({}, ...)", event.event().to_plain())
        }
        Some(_) => format!("{name}(...)"),
        None => format!("{name}()"),
    }
}

/// The headings of all methods of a section, each another one: that of an overload has its parameters,
/// and their types where others are called the same.
pub(super) fn method_headings(section: &Section) -> Vec<String> {
    let methods: Vec<_> = section.methods().collect();
    let api = &section.name;
    let plain = methods.iter().map(|(member, method)| method_heading(api, member, method));
    let mut headings: Vec<String> = plain.collect();
    for typed in [false, true] {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for heading in &headings {
            *counts.entry(heading.clone()).or_default() += 1;
        }
        for (heading, (member, method)) in headings.iter_mut().zip(&methods) {
            if counts.get(heading.as_str()).is_some_and(|count| *count > 1) {
                *heading = call(api, member, method, typed);
            }
        }
    }
    headings
}

fn members_said(members: &[Member]) -> impl Iterator<Item = &Docs> {
    members.iter().map(|member| &member.comment.docs)
}

/// Whether each member says since when it is there, and all the same as the whole.
fn is_repeated<'d>(docs: &Docs, members: impl Iterator<Item = &'d Docs>) -> bool {
    let mut members = members.peekable();
    members.peek().is_some() && members.all(|member| member.tag("since") == docs.tag("since"))
}

/// What is written in front of the parameters of a method.
fn called(api: &str, member: &Member) -> String {
    match member.name.as_str() {
        "()" => api.to_owned(),
        "new ()" => format!("new {api}"),
        name => name.to_owned(),
    }
}

/// What stands in front of a signature.
fn callee(member: &Member) -> &str {
    match member.name.as_str() {
        "()" => "",
        "new ()" => "new ",
        name => name,
    }
}

/// `name(a, b?)`, or `name(a: A, b?: B)`, which tells overloads apart.
fn call(api: &str, member: &Member, method: &Method, typed: bool) -> String {
    let params = method.params.iter().map(|param| {
        let ty = if typed { format!(": {}", param.ty.to_plain()) } else { String::new() };
        format!("{}{ty}", param.shown)
    });
    format!("{}({})", called(api, member), params.collect::<Vec<_>>().join(", "))
}
