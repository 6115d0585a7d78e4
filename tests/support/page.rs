//! Pages that show what commands print: a test plays them.

use std::{fs, path::Path};

/// The page with the answers of its consoles as they are: `say` runs a command, which begins with `$ `.
/// A name and a colon before a block of code make it a file of `folder`.
///
/// # Panics
///
/// If the folder cannot be written.
pub fn played(page: &str, folder: &Path, say: impl Fn(&str) -> String) -> String {
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
                out += &format!("{command}\n{}", say(command));
            }
        } else {
            let text = block.join("\n") + "\n";
            if let Some(name) = name.take() {
                let path = folder.join(name);
                fs::create_dir_all(path.parent().expect("it is in the folder")).expect("writable");
                fs::write(path, &text).expect("writable");
            }
            out += &text;
        }
        out += "```\n";
    }
    out
}

/// Where two texts differ first.
#[must_use]
pub fn differs(written: &str, played: &str) -> Option<String> {
    let (written, played): (Vec<_>, Vec<_>) = (written.lines().collect(), played.lines().collect());
    let first = written.iter().zip(&played).position(|(a, b)| a != b);
    (written != played).then(|| {
        let line = first.unwrap_or(written.len().min(played.len())) + 1;
        let lines = first.map(|at| (written[at], played[at]));
        format!("differs from line {line} on:\n{lines:#?}")
    })
}
