//! Joins the files of each module into one function: `(native, primordials, load) => exports`.
//!
//! A module of ours is a file in `src/web/`, or a folder with an `index.js`. Its files are modules of
//! the language, so that each says what it takes from others. What it imports from a file beside it
//! (`'./readable.js'`) is in the same function in the end, and costs nothing; what it imports from a
//! name (`'base'`) is what that module exports, `'primordials'` and `'native'` are what every module is
//! given. Files run in the order of the language: what a file imports comes before it.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io, mem};

/// A name in a file, and what it is called outside.
type Name = (String, String);

/// One file.
struct File {
    path: String,
    imports: Vec<Import>,
    exports: Vec<Name>,
    body: String,
}

/// What a file takes from another one, or from a module.
struct Import {
    from: String,
    names: Names,
}

enum Names {
    /// What it is called there, and here.
    Some(Vec<Name>),
    /// All of it, as an object.
    All(String),
}

/// The files of one module, by name; the first to run is `index.js`, or the only one.
type Files = BTreeMap<String, File>;

/// Each module in the folder, as one function.
pub(crate) fn read(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut modules = BTreeMap::new();
    let mut functions = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_stem().and_then(|name| name.to_str()).map(str::to_owned) else {
            continue;
        };
        if name == "primordials" {
            // It runs where no module does (see js.rs).
            functions.push((name, fs::read_to_string(path)?));
        } else if path.join("index.js").exists() {
            modules.insert(name, files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "js") {
            modules.insert(name, Files::from([("index.js".to_owned(), File::read(&path)?)]));
        }
    }
    for (name, files) in &modules {
        functions.push((name.clone(), Join::of(files, &modules)?));
    }
    Ok(functions)
}

/// The files of a folder.
fn files(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "js") {
            let name = path.file_name().unwrap_or_default().display().to_string();
            files.insert(name, File::read(&path)?);
        }
    }
    Ok(files)
}

impl File {
    fn read(path: &Path) -> io::Result<Self> {
        let mut file = Self {
            path: path.display().to_string(),
            imports: Vec::new(),
            exports: Vec::new(),
            body: String::new(),
        };
        let text = fs::read_to_string(path)?;
        let mut statement = String::new();
        for line in text.lines() {
            let begins = line.starts_with("import ") || line.starts_with("export {");
            if begins || !statement.is_empty() {
                statement += line;
                if line.ends_with(';') {
                    file.statement(mem::take(&mut statement).trim_end_matches(';'))?;
                }
                continue;
            }
            let code = line.strip_prefix("export ").unwrap_or(line);
            if code.len() < line.len() {
                let name = declared(code).ok_or_else(|| file.error(line))?;
                file.exports.push((name.clone(), name));
            }
            file.body += code;
            file.body.push('\n');
        }
        if statement.is_empty() { Ok(file) } else { Err(file.error(&statement)) }
    }

    /// `import … from '…'`, `export { … }` or `export { … } from '…'`.
    fn statement(&mut self, text: &str) -> io::Result<()> {
        let wrong = || io::Error::other(format!("{}: `{text}` is not understood", self.path));
        let (what, from) = match text.split_once(" from '") {
            Some((what, from)) => (what, Some(from.strip_suffix('\'').ok_or_else(wrong)?)),
            None => (text, None),
        };
        let (keyword, what) = what.split_once(' ').ok_or_else(wrong)?;
        let names = names(what).ok_or_else(wrong)?;
        if keyword == "export" {
            let Names::Some(names) = &names else { return Err(wrong()) };
            self.exports.extend(names.iter().cloned());
        }
        let Some(from) = from else { return Ok(()) };
        // What is passed on is imported by its own name.
        let own = |name: &Name| (name.0.clone(), name.0.clone());
        let names = match names {
            Names::Some(names) if keyword == "export" => {
                Names::Some(names.iter().map(own).collect())
            }
            names => names,
        };
        self.imports.push(Import { from: from.to_owned(), names });
        Ok(())
    }

    fn error(&self, line: &str) -> io::Error {
        io::Error::other(format!("{}: `{line}` is not understood", self.path))
    }

    fn has(&self, name: &str) -> bool {
        self.exports.iter().any(|(_, outside)| outside == name)
    }
}

/// The name that a statement declares.
fn declared(code: &str) -> Option<String> {
    let (_, rest) = code.split_once(' ')?;
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_')?;
    (end > 0).then(|| rest[..end].to_owned())
}

/// `{ a, b as c }` or `* as a`.
fn names(text: &str) -> Option<Names> {
    if let Some(all) = text.strip_prefix("* as ") {
        return Some(Names::All(all.to_owned()));
    }
    let list = text.trim().strip_prefix('{')?.strip_suffix('}')?.split(',');
    let list = list.map(str::trim).filter(|name| !name.is_empty());
    Some(Names::Some(list.map(renamed).collect()))
}

fn renamed(text: &str) -> Name {
    let (first, second) = text.split_once(" as ").unwrap_or((text, text));
    (first.to_owned(), second.to_owned())
}

/// The files of a module on their way into one function.
struct Join<'a> {
    files: &'a Files,
    modules: &'a BTreeMap<String, Files>,
    /// Those that have their place.
    placed: Vec<&'a str>,
    /// What is taken from other modules, each name once.
    taken: BTreeMap<&'a str, Vec<&'a Name>>,
    /// Modules that are taken as a whole, by their name here.
    whole: BTreeMap<&'a str, &'a str>,
    body: String,
}

impl<'a> Join<'a> {
    fn of(files: &'a Files, modules: &'a BTreeMap<String, Files>) -> io::Result<String> {
        let (placed, body) = (Vec::new(), String::new());
        let (taken, whole) = (BTreeMap::new(), BTreeMap::new());
        let mut join = Self { files, modules, placed, taken, whole, body };
        let index = join.place("index.js", "index.js")?;
        if let Some(forgotten) = files.keys().find(|name| !join.placed.contains(&name.as_str())) {
            return Err(io::Error::other(format!(
                "nothing imports `{forgotten}` of {}",
                index.path
            )));
        }
        Ok(join.function(&index.exports))
    }

    /// Puts a file behind what it imports.
    fn place(&mut self, name: &'a str, importer: &str) -> io::Result<&'a File> {
        let file = self.files.get(name).ok_or_else(|| missing(importer, name))?;
        if self.placed.contains(&name) {
            return Ok(file);
        }
        self.placed.push(name);
        for import in &file.imports {
            let source = match import.from.strip_prefix("./") {
                Some(beside) => Some(self.place(beside, &file.path)?),
                None => self.take(import, &file.path)?,
            };
            if let (Names::Some(names), Some(source)) = (&import.names, source)
                && let Some((name, _)) = names.iter().find(|(name, _)| !source.has(name))
            {
                return Err(missing(&file.path, &format!("{}: {name}", import.from)));
            }
        }
        self.body += &file.body;
        Ok(file)
    }

    /// Notes what is taken from another module, and gives the file that exports it.
    fn take(&mut self, import: &'a Import, importer: &str) -> io::Result<Option<&'a File>> {
        let from = import.from.as_str();
        match &import.names {
            Names::All(name) => drop(self.whole.insert(name, from)),
            Names::Some(names) => {
                let taken = self.taken.entry(from).or_default();
                for name in names {
                    if !taken.contains(&name) {
                        taken.push(name);
                    }
                }
            }
        }
        if matches!(from, "native" | "primordials") {
            return Ok(None);
        }
        let module = self.modules.get(from).and_then(|files| files.get("index.js"));
        module.map(Some).ok_or_else(|| missing(importer, from))
    }

    fn function(&self, exports: &[Name]) -> String {
        let mut text = "(native, primordials, load) => {\n".to_owned();
        for (from, names) in &self.taken {
            let source = source(from);
            text += &format!("const {{ {} }} = {source};\n", listed(names.iter().copied()));
        }
        for (name, from) in &self.whole {
            text += &format!("const {name} = {};\n", source(from));
        }
        let exports: Vec<Name> =
            exports.iter().map(|(own, name)| (name.clone(), own.clone())).collect();
        let exports = listed(&exports);
        text + &format!("{}return {{ __proto__: null, {exports} }};\n}}\n", self.body)
    }
}

/// Where a function finds what it takes from a module.
fn source(module: &str) -> String {
    match module {
        "native" | "primordials" => module.to_owned(),
        module => format!("load('{module}')"),
    }
}

/// `a, b: c`
fn listed<'a>(names: impl IntoIterator<Item = &'a Name>) -> String {
    let one = |(first, second): &Name| {
        if first == second { first.clone() } else { format!("{first}: {second}") }
    };
    names.into_iter().map(one).collect::<Vec<_>>().join(", ")
}

fn missing(importer: &str, name: &str) -> io::Error {
    io::Error::other(format!("{importer} imports `{name}`, which is not there"))
}
