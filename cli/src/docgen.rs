//! `background-runner docgen`: README sections and `docs.json` of a plugin.
//!
//! Flags, messages and exit codes are those of the tool that it replaces: 1 on any error. So is the
//! page, unless `--mode clean` asks for one that is made for readers.

use std::{
    fs,
    mem::ManuallyDrop,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Parser, ValueEnum};
use codegen::docgen::{self, Clean, Finding, Library, Locale, Page, Program};
use serde_json::{Value, json};

use crate::disk::{Local, slashed};

/// Writes the API documentation of a Capacitor plugin into its README.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Docgen {
    /// Plugins of a monorepo: each is documented as the `docgen` script of its package.json says.
    /// What they have in common is read once.
    #[arg(value_name = "PLUGIN", conflicts_with_all = ["api", "output_readme", "output_json", "project"])]
    plugins: Vec<PathBuf>,
    /// The name of the plugin's interface.
    #[arg(long, short)]
    api: Option<String>,
    /// The README whose `<docgen-index>`, `<docgen-config>` and `<docgen-api>` sections are written.
    #[arg(long, short = 'r', value_name = "FILE")]
    output_readme: Option<PathBuf>,
    /// The JSON file that is written. In clean mode it says as well what is optional, read-only,
    /// deprecated or inherited, the results, the errors and the platforms (docs/docs-json.md).
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
    /// Clean mode: the language of the page, such as `zh-CN`.
    #[arg(long, value_name = "TAG")]
    locale: Option<String>,
    /// The folder of the translations, one file `TAG.json` for each language.
    #[arg(long, value_name = "FOLDER", default_value = "locales")]
    locales: PathBuf,
    /// First adds to the language's file an empty entry for everything that has none.
    #[arg(long, requires = "locale", conflicts_with = "check")]
    update_locale: bool,
    /// Prints nothing.
    #[arg(long, short)]
    silent: bool,
    /// Writes nothing: prints what would change as a diff, and exits with 1 if anything would.
    #[arg(long)]
    check: bool,
    /// Says as well what the documentation lacks: `@since`, tags that no tool knows, links within
    /// the page that lead nowhere, options without `@example`. Exits with 1 if anything.
    #[arg(long)]
    lint: bool,
    /// With `--lint`: what is lacking as one line of JSON for each plugin.
    #[arg(long, requires = "lint")]
    json: bool,
}

/// The flags in a `docgen` script.
#[derive(Parser)]
#[command(no_binary_name = true, disable_help_flag = true)]
struct Script {
    #[command(flatten)]
    docgen: Docgen,
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
        // The process ends with it: nothing is gained by freeing what was read.
        let library = ManuallyDrop::new(Library::new(&Local));
        let fine = if self.plugins.is_empty() {
            let package = std::env::var("npm_package_name").ok();
            let cwd = std::env::current_dir().map_err(|error| error.to_string());
            self.fine(cwd.and_then(|cwd| self.generate(&library, &cwd, package.as_deref())))
        } else {
            let fine = |folder: &&PathBuf| self.fine(self.plugin(&library, folder));
            self.plugins.iter().filter(fine).count() == self.plugins.len()
        };
        if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Whether nothing went wrong; says what did.
    fn fine(&self, result: Result<bool, String>) -> bool {
        result.unwrap_or_else(|message| {
            if !self.silent {
                eprintln!("\n❌ DocGen Error: {message}\n");
            }
            false
        })
    }

    /// Documents the plugin in `folder` as its script says.
    fn plugin(&self, library: &Library<'_>, folder: &Path) -> Result<bool, String> {
        let at = |message: String| format!("{}: {message}", folder.display());
        let folder = fs::canonicalize(folder).map_err(|error| at(error.to_string()))?;
        let (package, scripts) = scripts(&folder).map_err(at)?;
        let mut fine = true;
        for script in scripts {
            let docgen = Docgen {
                mode: if self.mode == Mode::Clean { self.mode } else { script.mode },
                silent: self.silent || script.silent,
                check: self.check || script.check,
                lint: self.lint || script.lint,
                json: self.json || script.json,
                ..script
            };
            fine &= docgen.generate(library, &folder, package.as_deref()).map_err(at)?;
        }
        Ok(fine)
    }

    /// Whether all is fine: nothing is stale, broken or lacking, as far as that was asked.
    fn generate(
        &self,
        library: &Library<'_>,
        cwd: &Path,
        package: Option<&str>,
    ) -> Result<bool, String> {
        let api = self
            .api
            .as_deref()
            .filter(|api| !api.is_empty())
            .ok_or("Please provide the primary interface name using the \"--api\" arg")?;
        let tsconfig = self.tsconfig(cwd).ok_or(
            "Unable to find project's tsconfig.json file. Use the \"--project\" arg to specify the exact path.",
        )?;
        if self.output_json.is_none() && self.output_readme.is_none() {
            return Err("Please provide an output path with either \"--output-readme\" or \"--output-json\" args, or both.".to_owned());
        }
        let clean = self.mode == Mode::Clean;
        if self.locale.is_some() && !clean {
            return Err(
                "A page in another language is one for readers: add \"--mode clean\".".to_owned()
            );
        }
        let mut project = docgen::project(&Local, &slashed(&tsconfig), clean)?;
        if clean {
            // The types of libraries have no place on the page.
            project.options.no_default_lib = true;
            project.options.libs.clear();
        }
        let program = Program::load_from(library, &project.roots, project.options, &slashed(cwd));
        let mut fine = true;
        if !self.silent || self.check {
            for errors in program.syntax_errors() {
                fine &= !self.check;
                self.show(errors);
            }
        }
        let mut outputs = Vec::new();
        let data = (!clean || self.lint).then(|| docgen::describe(&program, api));
        if let Some(path) = &self.output_json {
            let json = match data.as_ref().filter(|_| !clean) {
                Some(data) => data.to_json(),
                None => self.clean_json(&program, api, cwd)?,
            };
            outputs.push((cwd.join(path), json));
        }
        if let Some(path) = &self.output_readme {
            let path = cwd.join(path);
            let text = fs::read_to_string(&path).map_err(|_| format!("Unable to read: \"{}\".\n\nIf this is the correct path, please create the file first, then run again.", path.display()))?;
            let text = match data.as_ref().filter(|_| !clean) {
                None => {
                    let page = self.clean(&program, api, &text, &path, cwd)?;
                    fine &= !self.check || page.findings.is_empty();
                    page.text
                }
                Some(data) if data.api.is_none() => {
                    self.write(&outputs)?;
                    return Err("Missing data".to_owned());
                }
                Some(data) => docgen::compatible(&text, data, package),
            };
            outputs.push((path, text));
        }
        if let Some(data) = data.filter(|_| self.lint) {
            let readme = self.output_readme.as_ref().and_then(|_| outputs.last());
            let readme = readme.map(|(path, text)| (slashed(path), text.as_str()));
            let readme = readme.as_ref().map(|(path, text)| (path.as_str(), *text));
            fine &= self.report(api, docgen::lint(&program, &data, readme));
        }
        if self.check {
            return Ok(!self.is_stale(&outputs) && fine);
        }
        self.write(&outputs)?;
        Ok(fine)
    }

    /// Shows what the documentation lacks; whether it lacks nothing.
    fn report(&self, api: &str, findings: Vec<Finding>) -> bool {
        let fine = findings.is_empty();
        if self.json {
            let places: Vec<_> = findings.iter().map(Finding::place).collect();
            println!("{}", json!({ "api": api, "findings": places }));
        } else {
            for finding in findings {
                self.show(finding);
            }
        }
        fine
    }

    fn show(&self, diagnostic: impl miette::Diagnostic + Send + Sync + 'static) {
        if !self.silent {
            eprintln!("{:?}", miette::Report::new(diagnostic));
        }
    }

    /// Prints what is stale; whether anything is.
    fn is_stale(&self, outputs: &[(PathBuf, String)]) -> bool {
        let mut stale = false;
        for (path, text) in outputs {
            let old = fs::read_to_string(path).unwrap_or_default();
            if old == *text {
                continue;
            }
            stale = true;
            if !self.json {
                let name = path.display().to_string();
                print!("{}", codegen::docgen::unified_diff(&name, &old, text));
            }
        }
        stale
    }

    /// The README at `path`, written for readers. Prints what is not translated.
    fn clean(
        &self,
        program: &Program,
        api: &str,
        text: &str,
        path: &Path,
        cwd: &Path,
    ) -> Result<Clean, String> {
        let package = package_name(path);
        let mut locale = self.read_locale(cwd)?;
        let write = |locale: Option<&Locale>| {
            let page = Page {
                api,
                device: self.device_api.as_deref(),
                package: package.as_deref(),
                locale,
                ..Page::default()
            };
            docgen::clean(program, text, page)
        };
        let mut page = write(locale.as_ref())?;
        let (Some(current), Some(file)) = (&mut locale, self.locale_file(cwd)) else {
            return Ok(page);
        };
        if self.update_locale {
            *current = current.completed(&page.findings);
            self.write(&[(file.clone(), current.to_json())])?;
            page = write(locale.as_ref())?;
        }
        if !self.silent {
            let text = fs::read_to_string(&file).unwrap_or_default();
            let name = file.display().to_string();
            let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
            for report in docgen::untranslated(&page.findings, &name, &text, read) {
                self.show(report);
            }
        }
        Ok(page)
    }

    /// The clean `docs.json`, whose anchors are those of the README, if one is written.
    fn clean_json(&self, program: &Program, api: &str, cwd: &Path) -> Result<String, String> {
        let readme = self.output_readme.as_ref().map(|path| cwd.join(path));
        let readme = readme.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        let locale = self.read_locale(cwd)?;
        let device = self.device_api.as_deref();
        let page = Page { api, device, locale: locale.as_ref(), ..Page::default() };
        docgen::clean_json(program, &readme, page)
    }

    fn locale_file(&self, cwd: &Path) -> Option<PathBuf> {
        Some(cwd.join(&self.locales).join(format!("{}.json", self.locale.as_ref()?)))
    }

    fn read_locale(&self, cwd: &Path) -> Result<Option<Locale>, String> {
        let Some(path) = self.locale_file(cwd) else { return Ok(None) };
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|error| format!("{}: {error}", path.display())),
            Err(_) if self.update_locale => Ok(Some(Locale::default())),
            Err(error) => Err(format!(
                "Unable to read: \"{}\" ({error}). The option \"--update-locale\" creates it.",
                path.display()
            )),
        }
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
        if !self.silent && !self.json && !outputs.is_empty() {
            println!();
            for (path, _) in outputs {
                println!("✔️ DocGen Output: {}", path.display());
            }
            println!();
        }
        Ok(())
    }
}

/// The package's name, and the calls of docgen in its `docgen` script.
fn scripts(folder: &Path) -> Result<(Option<String>, Vec<Docgen>), String> {
    let text = fs::read_to_string(folder.join("package.json"))
        .map_err(|error| format!("package.json cannot be read: {error}"))?;
    let manifest: Value =
        serde_json::from_str(&text).map_err(|error| format!("package.json is no JSON: {error}"))?;
    let script = manifest.pointer("/scripts/docgen").and_then(Value::as_str).unwrap_or_default();
    let mut calls = Vec::new();
    for command in script.split(['&', ';', '|']) {
        let words = words(command);
        let mut words = words.iter();
        if !words.any(|word| word.rsplit('/').next() == Some("docgen")) {
            continue;
        }
        let call = Script::try_parse_from(words);
        calls.push(call.map_err(|error| format!("its `docgen` script: {error}"))?.docgen);
    }
    if calls.is_empty() {
        return Err("its package.json has no script `docgen` that calls docgen".to_owned());
    }
    Ok((manifest.get("name").and_then(Value::as_str).map(str::to_owned), calls))
}

/// The words of a command, without the quotes around them.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in command.chars() {
        match c {
            c if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && quote.is_none() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The name in the nearest `package.json`, from a file upwards.
fn package_name(path: &Path) -> Option<String> {
    let folders = path.ancestors().skip(1);
    let text = folders.map(|folder| folder.join("package.json")).find(|path| path.is_file())?;
    let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(text).ok()?).ok()?;
    Some(json.get("name")?.as_str()?.to_owned())
}
