//! `background-runner docgen`: README sections and `docs.json` of a plugin.
//!
//! Flags, messages and exit codes are those of the tool that it replaces: 1 on any error. So is the
//! page, unless `--mode clean` asks for one that is made for readers.

mod outputs;
mod scripts;

use std::{
    fs, io,
    mem::ManuallyDrop,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Parser, ValueEnum};
use docgen::{
    self, Arrangement, Clean, Failure, Finding, Library, Locale, MarkerMistake, Mistake, Order,
    Page, Program,
};
use scripts::scripts;
use serde_json::json;

use crate::disk::{Local, slashed};

/// Write the API documentation of a Capacitor plugin into its README.
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
    /// Clean mode: methods with the same text of this tag come together below a heading: `category`.
    #[arg(long, value_name = "TAG")]
    group_by: Option<String>,
    /// Clean mode: what is deprecated comes behind the rest.
    #[arg(long)]
    deprecated_last: bool,
    /// Clean mode: a table says which method is there on which platform (`@platform`).
    #[arg(long)]
    platform_table: bool,
    /// Clean mode: nothing says since when it is there (`@since`).
    #[arg(long)]
    no_since: bool,
    /// Clean mode: the order of methods, properties and types.
    #[arg(long, value_enum, value_name = "ORDER", default_value_t = Sorted::Reached)]
    order: Sorted,
    /// The folder of the translations, one file `TAG.json` for each language.
    #[arg(long, value_name = "FOLDER", default_value = "locales")]
    locales: PathBuf,
    /// First adds to the language's file an empty entry for everything that has none.
    #[arg(long, requires = "locale", conflicts_with = "check")]
    update_locale: bool,
    /// Prints nothing but errors.
    #[arg(long, short)]
    silent: bool,
    /// Writes nothing: prints what would change as a diff, and exits with 1 if anything would.
    #[arg(long)]
    check: bool,
    /// With `--check`: exits with 1 as well if something is not translated, or has changed since.
    #[arg(long, requires_all = ["check", "locale"])]
    translated: bool,
    /// Says as well what the documentation lacks: `@since`, tags that no tool knows or that stand in
    /// the middle of a line, `@param` of no parameter, links within the page that lead nowhere,
    /// options without `@example`. Exits with 1 if anything.
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

/// The order of what a clean page shows.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Sorted {
    /// Methods as declared, types as methods lead to them.
    Reached,
    /// As declared, file by file.
    File,
    /// By their names.
    Alphabet,
}

/// The files that a project lists.
struct Listed<'a> {
    project: &'a Path,
    files: &'a [String],
}

impl Docgen {
    pub(crate) fn run(&self) -> ExitCode {
        // The process ends with it: nothing is gained by freeing what was read.
        let library = ManuallyDrop::new(Library::new(&Local));
        let fine = if self.plugins.is_empty() {
            let package = std::env::var("npm_package_name").ok();
            let cwd = std::env::current_dir().map_err(|error| Failure::Said(error.to_string()));
            is_fine(cwd.and_then(|cwd| self.generate(&library, &cwd, package.as_deref())))
        } else {
            let fine = |folder: &&PathBuf| is_fine(self.plugin(&library, folder));
            self.plugins.iter().filter(fine).count() == self.plugins.len()
        };
        if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Documents the plugin in `folder` as its script says.
    fn plugin(&self, library: &Library<'_>, folder: &Path) -> Result<bool, Failure> {
        let at = |failure: Failure| match failure {
            Failure::Said(message) => Failure::Said(format!("{}: {message}", folder.display())),
            placed @ Failure::Placed(_) => placed,
        };
        let folder =
            fs::canonicalize(folder).map_err(|error| at(Failure::Said(error.to_string())))?;
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
    ) -> Result<bool, Failure> {
        let api = self
            .api
            .as_deref()
            .filter(|api| !api.is_empty())
            .ok_or("Please provide the primary interface name using the \"--api\" arg")?;
        let tsconfig = self.tsconfig(cwd).ok_or(
            "Unable to find project's tsconfig.json file. Use the \"--project\" arg to specify the exact path.",
        )?;
        if self.output_json.is_none() && self.output_readme.is_none() {
            return Err("Please provide an output path with either \"--output-readme\" or \"--output-json\" args, or both.".into());
        }
        let clean = self.mode == Mode::Clean;
        if self.locale.is_some() && !clean {
            return Err(
                "A page in another language is one for readers: add \"--mode clean\".".into()
            );
        }
        self.refuse_arrangement(clean)?;
        let mut project = docgen::project(&Local, &slashed(&tsconfig), clean)?;
        if clean {
            // The types of libraries have no place on the page.
            project.options.no_default_lib = true;
            project.options.libs.clear();
        }
        let roots = project.roots.clone();
        let listed = Listed { project: &tsconfig, files: &roots };
        let program = Program::load_from(library, &roots, project.options, &slashed(cwd));
        let mut fine = true;
        let broken = program.syntax_errors();
        let files = broken.len();
        broken.into_iter().for_each(tell);
        // The original goes on as if nothing were; here a page is whole.
        if files > 0 {
            let files = if files == 1 { "a file has" } else { "several files have" };
            return Err(format!("{files} syntax errors, so nothing is written.").into());
        }
        self.doubts(&program, &listed)?;
        self.bases(&program, api, || {
            let project = docgen::project(&Local, &slashed(&tsconfig), clean)?;
            Ok(Program::load_from(library, &roots, project.options, &slashed(cwd)))
        })?;
        let mut outputs = Vec::new();
        let data = (!clean || self.lint).then(|| docgen::describe(&program, api));
        if let Some(path) = &self.output_json {
            let json = match data.as_ref().filter(|_| !clean) {
                Some(data) => {
                    if data.api.is_none() && self.output_readme.is_none() {
                        eprintln!("{}", docgen::missing_interface(&program, api));
                    }
                    data.to_json()
                }
                None => self.clean_json(&program, api, cwd)?,
            };
            outputs.push((cwd.join(path), json));
        }
        if let Some(path) = &self.output_readme {
            let path = cwd.join(path);
            let text = read_readme(&path)?;
            fine &= self.markers(&path, &text)?;
            let text = match data.as_ref().filter(|_| !clean) {
                None => {
                    let page = self.clean(&program, api, &text, &path, cwd)?;
                    fine &= !self.translated || page.findings.is_empty();
                    page.text
                }
                Some(data) if data.api.is_none() => {
                    return Err(docgen::missing_interface(&program, api).into());
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
        program.errors_of_packages().into_iter().for_each(tell);
        if self.check {
            return Ok(!outputs::is_stale(&outputs, !self.json) && fine);
        }
        outputs::write(&outputs, !self.silent && !self.json)?;
        Ok(fine)
    }

    /// Shows what the documentation lacks; whether it lacks nothing.
    fn report(&self, api: &str, findings: Vec<Finding>) -> bool {
        let fine = findings.is_empty();
        if self.json {
            let places: Vec<_> = findings.iter().map(Finding::place).collect();
            println!("{}", json!({ "api": api, "findings": places }));
        } else {
            findings.into_iter().for_each(tell);
        }
        fine
    }

    /// Tells what is wrong with the markers of a README; whether nothing is, as far as that counts.
    fn markers(&self, path: &Path, readme: &str) -> Result<bool, Failure> {
        let name = slashed(path);
        let clean = self.mode == Mode::Clean;
        match docgen::marker_mistake(&name, readme, clean, self.device_api.is_some()) {
            Some(MarkerMistake { mistake, fatal: true }) => return Err(mistake.into()),
            Some(MarkerMistake { mistake, .. }) => tell(mistake),
            None if docgen::has_markers(readme) || self.silent => return Ok(true),
            None => {
                eprintln!(
                    "`{name}` has no markers, so nothing is written into it: put `<docgen-index></docgen-index>` and `<docgen-api></docgen-api>` where the list of methods and the reference shall stand."
                );
                return Ok(true);
            }
        }
        Ok(!self.check)
    }

    /// Tells what may not be what its author meant; in clean mode a file that cannot be read is an
    /// error.
    fn doubts(&self, program: &Program, listed: &Listed<'_>) -> Result<(), Failure> {
        let is_missing =
            |file: &&String| !Path::new(file).is_file() || fs::File::open(file).is_err();
        let missing = listed.files.iter().filter(is_missing);
        let missing = missing.map(|file| {
            let text = fs::read_to_string(listed.project).unwrap_or_default();
            Mistake::listed(&slashed(listed.project), &text, file)
        });
        let undecoded = docgen::doubtful(program).filter_map(|path| {
            let bytes = fs::read(path).ok()?;
            Mistake::encoding(path, &bytes)
        });
        for mistake in missing.chain(undecoded).chain(docgen::missing_files(program)) {
            if self.mode == Mode::Clean {
                return Err(mistake.into());
            }
            tell(mistake);
        }
        if program.lacks_library() {
            eprintln!(
                "TypeScript's own declarations are not installed, so that `Promise` and lists are `any` and `{{}}` on the page: run `npm install --save-dev typescript`"
            );
        }
        Ok(())
    }

    /// Tells of bases of the interface that nobody declares, and of a second interface of its name. A
    /// clean page is made only with all that belongs on it; `whole` is the program with what
    /// TypeScript itself declares, which no clean page shows.
    fn bases(
        &self,
        program: &Program,
        api: &str,
        whole: impl FnOnce() -> Result<Program, Failure>,
    ) -> Result<(), Failure> {
        let mut unknown = docgen::unknown_bases(program, api);
        if self.mode == Mode::Clean && !unknown.is_empty() {
            unknown = docgen::unknown_bases(&whole()?, api);
            if !unknown.is_empty() {
                return Err(unknown.swap_remove(0).into());
            }
        }
        unknown.into_iter().for_each(tell);
        let second = docgen::second_declaration(program, api).filter(|_| !self.silent);
        second.into_iter().for_each(tell);
        Ok(())
    }

    /// The README at `path`, written for readers. Prints what is not translated.
    fn clean(
        &self,
        program: &Program,
        api: &str,
        text: &str,
        path: &Path,
        cwd: &Path,
    ) -> Result<Clean, Failure> {
        let package = package_name(path);
        let mut locale = self.read_locale(cwd)?;
        let write = |locale: Option<&Locale>| {
            let page = Page {
                api,
                device: self.device_api.as_deref(),
                package: package.as_deref(),
                locale,
                arrangement: self.arrangement(),
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
            outputs::write(&[(file.clone(), current.to_json())], !self.silent)?;
            page = write(locale.as_ref())?;
        }
        if !self.silent || self.check {
            let text = fs::read_to_string(&file).unwrap_or_default();
            let name = file.display().to_string();
            let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
            docgen::untranslated(&page.findings, &name, &text, read).into_iter().for_each(tell);
        }
        Ok(page)
    }

    /// The clean `docs.json`, whose anchors are those of the README, if one is written.
    fn clean_json(&self, program: &Program, api: &str, cwd: &Path) -> Result<String, Failure> {
        let readme = self.output_readme.as_ref().map(|path| cwd.join(path));
        let readme = readme.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        let locale = self.read_locale(cwd)?;
        let device = self.device_api.as_deref();
        let arrangement = self.arrangement();
        let page = Page { api, device, locale: locale.as_ref(), arrangement, ..Page::default() };
        Ok(docgen::clean_json(program, &readme, page)?)
    }

    /// Only a clean page can be arranged: the other is what the original writes.
    fn refuse_arrangement(&self, clean: bool) -> Result<(), Failure> {
        let asked = [
            (self.group_by.is_some(), "--group-by"),
            (self.deprecated_last, "--deprecated-last"),
            (self.platform_table, "--platform-table"),
            (self.no_since, "--no-since"),
            (self.order != Sorted::Reached, "--order"),
        ];
        match asked.iter().find(|(asked, _)| *asked && !clean) {
            Some((_, flag)) => {
                Err(format!("\"{flag}\" arranges a page for readers: add \"--mode clean\".").into())
            }
            None => Ok(()),
        }
    }

    fn arrangement(&self) -> Arrangement<'_> {
        Arrangement {
            group_by: self.group_by.as_deref().map(|tag| tag.trim_start_matches('@')),
            deprecated_last: self.deprecated_last,
            platform_table: self.platform_table,
            without_since: self.no_since,
            order: match self.order {
                Sorted::Reached => Order::Reached,
                Sorted::File => Order::File,
                Sorted::Alphabet => Order::Alphabet,
            },
        }
    }

    fn locale_file(&self, cwd: &Path) -> Option<PathBuf> {
        Some(cwd.join(&self.locales).join(format!("{}.json", self.locale.as_ref()?)))
    }

    fn read_locale(&self, cwd: &Path) -> Result<Option<Locale>, Failure> {
        let Some(path) = self.locale_file(cwd) else { return Ok(None) };
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|error| Mistake::json(&slashed(&path), &text, &error).into()),
            Err(_) if self.update_locale => Ok(Some(Locale::default())),
            Err(error) => Err(format!(
                "Unable to read: \"{}\" ({error}). The option \"--update-locale\" creates it.",
                path.display()
            )
            .into()),
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
}

/// The name in the nearest `package.json`, from a file upwards.
fn package_name(path: &Path) -> Option<String> {
    let folders = path.ancestors().skip(1);
    let text = folders.map(|folder| folder.join("package.json")).find(|path| path.is_file())?;
    let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(text).ok()?).ok()?;
    Some(json.get("name")?.as_str()?.to_owned())
}

/// Whether nothing went wrong; says what did, whatever is to be silent.
fn is_fine(result: Result<bool, Failure>) -> bool {
    result.unwrap_or_else(|failure| {
        match failure {
            Failure::Said(message) => eprintln!("\n❌ DocGen Error: {message}\n"),
            Failure::Placed(mistake) => {
                eprintln!("\n❌ DocGen Error: {:?}", miette::Report::new(*mistake));
            }
        }
        false
    })
}

/// Says on stderr what is wrong.
fn tell(diagnostic: impl miette::Diagnostic + Send + Sync + 'static) {
    eprintln!("{:?}", miette::Report::new(diagnostic));
}

fn read_readme(path: &Path) -> Result<String, Failure> {
    let bytes = fs::read(path).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::NotFound => String::new(),
            _ => format!(" ({error})"),
        };
        format!("Unable to read: \"{}\"{why}.\n\nIf this is the correct path, please create the file first, then run again.", path.display())
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let mistake = Mistake::encoding(&slashed(path), error.as_bytes());
        mistake.map_or_else(|| Failure::Said(error.to_string()), Failure::from)
    })
}
