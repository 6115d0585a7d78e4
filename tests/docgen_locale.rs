//! The documentation in other languages: complete, current, and the same wherever no words are.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::{Command, Output},
};

use background_runner_tests::{background_runner, root};
use codegen::project;

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn generated(name: &str) -> String {
    read(root().join("generated").join(name))
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = read(path);
    assert!(text.contains(from), "{} does not say {from:?}", path.display());
    fs::write(path, text.replacen(from, to, 1)).expect("the folder is ours");
}

/// What of a page is the same in every language.
#[derive(Debug, Default, PartialEq, Eq)]
struct Fixed {
    levels: Vec<usize>,
    blocks: Vec<String>,
    /// Inline code and the targets of links, with the number of each: sentences differ in order.
    parts: BTreeMap<String, usize>,
}

fn fixed(page: &str) -> Fixed {
    let mut fixed = Fixed::default();
    for (index, piece) in page.split("```").enumerate() {
        if index % 2 == 1 {
            fixed.blocks.push(piece.to_owned());
            continue;
        }
        for line in piece.lines() {
            let level = line.len() - line.trim_start_matches('#').len();
            fixed.levels.extend((level > 0).then_some(level));
            let spans = line.split('`').skip(1).step_by(2).map(|code| format!("`{code}`"));
            let links = ["](", "href=\""].into_iter().flat_map(|open| {
                line.split(open).skip(1).filter_map(|rest| rest.split([')', '"']).next())
            });
            for part in spans.chain(links.map(str::to_owned)) {
                *fixed.parts.entry(part).or_default() += 1;
            }
        }
    }
    fixed
}

#[test]
fn both_languages_have_the_same_code_links_and_headings() {
    for (english, chinese) in [
        ("README.md", "README.zh-CN.md"),
        ("docs/en/background-runner.md", "docs/zh-CN/background-runner.md"),
    ] {
        let (english, chinese) = (fixed(&generated(english)), fixed(&generated(chinese)));
        assert!(english.blocks.len() > 20 && english.parts.len() > 200, "{english:?}");
        assert_eq!(english.blocks, chinese.blocks);
        assert_eq!(english.levels, chinese.levels);
        let both = english.parts.iter().chain(&chinese.parts);
        let differ: Vec<_> =
            both.filter(|(part, _)| english.parts.get(*part) != chinese.parts.get(*part)).collect();
        assert!(differ.is_empty(), "{differ:?}");
    }
}

/// The anchors of a page: those that it writes, and those that GitHub gives to its headings.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut given: BTreeMap<String, usize> = BTreeMap::new();
    let prose = page.split("```").step_by(2).flat_map(str::lines);
    for line in prose {
        if let Some(id) = line.strip_prefix("<a id=\"").and_then(|rest| rest.split('"').next()) {
            anchors.insert(id.to_owned());
        }
        let Some(heading) = line.trim_start_matches('#').strip_prefix(' ') else { continue };
        if !line.starts_with('#') {
            continue;
        }
        if let Some((_, id)) = heading.rsplit_once("{#") {
            anchors.insert(id.trim_end_matches('}').to_owned());
        }
        let kept = heading.to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        let slug = kept.collect::<String>().replace(' ', "-");
        let repeats = given.entry(slug.clone()).or_default();
        anchors.insert(if *repeats == 0 { slug } else { format!("{slug}-{repeats}") });
        *repeats += 1;
    }
    anchors
}

#[test]
fn every_link_within_a_page_leads_somewhere() {
    let pages = [
        "README.md",
        "README.zh-CN.md",
        "docs/en/background-runner.md",
        "docs/zh-CN/background-runner.md",
    ];
    for name in pages {
        let page = generated(name);
        let anchors = anchors(&page);
        let parts = fixed(&page).parts;
        let links = parts.keys().filter_map(|part| part.strip_prefix('#'));
        let dead: Vec<_> = links.filter(|link| !anchors.contains(*link)).collect();
        assert!(dead.is_empty(), "{name}: {dead:?}");
    }
}

/// The words that the glossary keeps out, from the last column of its table.
fn unwanted() -> Vec<String> {
    let glossary = read(root().join("docs/glossary.zh-CN.md"));
    let rows = glossary.lines().filter(|line| line.starts_with("| ")).skip(2);
    let last = rows.filter_map(|row| row.trim_end_matches([' ', '|']).rsplit_once('|'));
    let words = last.filter(|(before, _)| before.matches('|').count() == 2);
    words.flat_map(|(_, words)| words.split('、')).map(|word| word.trim().to_owned()).collect()
}

#[test]
fn the_chinese_pages_keep_to_the_glossary_and_to_chinese_punctuation() {
    let unwanted = unwanted();
    assert!(unwanted.len() > 10 && unwanted.iter().all(|word| !word.is_empty()), "{unwanted:?}");
    let wide = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}');
    let mut faults = Vec::new();
    for name in ["README.zh-CN.md", "docs/zh-CN/background-runner.md"] {
        let page = generated(name);
        for line in page.split("```").step_by(2).flat_map(str::lines) {
            for word in unwanted.iter().filter(|word| line.contains(*word)) {
                faults.push(format!("{word}: {line}"));
            }
            // What stands in code keeps its own punctuation, and tables their padding.
            let plain: Vec<&str> = line.split('`').step_by(2).collect();
            let letters: Vec<char> = plain.join("`").trim_end_matches([' ', '|']).chars().collect();
            for pair in letters.windows(2) {
                let [first, second] = [pair[0], pair[1]];
                let half = wide(first) && ",;:!?".contains(second);
                let close = wide(first) && (second.is_ascii_alphanumeric() || second == '`')
                    || wide(second) && (first.is_ascii_alphanumeric() || first == '`');
                let apart =
                    "，。；：、（）".contains(first) && second == ' ' && !line.starts_with('|');
                if half || close || apart {
                    faults.push(format!("{first}{second}: {line}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The width of a text in cells: wide letters take two.
fn cells(text: &str) -> usize {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{ffef}');
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[test]
fn columns_are_as_wide_as_they_look() {
    let page = generated("README.zh-CN.md");
    let mut wide = 0;
    for table in page.split("\n\n").filter(|part| part.starts_with("| ")) {
        let widths: BTreeSet<_> = table.lines().map(cells).collect();
        assert_eq!(widths.len(), 1, "{table}");
        wide += usize::from(table.chars().any(|c| c > '\u{2e80}'));
    }
    assert!(wide > 20, "{wide} tables have wide letters");
}

#[test]
fn the_sites_page_has_its_front_matter_and_no_braces() {
    let page = generated("docs/zh-CN/background-runner.md");
    let (matter, body) = page
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
        .expect("it starts with front matter");
    let keys = matter.lines().filter_map(|line| line.split_once(": ")).map(|(key, _)| key);
    let keys: Vec<_> = keys.collect();
    assert_eq!(keys, ["title", "description", "editUrl", "editApiUrl", "sidebar_label"]);
    assert!(body.contains("\n## 安装 {#install}\n") && body.contains("\n### 接口 {#interfaces}\n"));
    for line in body.split("```").step_by(2).flat_map(str::lines) {
        let plain: String = line.split('`').step_by(2).collect();
        let plain = if line.starts_with('#') { String::new() } else { plain };
        assert!(!plain.contains(['{', '}']) && !plain.contains("<!--"), "{line}");
    }
}

/// A copy of the schema, generated from.
fn workshop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    for (name, text) in project::read_schema(&root().join("schema")).expect("it can be read").iter()
    {
        let path = folder.path().join("schema").join(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder is ours");
        fs::write(path, text).expect("the folder is ours");
    }
    assert!(generate(folder.path(), &[]).status.success());
    folder
}

fn generate(folder: &Path, arguments: &[&str]) -> Output {
    run(folder, "generate", arguments)
}

fn run(folder: &Path, command: &str, arguments: &[&str]) -> Output {
    Command::new(background_runner())
        .arg(command)
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("the command line is built")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn what_is_not_translated_is_told_with_its_place_and_fails_a_release_alone() {
    let folder = workshop();
    let fresh = generate(folder.path(), &["--check", "--translated"]);
    assert!(fresh.status.success(), "{}", said(&fresh));
    let line = |file: &str, text: &str| {
        let before = &read(root().join("schema").join(file));
        let at = before.find(text).unwrap_or_else(|| panic!("{file} does not say {text:?}"));
        format!("{file}:{}:", before[..at].matches('\n').count() + 1)
    };
    let cases = [
        (
            "apis.ts",
            "Reads the state of the battery.",
            "Looks how full it is.",
            "locales/zh-CN.json",
            "\"CapacitorDevice.getBatteryStatus\": {",
            "`CapacitorDevice.getBatteryStatus` has changed",
        ),
        (
            "locales/zh-CN.json",
            "\"NetworkStatus.connected\"",
            "\"NetworkStatus.gone\"",
            "apis.ts",
            "  connected: boolean;",
            "`NetworkStatus.connected` has no translation",
        ),
        (
            "locales/zh-CN.json",
            "\"ScheduleConfig.id\"",
            "\"ScheduleConfig.gone\"",
            "config.schema.json",
            "\"id\": {",
            "`ScheduleConfig.id` has no translation",
        ),
        (
            "locales/zh-CN.json",
            "\"Since\":",
            "\"Sinse\":",
            "locales/zh-CN.json",
            "{",
            "the label `Since` has no translation",
        ),
        (
            "README.md",
            "No mobile operating system lets",
            "No operating system lets",
            "README.md",
            "## Limitations of Background Tasks",
            "`#limitations-of-background-tasks` has changed",
        ),
        (
            "locales/zh-CN.md",
            "npx cap sync\n",
            "npx cap sink\n",
            "locales/zh-CN.md",
            "## 安装",
            "`install` and its source do not both have",
        ),
        (
            "locales/zh-CN.json",
            "`signal` 会中止",
            "`signa` 会中止",
            "locales/zh-CN.json",
            "\"BackgroundRunnerConfig.timeout\": {",
            "do not both have `signal`",
        ),
    ];
    for (file, from, to, place_file, place, words) in cases {
        let folder = workshop();
        edit(&folder.path().join("schema").join(file), from, to);
        let output = generate(folder.path(), &[]);
        assert!(output.status.success(), "writing goes on: {}", said(&output));
        let everyday = generate(folder.path(), &["--check"]);
        assert!(everyday.status.success(), "{}", self::said(&everyday));
        let told = self::said(&everyday);
        assert!(told.contains(words) && told.contains("Warning: "), "{told}");
        assert!(!told.contains("Error: "), "{told}");
        let output = generate(folder.path(), &["--check", "--translated"]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words), "{words} is not in\n{said}");
        let place = line(place_file, place);
        assert!(said.contains(&place), "{place} is not in\n{said}");
        assert!(said.contains("help: "), "{said}");
    }
}

#[test]
fn what_is_not_translated_is_in_english_until_it_is() {
    let folder = workshop();
    let chinese = folder.path().join("generated/README.zh-CN.md");
    assert!(read(&chinese).contains("读取电池状态。"));
    edit(
        &folder.path().join("schema/apis.ts"),
        "Reads the state of the battery.",
        "Looks how full it is.",
    );
    generate(folder.path(), &[]);
    let page = read(&chinese);
    assert!(page.contains("Looks how full it is.") && !page.contains("读取电池状态。"));

    // So is a section of the prose; the others stay.
    assert!(!page.contains("No operating system lets"));
    edit(
        &folder.path().join("schema/README.md"),
        "No mobile operating system lets",
        "No operating system lets",
    );
    generate(folder.path(), &[]);
    let page = read(&chinese);
    assert!(page.contains("No operating system lets") && page.contains("## 安装"), "{page}");

    let locale = folder.path().join("schema/locales/zh-CN.json");
    edit(&locale, "\"AppInfo.id\"", "\"AppInfo.gone\"");
    generate(folder.path(), &["--update-locales"]);
    let entries: serde_json::Value = serde_json::from_str(&read(&locale)).expect("it is JSON");
    assert_eq!(entries["docs"]["AppInfo.id"]["text"], "");
    assert_eq!(entries["docs"]["AppInfo.id"]["source"], "The bundle identifier or application id.");
    assert_eq!(entries["docs"]["AppInfo.gone"]["text"].as_str().map(str::is_empty), Some(false));
}

const DEFINITIONS: &str = "/** What it makes. */\nexport interface Cake {\n  /** How big, see `bake()`. */\n  size?: number;\n}\n\nexport interface BakerPlugin {\n  /**\n   * Bakes.\n   *\n   * @param cake The cake\n   * @returns How long it takes\n   */\n  bake(cake: Cake): Promise<number>;\n}\n";

#[test]
fn any_plugin_can_have_other_languages() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("tsconfig.json"), r#"{ "files": ["definitions.ts"] }"#).expect("it is ours");
    fs::write(at("definitions.ts"), DEFINITIONS).expect("it is ours");
    let readme = "# Bäcker\n\n<docgen-index></docgen-index>\n\n<docgen-api></docgen-api>\n";
    fs::write(at("README.de.md"), readme).expect("it is ours");
    let arguments = ["--api", "BakerPlugin", "-r", "README.de.md", "--mode", "clean"];
    let docgen = |more: &[&str]| {
        let language = ["--locale", "de", "--locales", "sprachen"];
        run(folder.path(), "docgen", &[&arguments[..], &language, more].concat())
    };
    let nothing = docgen(&[]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(said(&nothing).contains("--update-locale"), "{}", said(&nothing));

    let first = docgen(&["--update-locale"]);
    assert!(first.status.success(), "{}", said(&first));
    let file = at("sprachen/de.json");
    let mut locale: serde_json::Value = serde_json::from_str(&read(&file)).expect("it is JSON");
    assert_eq!(
        locale["docs"]["BakerPlugin.bake"]["source"],
        "Bakes.\n\n@param cake The cake\n@returns How long it takes"
    );
    let everyday = docgen(&["--check"]);
    assert!(everyday.status.success(), "{}", said(&everyday));
    let check = docgen(&["--check", "--translated"]);
    assert_eq!(check.status.code(), Some(1));
    assert!(said(&everyday).contains("`Cake.size` has no translation"), "{}", said(&everyday));
    let shown = said(&check);
    assert!(shown.contains("definitions.ts:3:"), "{shown}");
    assert!(shown.contains("the comment of `Cake.size` has no translation"), "{shown}");

    let words = [
        ("Cake", "Was entsteht."),
        ("Cake.size", "Wie groß, siehe `bake()`."),
        ("BakerPlugin.bake", "Backt.\n\n@param cake Der Kuchen\n@returns Wie lange es dauert"),
    ];
    for (key, text) in words {
        locale["docs"][key]["text"] = text.into();
    }
    let labels = locale["labels"].as_object_mut().expect("the labels are there");
    labels.iter_mut().for_each(|(english, word)| *word = english.as_str().into());
    labels["Interfaces"] = "Schnittstellen".into();
    labels["Returns"] = "Ergibt".into();
    fs::write(&file, locale.to_string()).expect("it is ours");
    let written = docgen(&[]);
    assert!(
        written.status.success() && !said(&written).contains("translation"),
        "{}",
        said(&written)
    );
    assert!(docgen(&["--check", "--translated"]).status.success());
    insta::assert_snapshot!(read(at("README.de.md")));

    edit(&at("definitions.ts"), "@param cake The cake", "@param cake The cake to bake");
    let stale = docgen(&["--check"]);
    assert_eq!(stale.status.code(), Some(1));
    assert!(said(&stale).contains("`BakerPlugin.bake` has changed"), "{}", said(&stale));
}
