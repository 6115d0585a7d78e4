//! What a mistyped name most likely means.

/// The candidate that a mistyped name most likely means.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = |candidate: &&str| distance(name, candidate) <= 1 + name.chars().count() / 4;
    let by_distance = |candidate: &&str| distance(name, candidate);
    candidates.into_iter().filter(near).min_by_key(by_distance).map(str::to_owned)
}

/// The number of letters to insert, remove or replace, case aside.
fn distance(left: &str, right: &str) -> usize {
    let (left, right) = (left.to_lowercase(), right.to_lowercase());
    // The distances of what was read of `left` to nothing, and to each longer part of `right`.
    let mut to_nothing = 0;
    let mut row: Vec<usize> = (1..=right.chars().count()).collect();
    for letter in left.chars() {
        let mut diagonal = to_nothing;
        to_nothing += 1;
        let mut before = to_nothing;
        for (place, other) in row.iter_mut().zip(right.chars()) {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = *place;
            before = replaced.min(diagonal + 1).min(before + 1);
            *place = before;
        }
    }
    row.last().copied().unwrap_or(to_nothing)
}
