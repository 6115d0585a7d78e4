//! Translations of a plugin's comments, and what is wrong with them.
//!
//! One file holds one language: an entry for each comment, with the text that it was translated
//! from, so that a comment that changed is found.

use std::collections::{BTreeMap, HashSet};

use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use typescript::{
    Cut as _, comment,
    syntax::{Docs, Tag},
};

use super::{
    facts::{Comment, Facts},
    words::WORDS,
};
use crate::page::anchors;

/// The tags whose text is shown, and translated.
const TAGS: [&str; 7] =
    ["param", "returns", "return", "throws", "deprecated", "template", "typeParam"];

/// A language's file: `locales/zh-CN.json`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Locale {
    /// Headings and labels, by their English text.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Comments, by what they belong to: `Interface.member`.
    #[serde(default)]
    pub docs: BTreeMap<String, Translation>,
    /// The hash of each section of the English prose that was translated, by its anchor.
    #[serde(default)]
    pub prose: BTreeMap<String, String>,
}

/// A translated comment: its text, then the tags whose text is shown, as in the comment itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Translation {
    /// What it was translated from.
    pub source: String,
    /// The translation; empty where there is none yet.
    pub text: String,
}

/// One thing that is wrong with a translation.
#[derive(Clone, Debug)]
pub struct Gap {
    /// What it is about: a comment's key, a label, a section's anchor.
    pub key: String,
    /// What is wrong.
    pub fault: Fault,
    /// The present text of the comment.
    pub source: String,
    /// The source file and the place in it, for a comment that has no translation.
    pub place: Option<(String, SourceSpan)>,
}

/// What can be wrong with a translation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A comment has none.
    Missing,
    /// The comment has changed since.
    Stale,
    /// Nothing has this key.
    Unused,
    /// A heading or label has none.
    Label,
    /// The translation has not the same code, links or tags.
    Differs(String),
    /// A section of the prose has changed since; its hash now.
    Prose(String),
}

impl Locale {
    /// The language's file with an entry for every comment and label that had none.
    #[must_use]
    pub fn completed(&self, findings: &[Gap]) -> Self {
        let mut locale = self.clone();
        for finding in findings {
            let key = finding.key.clone();
            match finding.fault {
                Fault::Missing => {
                    let source = finding.source.clone();
                    locale.docs.entry(key).or_insert(Translation { source, text: String::new() });
                }
                Fault::Label => drop(locale.labels.entry(key).or_default()),
                _ => {}
            }
        }
        locale
    }

    /// The text of the language's file.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Translates every comment that has a translation, and says which have none.
    pub(super) fn translate(&self, facts: &mut Facts, files: &[String]) -> Vec<Gap> {
        let mut findings = Vec::new();
        let mut used = HashSet::new();
        for comment in facts.comments() {
            let source = source(&comment.docs);
            if source.is_empty() {
                continue;
            }
            used.insert(comment.key.clone());
            if let Some(fault) = self.comment(comment, &source) {
                let place = files.get(comment.file).map(|file| (file.clone(), comment.at));
                findings.push(Gap { key: comment.key.clone(), fault, source, place });
            }
        }
        let bare = |key: &String, fault| Gap {
            key: key.clone(),
            fault,
            source: String::new(),
            place: None,
        };
        let unused = self.docs.keys().filter(|key| !used.contains(*key));
        findings.extend(unused.map(|key| bare(key, Fault::Unused)));
        let unknown = self.labels.keys().filter(|key| !WORDS.contains(&key.as_str()));
        findings.extend(unknown.map(|key| bare(key, Fault::Unused)));
        let labels = WORDS.map(str::to_owned);
        let missing =
            labels.iter().filter(|word| self.labels.get(*word).is_none_or(String::is_empty));
        findings.extend(missing.map(|word| bare(word, Fault::Label)));
        findings.dedup_by(|next, kept| next.key == kept.key && next.fault == kept.fault);
        findings
    }

    fn comment(&self, comment: &mut Comment, source: &str) -> Option<Fault> {
        let Some(entry) = self.docs.get(&comment.key).filter(|entry| !entry.text.is_empty()) else {
            return Some(Fault::Missing);
        };
        if entry.source != source {
            return Some(Fault::Stale);
        }
        let translated = parsed(&entry.text);
        if let Some(fault) = difference(source, &entry.text) {
            return Some(Fault::Differs(fault));
        }
        if shown(&comment.docs).map(name_of).ne(shown(&translated).map(name_of)) {
            return Some(Fault::Differs("tags".to_owned()));
        }
        let mut tags: Vec<Tag> = shown(&translated).cloned().collect();
        for tag in comment.docs.tags.iter_mut().rev().filter(|tag| is_shown(tag)) {
            if let Some(translated) = tags.pop() {
                *tag = translated;
            }
        }
        comment.docs.text = translated.text;
        None
    }
}

fn is_shown(tag: &Tag) -> bool {
    TAGS.contains(&tag.name.as_str()) && tag.text.as_deref().is_some_and(|text| !text.is_empty())
}

fn shown(docs: &Docs) -> impl Iterator<Item = &Tag> {
    docs.tags.iter().filter(|tag| is_shown(tag))
}

fn name_of(tag: &Tag) -> (&str, Option<&str>) {
    (&tag.name, tag.param.as_ref().map(|(name, _)| name.as_str()))
}

/// What of a comment is translated: its text, then the tags that are shown.
fn source(docs: &Docs) -> String {
    let text = docs.text.iter().map(|text| text.trim().to_owned());
    let tags = shown(docs)
        .map(|tag| format!("@{} {}", tag.name, tag.text.as_deref().unwrap_or_default().trim()));
    let tags: Vec<_> = tags.collect();
    let parts = text.chain((!tags.is_empty()).then(|| tags.join("\n")));
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n").replace("\r\n", "\n")
}

/// A translation read as the comment that it stands for.
fn parsed(text: &str) -> Docs {
    let lines: String =
        text.lines().map(|line| format!(" * {}\n", line.replace("*/", "*\\/"))).collect();
    comment(&format!("/**\n{lines} */"))
}

/// What two texts that should say the same do not both have; `None` when they agree.
pub(super) fn difference(english: &str, local: &str) -> Option<String> {
    let (mut wanted, mut found) = (fixed(english), fixed(local));
    wanted.sort();
    found.sort();
    let lacks = wanted.iter().find(|part| !take(&mut found.clone(), part));
    if let Some(part) = lacks {
        return Some(part.clone());
    }
    for part in &wanted {
        take(&mut found, part);
    }
    found.into_iter().next()
}

/// Removes one such part; whether there was one.
fn take(parts: &mut Vec<String>, part: &str) -> bool {
    let index = parts.iter().position(|found| found == part);
    index.map(|index| parts.remove(index)).is_some()
}

/// What is the same in every language: code, and the targets of links.
fn fixed(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut block = String::new();
    for line in anchors::lines(text) {
        if line.code {
            block.push_str(line.text);
            block.push('\n');
            continue;
        }
        parts.extend((!block.is_empty()).then(|| std::mem::take(&mut block)));
        parts.extend(spans(line.text));
        let links = line.text.match_indices("](").filter_map(|(at, _)| {
            let target = line.text.cut(at + 2..);
            Some(target.cut(..target.find(')')?).to_owned())
        });
        parts.extend(links);
        let autolinks = line.text.match_indices("<http");
        parts.extend(autolinks.filter_map(|(at, _)| {
            let target = line.text.cut(at..);
            Some(target.cut(..=target.find('>')?).to_owned())
        }));
    }
    parts.extend((!block.is_empty()).then_some(block));
    parts
}

/// The code spans of a line, with their backticks.
fn spans(line: &str) -> Vec<String> {
    let mut spans = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let inner = rest.cut(start + 1..);
        let Some(end) = inner.find('`') else { break };
        spans.push(format!("`{}`", inner.cut(..end)));
        rest = inner.cut(end + 1..);
    }
    spans
}

/// What is wrong with the translations in one file.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}`: {}", self.text.name(), count(self.findings.len()))]
#[diagnostic(severity(Warning))]
pub struct Untranslated {
    #[source_code]
    text: NamedSource<String>,
    /// In the order of the file.
    #[related]
    findings: Vec<Shown>,
}

fn count(findings: usize) -> String {
    if findings == 1 {
        "a translation is wrong or missing".to_owned()
    } else {
        format!("{findings} translations are wrong or missing")
    }
}

/// A finding with its place.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(severity(Warning))]
struct Shown {
    message: String,
    #[help]
    help: String,
    #[label("here")]
    at: SourceSpan,
}

/// The findings of the language whose file is `name` with `text`, by the files that they point to.
/// `read` has the text of a source file.
#[must_use]
pub fn untranslated(
    findings: &[Gap],
    name: &str,
    text: &str,
    read: impl Fn(&str) -> String,
) -> Vec<Untranslated> {
    let mut by_file: BTreeMap<String, Vec<Shown>> = BTreeMap::new();
    for finding in findings {
        let key = serde_json::Value::from(finding.key.as_str()).to_string();
        let in_locale = text.find(&format!("{key}:")).map_or(0, |at| at + 1);
        let in_locale = SourceSpan::from((in_locale, finding.key.len().min(text.len())));
        let place = match (&finding.fault, &finding.place) {
            (Fault::Missing | Fault::Prose(_), Some((file, at))) => (file.clone(), *at),
            // Only prose has no source: it stands where it was translated.
            (Fault::Differs(_), Some((file, at))) if finding.source.is_empty() => {
                (file.clone(), *at)
            }
            (Fault::Label, _) => (name.to_owned(), (0, text.len().min(1)).into()),
            _ => (name.to_owned(), in_locale),
        };
        let (message, help) = finding.words(name);
        by_file.entry(place.0).or_default().push(Shown { message, help, at: place.1 });
    }
    let files = by_file.into_iter().map(|(file, mut findings)| {
        findings.sort_by_key(|finding| finding.at.offset());
        let source = if file == name { text.to_owned() } else { read(&file) };
        Untranslated { text: NamedSource::new(file, source), findings }
    });
    files.collect()
}

impl Gap {
    /// What is wrong, and the way out.
    fn words(&self, file: &str) -> (String, String) {
        let key = &self.key;
        let json = |text: &str| serde_json::Value::from(text).to_string();
        match &self.fault {
            Fault::Missing => (
                format!("the comment of `{key}` has no translation"),
                format!(
                    "add below `docs` of `{file}`: {}: {{ \"source\": {}, \"text\": \"...\" }}",
                    json(key),
                    json(&self.source)
                ),
            ),
            Fault::Stale => (
                format!("the comment of `{key}` has changed since it was translated"),
                format!("translate it again, and write its `source`: {}", json(&self.source)),
            ),
            Fault::Unused => (
                format!("nothing on the page is called `{key}`"),
                "remove the entry, or move it to the new name".to_owned(),
            ),
            Fault::Label => (
                format!("the label `{key}` has no translation"),
                format!("add below `labels` of `{file}`: {}: \"...\"", json(key)),
            ),
            Fault::Differs(part) => (
                format!(
                    "the translation of `{key}` and its source do not both have {}",
                    part.trim()
                ),
                "code, links and tags are the same in every language".to_owned(),
            ),
            Fault::Prose(hash) => (
                format!("the English section `#{key}` has changed since it was translated"),
                format!(
                    "translate it again, then write below `prose` of `{file}`: {}: \"{hash}\"",
                    json(key)
                ),
            ),
        }
    }
}
