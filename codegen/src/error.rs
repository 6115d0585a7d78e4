//! Every message about a schema that cannot be generated from.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

/// Why nothing was generated: all complaints about all files.
#[derive(Debug, Error, Diagnostic)]
#[error("the schema has {}", count(self.complaints().count()))]
pub struct SchemaError {
    /// The files that have faults, in the order they are read.
    #[related]
    pub files: Vec<FileError>,
}

impl SchemaError {
    /// Every complaint with the name of its file.
    pub fn complaints(&self) -> impl Iterator<Item = (&str, &Complaint)> {
        self.files
            .iter()
            .flat_map(|file| file.complaints.iter().map(|complaint| (file.text.name(), complaint)))
    }
}

impl SchemaError {
    /// The same, where there is one file, which the user knows as `file`.
    pub(crate) fn shown_in(mut self, file: &str) -> Self {
        for part in &mut self.files {
            part.text = NamedSource::new(file, Arc::clone(part.text.inner()));
        }
        self
    }
}

/// What is wrong with one file.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` has {}", self.text.name(), count(self.complaints.len()))]
pub struct FileError {
    #[source_code]
    text: NamedSource<Arc<str>>,
    /// In source order.
    #[related]
    pub complaints: Vec<Complaint>,
}

fn count(complaints: usize) -> String {
    if complaints == 1 { "a fault".to_owned() } else { format!("{complaints} faults") }
}

/// One reason why the schema cannot be generated from.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[expect(missing_docs, reason = "the messages say what each is")]
pub enum Complaint {
    #[error("{message}")]
    Syntax {
        message: String,
        #[label("here")]
        at: SourceSpan,
    },
    #[error("the schema has no file `{name}`")]
    #[diagnostic(help(
        "a schema is `plugin.json`, `definitions.ts`, `apis.ts` and `config.schema.json`"
    ))]
    MissingFile { name: String },
    #[error("`{file}` declares no interface `{name}`")]
    #[diagnostic(help("declare it: its methods are what the app can call"))]
    MissingPlugin { file: &'static str, name: String },
    #[error("`{found}` cannot cross to the host")]
    #[diagnostic(help("{instead}"))]
    UnsupportedType {
        found: String,
        instead: &'static str,
        #[label("used here")]
        at: SourceSpan,
    },
    #[error("there is no type `{name}`")]
    #[diagnostic(help("{}", way_out(nearest.as_deref())))]
    UnknownType {
        name: String,
        nearest: Option<String>,
        #[label("used here")]
        at: SourceSpan,
    },
    #[error("{what} cannot be generated from")]
    #[diagnostic(help("{instead}"))]
    Unsupported {
        what: String,
        instead: &'static str,
        #[label("written here")]
        at: SourceSpan,
    },
    #[error("the {what} `{name}` is declared twice")]
    #[diagnostic(help("remove or rename one of them: names must differ in more than their case"))]
    Duplicate {
        what: &'static str,
        name: String,
        #[label("again here")]
        at: SourceSpan,
        #[label("first here")]
        first: Option<SourceSpan>,
    },
    #[error("the {what} `{name}` has no type")]
    #[diagnostic(help("{instead}"))]
    Untyped {
        what: &'static str,
        name: String,
        instead: &'static str,
        #[label("needs a type")]
        at: SourceSpan,
    },
    #[error("the method `{name}` has no return type")]
    #[diagnostic(help("write `: void` if it returns nothing"))]
    NoReturnType {
        name: String,
        #[label("needs a return type")]
        at: SourceSpan,
    },
    #[error("the method `{name}` does not return a promise")]
    #[diagnostic(help("the app calls it across the bridge, so it must return `Promise<...>`"))]
    NotAsync {
        name: String,
        #[label("returns at once")]
        at: SourceSpan,
    },
    #[error("the method `{name}` cannot be called across the bridge")]
    #[diagnostic(help("the bridge carries one object each way: {instead}"))]
    NotBridgeable {
        name: String,
        instead: &'static str,
        #[label("declared here")]
        at: SourceSpan,
    },
    #[error("`{name}` contains itself")]
    #[diagnostic(help("let it hold an array of itself, or a record: `{name}[]`"))]
    Recursive {
        name: String,
        #[label("never ends")]
        at: SourceSpan,
    },
    #[error("`{name}` is a device API, not a value")]
    #[diagnostic(help(
        "an interface of `apis.ts` that has methods is a global of the runner; values have properties only"
    ))]
    ApiAsValue {
        name: String,
        #[label("used here")]
        at: SourceSpan,
    },
    #[error("there is no {what} `{name}`")]
    #[diagnostic(help("use one of {known}"))]
    UnknownTag {
        what: &'static str,
        name: String,
        known: String,
        #[label("named here")]
        at: SourceSpan,
    },
    #[error("`{name}` cannot be a name in Swift, Kotlin and Rust")]
    #[diagnostic(help("start with a letter, and go on with letters, digits and `_`"))]
    BadName {
        name: String,
        #[label("named here")]
        at: SourceSpan,
    },
    #[error("`{key}` of `plugin.json` is `{found}`")]
    #[diagnostic(help("{expected}"))]
    BadPlugin { key: &'static str, found: String, expected: String },
}

fn way_out(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "declare it in the schema, or use a primitive, an array or an interface".to_owned(),
        |nearest| format!("did you mean `{nearest}`?"),
    )
}

impl Complaint {
    /// Where it points, if it points anywhere.
    #[must_use]
    pub fn at(&self) -> Option<SourceSpan> {
        Diagnostic::labels(self)?.next().map(|label| *label.inner())
    }
}

/// Collects complaints, file by file.
#[derive(Debug, Default)]
pub(crate) struct Complaints {
    by_file: BTreeMap<String, Vec<Complaint>>,
    /// What was said where: nothing is said twice.
    said: HashSet<(String, Option<usize>, String)>,
}

impl Complaints {
    /// Adds one about a file of the schema.
    pub(crate) fn add(&mut self, file: &str, complaint: Complaint) {
        let place = complaint.at().map(|at| at.offset());
        if self.said.insert((file.to_owned(), place, complaint.to_string())) {
            self.by_file.entry(file.to_owned()).or_default().push(complaint);
        }
    }

    /// Nothing, or everything that was complained about: first the files in `order`, then the
    /// others. `text` has the text of each file.
    pub(crate) fn into_result(
        mut self,
        order: &[&str],
        text: impl Fn(&str) -> String,
    ) -> Result<(), SchemaError> {
        if self.by_file.is_empty() {
            return Ok(());
        }
        let first: Vec<_> =
            order.iter().filter_map(|name| self.by_file.remove_entry(*name)).collect();
        let files = first.into_iter().chain(self.by_file).map(|(name, mut complaints)| {
            complaints.sort_by_key(|complaint| complaint.at().map(|at| at.offset()));
            let text = NamedSource::new(&name, Arc::from(text(&name)));
            FileError { text, complaints }
        });
        Err(SchemaError { files: files.collect() })
    }
}
