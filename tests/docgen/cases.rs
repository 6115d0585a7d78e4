//! What both tools document: published plugins, our own fixtures and declarations out of a grammar,
//! each as it is and in the forms that other authors give to the same text.

use std::{
    fs,
    path::{Path, PathBuf},
};

use background_runner_tests::root;
use serde_json::{Value, json};
use walkdir::WalkDir;

use super::{README, grammar, hash};

/// A folder with one input of both tools.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) api: String,
    pub(crate) folder: PathBuf,
}

impl Case {
    /// Whether the original has written its files for it.
    pub(crate) fn is_complete(&self) -> bool {
        self.folder.join("complete").exists()
    }

    /// Whether Prettier has yet to write its files.
    pub(crate) fn is_raw(&self) -> bool {
        self.folder.join("prettier.json").exists() && !self.folder.join("formatted").exists()
    }
}

/// How the text of a case is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Original,
    /// As Prettier writes it without semicolons.
    WithoutSemicolons,
    /// As Prettier writes it with tabs, double quotes, carriage returns and short lines.
    TabsAndReturns,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Self::Original => "",
            Self::WithoutSemicolons => ", without semicolons",
            Self::TabsAndReturns => ", tabs and returns",
        }
    }

    fn options(self) -> Value {
        match self {
            Self::Original => Value::Null,
            Self::WithoutSemicolons => json!({ "semi": false, "singleQuote": true }),
            Self::TabsAndReturns => {
                json!({ "useTabs": true, "endOfLine": "crlf", "printWidth": 40 })
            }
        }
    }
}

/// Names and texts.
type Files = Vec<(String, String)>;

/// One input, before it has a form.
struct Source {
    name: String,
    api: String,
    /// The file that the program starts from, as seen from the folder of the case.
    entry: String,
    files: Files,
    /// A package whose declarations are among the files, in the folder `plugin`.
    package: Option<(String, String)>,
}

/// Every case in its own folder, which holds its input and is named after it: what the original made
/// of the same input before is still there. Of the other forms, all where `all`, else a part of them.
pub(crate) fn cases(workshop: &Path, all: bool) -> Vec<Case> {
    let sources = sources();
    let mut cases: Vec<_> =
        sources.iter().map(|source| case(workshop, source, Form::Original)).collect();
    for form in [Form::WithoutSemicolons, Form::TabsAndReturns] {
        // The generated ones have nothing that the fixtures do not have.
        let wanted = sources.iter().enumerate();
        let wanted = wanted.filter(|(index, source)| {
            all || source.package.is_none() && !source.name.starts_with("generated")
                || source.package.is_some() && index % 8 == form as usize
        });
        cases.extend(wanted.map(|(_, source)| case(workshop, source, form)));
    }
    cases
}

fn sources() -> Vec<Source> {
    let published = table("plugins.tsv").into_iter().map(|row| Source {
        name: row[0].clone(),
        api: row[3].clone(),
        entry: row[2].clone(),
        files: Vec::new(),
        package: Some((row[0].clone(), row[1].clone())),
    });
    let ours = |(name, entry, files)| Source {
        name,
        api: "ShapesPlugin".to_owned(),
        entry,
        files,
        package: None,
    };
    let generated = (1..=generated_files()).map(|seed| {
        let name = format!("generated{seed}.ts");
        (name.clone(), name.clone(), vec![(name, grammar::definitions(seed))])
    });
    published.chain(fixtures().into_iter().chain(generated).map(ours)).collect()
}

/// How many files come out of the grammar: `BACKGROUND_RUNNER_GRAMMAR_SEEDS`.
fn generated_files() -> u64 {
    let wanted = std::env::var("BACKGROUND_RUNNER_GRAMMAR_SEEDS").ok();
    wanted.and_then(|wanted| wanted.parse().ok()).unwrap_or(12)
}

fn case(workshop: &Path, source: &Source, form: Form) -> Case {
    let name = format!("{}{}", source.name, form.name());
    let entry = match &source.package {
        Some((package, _)) if form == Form::Original => {
            format!("../../node_modules/{package}/{}", source.entry)
        }
        Some(_) => format!("plugin/{}", source.entry),
        None => source.entry.clone(),
    };
    let mut files = head(&name, &source.api, &entry);
    if form == Form::Original {
        // What is installed is not written: the name stands for its text.
        files.extend(source.package.as_ref().map(|_| (entry.clone(), String::new())));
    } else {
        files.push(("prettier.json".to_owned(), form.options().to_string()));
    }
    files.extend_from_slice(&source.files);
    let package = source.package.as_ref().filter(|_| form != Form::Original);
    let key = package.map_or_else(|| hash(&files), |package| hash(&(&files, package)));
    let folder = name.replace('/', "+").replace(", ", "-").replace(' ', "-");
    let folder = workshop.join("cases").join(format!("{folder}-{key:016x}"));
    let case = Case { name, api: source.api.clone(), folder };
    if !case.is_complete() {
        if let Some((package, _)) = package {
            files.extend(declarations(&workshop.join("node_modules").join(package)));
        }
        write(&case.folder, &files);
    }
    case
}

/// What every case has beside its declarations.
fn head(name: &str, api: &str, entry: &str) -> Files {
    let options = json!({ "strict": true, "target": "es2017", "lib": ["dom", "es2017"] });
    vec![
        (
            "tsconfig.json".to_owned(),
            json!({ "compilerOptions": options, "files": [entry] }).to_string(),
        ),
        ("case.json".to_owned(), json!({ "api": api, "npmName": name }).to_string()),
        ("expected.md".to_owned(), README.to_owned()),
    ]
}

fn write(folder: &Path, files: &Files) {
    // Half a folder may be left of a run that was stopped.
    let _ = fs::remove_file(folder.join("formatted"));
    for (file, text) in files.iter().filter(|(file, _)| !file.starts_with("..")) {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().expect("it is in the folder"))
            .expect("the cache folder can be written");
        fs::write(path, text).expect("the cache folder can be written");
    }
}

/// The declarations of an installed package.
fn declarations(package: &Path) -> Files {
    let own = WalkDir::new(package).sort_by_file_name().into_iter();
    let own = own.filter_entry(|entry| entry.file_name() != "node_modules").flatten();
    let own = own.filter(|entry| entry.file_name().to_string_lossy().ends_with(".d.ts"));
    let files = own.map(|entry| {
        let inner = entry.path().strip_prefix(package).expect("it is in the package");
        let text = fs::read_to_string(entry.path()).expect("it is a text");
        (format!("plugin/{}", inner.display()), text)
    });
    files.collect()
}

/// Our own cases: each a file, or a folder with an `index.ts`, as (name, entry, files). What stands
/// in comments and between tokens is tried with tabs and carriage returns too.
fn fixtures() -> Vec<(String, String, Files)> {
    let mut cases = Vec::new();
    for name in names(&data("fixtures")) {
        let path = data("fixtures").join(&name);
        if path.is_dir() {
            let files = names(&path).into_iter().map(|file| {
                (file.clone(), fs::read_to_string(path.join(file)).expect("it is a text"))
            });
            cases.push((name, "index.ts".to_owned(), files.collect()));
            continue;
        }
        let text = fs::read_to_string(&path).expect("it is a text");
        if ["config.ts", "jsdoc.ts", "members.ts", "shapes.ts"].contains(&name.as_str()) {
            let dos = vec![(name.clone(), with_tabs_and_returns(&text))];
            cases.push((format!("{name}, tabs and carriage returns"), name.clone(), dos));
        }
        cases.push((name.clone(), name.clone(), vec![(name, text)]));
    }
    cases
}

/// The files below a folder of fixtures, and the folders that have an `index.ts` of their own.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("it is in the repository").flatten();
    let mut names: Vec<String> = Vec::new();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && folder != data("fixtures") {
            names.extend(self::names(&entry.path()).iter().map(|inner| format!("{name}/{inner}")));
        } else {
            names.push(name);
        }
    }
    names.sort();
    names
}

fn with_tabs_and_returns(text: &str) -> String {
    text.lines()
        .map(|line| {
            let rest = line.trim_start_matches(' ');
            format!("{}{rest}\r\n", "\t".repeat((line.len() - rest.len()) / 2))
        })
        .collect()
}

pub(crate) fn data(name: &str) -> PathBuf {
    root().join("tests/docgen").join(name)
}

/// The rows of a list, without its comments.
pub(crate) fn table(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(data(name)).expect("it is in the repository");
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|row| row.split('\t').map(str::to_owned).collect()).collect()
}
