//! `background-runner docgen`: README sections and `docs.json` of a plugin.
//!
//! Flags, messages and exit codes are those of the tool that it replaces: 1 on any error. So is the
//! page, unless `--mode clean` asks for one that is made for readers.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use codegen::docgen::{self, Disk, Entry, Page, Program};

/// Writes the API documentation of a Capacitor plugin into its README.
#[derive(Args)]
pub(crate) struct Docgen {
    /// The name of the plugin's interface.
    #[arg(long, short)]
    api: Option<String>,
    /// The README whose `<docgen-index>`, `<docgen-config>` and `<docgen-api>` sections are written.
    #[arg(long, short = 'r', value_name = "FILE")]
    output_readme: Option<PathBuf>,
    /// The JSON file that is written.
    #[arg(long, short = 'j', value_name = "FILE")]
    output_json: Option<PathBuf>,
    /// The tsconfig.json; by default the nearest one from here upwards.
    #[arg(long, short, value_name = "TSCONFIG")]
    project: Option<PathBuf>,
    /// How the README is written.
    #[arg(long, value_enum, default_value_t = Mode::Compatible)]
    mode: Mode,
    /// Clean mode: the interface whose properties are a script's globals, for
    /// `<capacitor-api-docs>`.
    #[arg(long, value_name = "NAME")]
    device_api: Option<String>,
    /// Prints nothing.
    #[arg(long, short)]
    silent: bool,
    /// Writes nothing: prints what would change as a diff, and exits with 1 if anything would.
    #[arg(long)]
    check: bool,
}

/// What a README is written for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Byte for byte what the original tool writes.
    Compatible,
    /// For readers: bases, optional and deprecated members, platforms, code as written, no types of
    /// libraries, and all of tsconfig.json.
    Clean,
}

impl Docgen {
    pub(crate) fn run(&self) -> ExitCode {
        match self.generate() {
            Ok(code) => code,
            Err(message) => {
                if !self.silent {
                    eprintln!("\n❌ DocGen Error: {message}\n");
                }
                ExitCode::FAILURE
            }
        }
    }

    fn generate(&self) -> Result<ExitCode, String> {
        let api = self
            .api
            .as_deref()
            .filter(|api| !api.is_empty())
            .ok_or("Please provide the primary interface name using the \"--api\" arg")?;
        let cwd = std::env::current_dir().map_err(|error| error.to_string())?;
        let tsconfig = self.tsconfig(&cwd).ok_or(
            "Unable to find project's tsconfig.json file. Use the \"--project\" arg to specify the exact path.",
        )?;
        if self.output_json.is_none() && self.output_readme.is_none() {
            return Err("Please provide an output path with either \"--output-readme\" or \"--output-json\" args, or both.".to_owned());
        }
        let clean = self.mode == Mode::Clean;
        let mut project = docgen::project(&Local, &slashed(&tsconfig), clean)?;
        if clean && self.output_json.is_none() {
            // The types of libraries have no place on the page.
            project.options.no_default_lib = true;
            project.options.libs.clear();
        }
        let program = Program::load(&Local, &project.roots, project.options, &slashed(&cwd));
        if !self.silent {
            for errors in program.syntax_errors() {
                eprintln!("{:?}", miette::Report::new(errors));
            }
        }
        let mut outputs = Vec::new();
        let data = (!clean || self.output_json.is_some()).then(|| docgen::describe(&program, api));
        if let (Some(path), Some(data)) = (&self.output_json, &data) {
            outputs.push((cwd.join(path), data.to_json()));
        }
        if let Some(path) = &self.output_readme {
            let path = cwd.join(path);
            let text = fs::read_to_string(&path).map_err(|_| format!("Unable to read: \"{}\".\n\nIf this is the correct path, please create the file first, then run again.", path.display()))?;
            let text = match data.filter(|_| !clean) {
                None => self.clean(&program, api, &text, &path)?,
                Some(data) if data.api.is_none() => {
                    self.write(&outputs)?;
                    return Err("Missing data".to_owned());
                }
                Some(data) => {
                    let package = std::env::var("npm_package_name").ok();
                    docgen::compatible(&text, &data, package.as_deref())
                }
            };
            outputs.push((path, text));
        }
        if self.check {
            return Ok(check(&outputs));
        }
        self.write(&outputs)?;
        Ok(ExitCode::SUCCESS)
    }

    /// The README at `path`, written for readers.
    fn clean(
        &self,
        program: &Program,
        api: &str,
        text: &str,
        path: &Path,
    ) -> Result<String, String> {
        let package = package_name(path);
        let page = Page {
            api,
            device: self.device_api.as_deref(),
            package: package.as_deref(),
            ..Page::default()
        };
        docgen::clean(program, text, page)
    }

    fn tsconfig(&self, cwd: &Path) -> Option<PathBuf> {
        match &self.project {
            Some(path) => Some(cwd.join(path)),
            None => cwd
                .ancestors()
                .map(|folder| folder.join("tsconfig.json"))
                .find(|path| path.exists()),
        }
    }

    fn write(&self, outputs: &[(PathBuf, String)]) -> Result<(), String> {
        for (path, text) in outputs {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(|error| error.to_string())?;
            }
            fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        if !self.silent && !outputs.is_empty() {
            println!();
            for (path, _) in outputs {
                println!("✔️ DocGen Output: {}", path.display());
            }
            println!();
        }
        Ok(())
    }
}

/// Prints what is stale.
fn check(outputs: &[(PathBuf, String)]) -> ExitCode {
    let mut stale = false;
    for (path, text) in outputs {
        let old = fs::read_to_string(path).unwrap_or_default();
        if old != *text {
            stale = true;
            let name = path.display().to_string();
            print!("{}", codegen::docgen::unified_diff(&name, &old, text));
        }
    }
    if stale { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The name in the nearest `package.json`, from a file upwards.
fn package_name(path: &Path) -> Option<String> {
    let folders = path.ancestors().skip(1);
    let text = folders.map(|folder| folder.join("package.json")).find(|path| path.is_file())?;
    let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(text).ok()?).ok()?;
    Some(json.get("name")?.as_str()?.to_owned())
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The disk of this machine.
struct Local;

impl Disk for Local {
    fn read(&self, path: &str) -> Option<String> {
        let text = String::from_utf8(fs::read(path).ok()?);
        Some(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    fn entries(&self, path: &str) -> Option<Vec<Entry>> {
        let Ok(entries) = fs::read_dir(path) else { return Some(Vec::new()) };
        let entry = |entry: fs::DirEntry| {
            let kind = entry.file_type().ok()?;
            Some(Entry {
                name: entry.file_name().to_string_lossy().into_owned(),
                is_folder: kind.is_dir() || kind.is_symlink() && entry.path().is_dir(),
                is_link: kind.is_symlink(),
            })
        };
        Some(entries.flatten().filter_map(entry).collect())
    }

    fn is_file(&self, path: &str) -> bool {
        Path::new(path).is_file()
    }

    fn folders(&self, path: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn sources(&self, path: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
        let mut files = Vec::new();
        for entry in entries.flatten() {
            let path = slashed(&entry.path());
            if entry.path().is_dir() {
                let name = entry.file_name();
                if name != "node_modules" && !name.to_string_lossy().starts_with('.') {
                    files.extend(self.sources(&path));
                }
            } else if matches!(entry.path().extension().and_then(OsStr::to_str), Some("ts" | "tsx"))
            {
                files.push(path);
            }
        }
        files
    }

    fn real_path(&self, path: &str) -> String {
        fs::canonicalize(path).map_or_else(|_| path.to_owned(), |path| slashed(&path))
    }
}
