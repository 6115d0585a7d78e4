//! Case, reserved words, and the names that the ecosystem derives from others.

/// The words of a name in any case: `remoteURLOf_x-y2` is remote, URL, Of, x, y2.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, &letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            words.push(String::new());
            continue;
        }
        let before = index.checked_sub(1).and_then(|previous| letters.get(previous));
        let after = letters.get(index + 1);
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase())
            });
        if starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(letter);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + &letters.as_str().to_lowercase()
}

/// `notRoaming`.
pub(crate) fn camel(name: &str) -> String {
    let words = words(name);
    let rest = words.iter().skip(1).map(|word| capitalized(word));
    words.first().map(|first| first.to_lowercase()).into_iter().chain(rest).collect()
}

/// `NotRoaming`.
pub(crate) fn pascal(name: &str) -> String {
    words(name).iter().map(|word| capitalized(word)).collect()
}

/// `not_roaming`.
pub(crate) fn snake(name: &str) -> String {
    joined(name, "_")
}

/// `NOT_ROAMING`.
pub(crate) fn shouting(name: &str) -> String {
    joined(name, "_").to_uppercase()
}

/// `not-roaming`.
pub(crate) fn kebab(name: &str) -> String {
    joined(name, "-")
}

fn joined(name: &str, separator: &str) -> String {
    words(name).join(separator).to_lowercase()
}

/// The first letter large, the rest as it is: `kvGet` is `KvGet`, `CapacitorKV` stays.
pub(crate) fn upper_first(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// An identifier that starts with a letter, even where the name does not: `_2d` for `2d`.
pub(crate) fn identifier(name: String) -> String {
    if name.starts_with(|first: char| first.is_ascii_digit()) || name.is_empty() {
        return format!("_{name}");
    }
    name
}

/// The short name of a device API, as the configuration lists it: `kv` for `CapacitorKV`.
pub(crate) fn short(api: &str) -> String {
    kebab(api.strip_prefix("Capacitor").filter(|rest| !rest.is_empty()).unwrap_or(api))
}

/// What Capacitor's command line makes of an npm name: `@capacitor/background-runner` is
/// `CapacitorBackgroundRunner`. The Swift package, its product and the podspec must be named so.
pub(crate) fn fix_name(npm_name: &str) -> String {
    npm_name.split(['/', '-', '_']).map(|part| upper_first(part.trim_start_matches('@'))).collect()
}

/// Whether a name is one in every language that is generated.
pub(crate) fn is_identifier(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use crate::names::{camel, fix_name, kebab, pascal, short, shouting, snake};

    #[test]
    fn cases_are_made_of_words() {
        assert_eq!(camel("not-roaming"), "notRoaming");
        assert_eq!(pascal("kvGet"), "KvGet");
        assert_eq!(snake("remoteURLOf_x-y2"), "remote_url_of_x_y2");
        assert_eq!(shouting("NEVER_SETTLED"), "NEVER_SETTLED");
        assert_eq!(camel("NEVER_SETTLED"), "neverSettled");
        assert_eq!(kebab("CapacitorKV"), "capacitor-kv");
        assert_eq!(camel("API"), "api");
        assert_eq!(camel(""), "");
    }

    #[test]
    fn the_ecosystem_fixes_names() {
        assert_eq!(fix_name("@capacitor/background-runner"), "CapacitorBackgroundRunner");
        assert_eq!(fix_name("my-rust-runner"), "MyRustRunner");
        assert_eq!(short("CapacitorKV"), "kv");
        assert_eq!(short("Capacitor"), "capacitor");
    }
}
