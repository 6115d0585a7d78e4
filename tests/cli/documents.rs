//! The pages about the command line: whatever they show is what the command prints.

use std::{fs, path::Path, process::Command};

use background_runner_tests::{background_runner, root};

/// The pages.
const PAGES: &[&str] = &["docs/build.md", "docs/run.md"];

/// Set to write what is printed into the pages.
const UPDATE: &str = "UPDATE_DOCUMENTS";

#[test]
fn what_the_pages_show_is_what_the_command_prints() {
    for page in PAGES {
        let path = root().join(page);
        let written = fs::read_to_string(&path).expect("the page is there");
        let played = played(&written);
        if std::env::var_os(UPDATE).is_some() {
            fs::write(&path, &played).expect("it is writable");
        }
        let (written, played) = (lines(&written), lines(&played));
        let first = written.iter().zip(&played).position(|(a, b)| a != b);
        assert!(
            written == played,
            "{page} differs from line {} on (set {UPDATE}=1 to write it anew):\n{:#?}",
            first.unwrap_or(written.len().min(played.len())) + 1,
            first.map(|at| (written[at], played[at]))
        );
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// The page with the answers of its consoles as they are. A name and a colon before a block of code
/// make it a file.
fn played(page: &str) -> String {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let (mut out, mut name) = (String::new(), None);
    let mut rest = page.lines();
    while let Some(line) = rest.next() {
        out += &format!("{line}\n");
        let Some(language) = line.strip_prefix("```") else {
            let file = line.strip_prefix('`').and_then(|line| line.strip_suffix("`:"));
            name = file.or(name.filter(|_| line.is_empty()));
            continue;
        };
        let block: Vec<_> = rest.by_ref().take_while(|line| *line != "```").collect();
        if language == "console" {
            for command in block.iter().filter(|line| line.starts_with("$ ")) {
                out += &format!("{command}\n{}", said(folder.path(), command));
            }
        } else {
            let text = block.join("\n") + "\n";
            if let Some(name) = name.take() {
                let path = folder.path().join(name);
                fs::create_dir_all(path.parent().expect("it is in the folder")).expect("writable");
                fs::write(path, &text).expect("writable");
            }
            out += &text;
        }
        out += "```\n";
    }
    out
}

/// What a command prints, without the times and sizes of this machine.
fn said(folder: &Path, command: &str) -> String {
    let words = command.split(' ').skip(2);
    let output = Command::new(background_runner()).args(words).current_dir(folder).output();
    let output = output.expect("the binary starts");
    let text = String::from_utf8(output.stderr).expect("text")
        + &String::from_utf8(output.stdout).expect("text");
    text.lines().map(|line| steady(line) + "\n").collect()
}

/// A line whose milliseconds and kibibytes are zero.
fn steady(line: &str) -> String {
    let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    for at in 1..words.len() {
        let is_measure = matches!(words[at].trim_end_matches(','), "ms" | "KiB");
        let number = &words[at - 1];
        if is_measure && number.parse::<f64>().is_ok() && !line.contains("passed") {
            let zero = if words[at] == "KiB" { "0" } else { "0.0" };
            let wide = line.starts_with(' ') && at < 10;
            words[at - 1] = if wide { String::new() } else { zero.to_owned() };
            if wide {
                // The column of times is padded.
                return format!("{:>9} {}", zero, words.split_off(at).join(" "));
            }
        }
    }
    words.join(" ")
}
