//! What is wrong with a project or a README before anything is written: each with its place and the
//! way out.

use std::ops::Range;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use super::{clean::anchors, program::Program, scan::ChunkKind};
use crate::cut::Cut as _;
use crate::error::nearest;

/// Why a page cannot be written.
#[derive(Debug)]
pub enum Failure {
    /// A sentence or two.
    Said(String),
    /// With a place in a file.
    Placed(Box<Mistake>),
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Said(message)
    }
}

impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        Self::Said(message.to_owned())
    }
}

impl From<Mistake> for Failure {
    fn from(mistake: Mistake) -> Self {
        Self::Placed(Box::new(mistake))
    }
}

/// One thing that is wrong in a file.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
pub struct Mistake {
    message: String,
    #[source_code]
    text: NamedSource<String>,
    #[label("here")]
    at: SourceSpan,
    #[help]
    help: String,
}

impl Mistake {
    fn new((file, text): (&str, &str), at: Range<usize>, message: &str, help: &str) -> Self {
        Self {
            message: message.to_owned(),
            text: NamedSource::new(file, text.to_owned()),
            at: SourceSpan::from((at.start, at.len())),
            help: help.to_owned(),
        }
    }

    /// What is no JSON in a file. The error's place is one in `text`.
    #[must_use]
    pub fn json(file: &str, text: &str, error: &serde_json::Error) -> Self {
        let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
        let at = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
        let at = at.min(text.trim_end().len().saturating_sub(1));
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or_default();
        let message = format!("`{file}` is no JSON: {said}");
        Self::new((file, text), at..(at + 1).min(text.len()), &message, "mend what stands there")
    }

    /// The first place in a file that is no UTF-8; `None` when all of it is.
    #[must_use]
    pub fn encoding(file: &str, bytes: &[u8]) -> Option<Self> {
        let at = std::str::from_utf8(bytes).err()?.valid_up_to();
        let text = String::from_utf8_lossy(bytes);
        let end = at + char::REPLACEMENT_CHARACTER.len_utf8();
        let message = format!("`{file}` is not UTF-8");
        let help = "save the file in the encoding UTF-8";
        Some(Self::new((file, &text), at..end.min(text.len()), &message, help))
    }

    /// A file that a project lists, and that cannot be read.
    #[must_use]
    pub fn listed(project: &str, text: &str, file: &str) -> Self {
        let name = file.rsplit('/').next().unwrap_or(file);
        let message = format!("`{project}` lists `{file}`, which is no file that can be read");
        let start = text.find(name).unwrap_or(0);
        let end = if text.cut(start..).starts_with(name) { start + name.len() } else { start };
        Self::new((project, text), start..end, &message, "mend the path, or leave it out")
    }
}

/// What is wrong with the markers of a README.
#[derive(Debug)]
pub struct MarkerMistake {
    /// The place and the way out.
    pub mistake: Mistake,
    /// Whether the README would be damaged; else that section is left as it is.
    pub fatal: bool,
}

/// The first marker of a README that has no end, or no start. `clean` is the mode: it leaves markers
/// in code alone, and takes each of them for a mistake.
#[must_use]
pub fn marker_mistake(
    file: &str,
    readme: &str,
    clean: bool,
    device: bool,
) -> Option<MarkerMistake> {
    let names = ["docgen-index", "docgen-config", "docgen-api", "capacitor-api-docs"];
    let names = names.into_iter().filter(|name| *name != "capacitor-api-docs" || clean && device);
    for name in names {
        let (open, close) = (format!("<{name}"), format!("</{name}>"));
        let starts = place(readme, &open, 0, clean);
        let after = starts.map_or(0, |at| at + open.len());
        let ends = place(readme, &close, if clean { after } else { 0 }, clean);
        let mistake = |at: usize, length: usize, message: &str, help: &str| {
            Some(Mistake::new((file, readme), at..at + length, message, help))
        };
        let (found, fatal) = match (starts, ends) {
            (Some(start), None) => {
                let message = format!("`<{name}>` has no end");
                let help = format!("write `{close}` on the line behind it");
                (mistake(start, open.len(), &message, &help), clean)
            }
            (Some(start), Some(end)) if end < start => {
                let message = format!("`{close}` stands in front of `<{name}>`");
                (mistake(end, close.len(), &message, "write the start first"), true)
            }
            (None, Some(end)) => {
                let message = format!("`{close}` has no start");
                let help = format!("write `<{name}>` on the line in front of it");
                (mistake(end, close.len(), &message, &help), clean)
            }
            _ => continue,
        };
        return found.map(|mistake| MarkerMistake { mistake, fatal });
    }
    None
}

/// Where a marker stands; in clean mode outside of code.
fn place(readme: &str, marker: &str, from: usize, clean: bool) -> Option<usize> {
    if !clean {
        return readme.find(marker);
    }
    let mut lines = anchors::lines(readme).filter(|line| !line.code);
    lines.find_map(|line| {
        let at = line.text.find(marker)?;
        let is_code = line.text.cut(..at).contains('`');
        (!is_code && line.start + at >= from).then_some(line.start + at)
    })
}

/// Whether a README has a place for anything.
#[must_use]
pub fn has_markers(readme: &str) -> bool {
    let names = ["<docgen-index", "<docgen-config", "<docgen-api", "<capacitor-api-docs"];
    names.iter().any(|name| readme.contains(name))
}

/// That no file declares the interface `name`, and what may have been meant.
#[must_use]
pub fn missing_interface(program: &Program, name: &str) -> String {
    let known: Vec<&str> = super::clean::interfaces(program).collect();
    let way_out = match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if known.is_empty() => {
            "its files declare no interface at all: see `files` and `include` of its tsconfig.json"
                .to_owned()
        }
        None => {
            let some: Vec<_> = known.iter().take(5).map(|name| format!("`{name}`")).collect();
            let more = if known.len() > some.len() { ", ..." } else { "" };
            format!("there are {}{more}", some.join(", "))
        }
    };
    format!("no file of the project declares an interface `{name}`; {way_out}")
}

/// Another file of the project that declares the interface `name`: the page is about the first one.
#[must_use]
pub fn second_declaration(program: &Program, name: &str) -> Option<Mistake> {
    let own = program.files.iter().filter(|file| !file.path.contains("/node_modules/"));
    let mut places = own.filter_map(|file| {
        let mut chunks = file.outline.chunks.iter();
        let found =
            chunks.find(|chunk| chunk.kind == ChunkKind::Interface && chunk.name == name)?;
        Some((file, found.range.clone()))
    });
    let ((first, _), (second, range)) = (places.next()?, places.next()?);
    let whole = second.text.cut(range.clone());
    let start = range.start + whole.find(name).unwrap_or(0);
    let message = format!("two files declare `{name}`: the page is about that of `{}`", first.path);
    let help = "rename one, or keep one of the files out of tsconfig.json";
    let at = start..start + name.len();
    Some(Mistake::new((&second.path, &second.text), at, &message, help))
}

/// The plugin's own files whose text may not be what is on the disk: something in it was no UTF-8.
pub fn doubtful(program: &Program) -> impl Iterator<Item = &str> {
    let own = program.files.iter().filter(|file| !file.path.contains("/node_modules/"));
    let doubtful = own.filter(|file| file.text.contains(char::REPLACEMENT_CHARACTER));
    doubtful.map(|file| file.path.as_str())
}
