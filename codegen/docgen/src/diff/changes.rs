//! What changed under each path, and how severe that is.

use std::cell::RefCell;

use super::{
    Change, Severity,
    facts::{Entry, Fact, Facts, Kind, Shape},
    holds::{Compared, present},
    reach::Roles,
    types::Ty,
};

/// The changes between two revisions.
pub(super) struct Changes<'c, 'm> {
    pub(super) types: Compared<'c, 'm>,
    pub(super) old: Facts<'m>,
    pub(super) new: Facts<'m>,
    pub(super) found: RefCell<Vec<Change>>,
}

/// What became of the old declarations of a path, and what is new.
struct Pairs<'f, 'm> {
    both: Vec<(&'f Fact<'m>, &'f Fact<'m>, Option<Severity>)>,
    gone: Vec<&'f Fact<'m>>,
    come: Vec<&'f Fact<'m>>,
}

impl<'m> Changes<'_, 'm> {
    fn add(&self, severity: Severity, path: &str, what: &str, texts: (Option<&str>, Option<&str>)) {
        let text = |text: Option<&str>| text.filter(|it| !it.is_empty()).map(str::to_owned);
        let (old, new) = (text(texts.0), text(texts.1));
        let (path, what) = (path.to_owned(), what.to_owned());
        self.found.borrow_mut().push(Change { severity, path, what, old, new });
    }

    /// Tells what changed under one path.
    pub(super) fn path(&self, path: &str) {
        match (self.old.get(path), self.new.get(path)) {
            (Some(old), Some(new)) => self.both(path, old, new),
            (Some(old), None) if self.counts(old, &self.new) => {
                let facts = old
                    .facts
                    .iter()
                    .filter(|fact| !self.is_told_at_base(path, old, fact, (&self.old, &self.new)));
                facts.for_each(|fact| self.removed(&labelled(path, fact), fact));
            }
            (None, Some(new)) if self.counts(new, &self.old) => {
                let facts = new
                    .facts
                    .iter()
                    .filter(|fact| !self.is_told_at_base(path, new, fact, (&self.new, &self.old)));
                facts.for_each(|fact| self.added(&labelled(path, fact), fact, new, new.roles));
            }
            _ => {}
        }
    }

    /// Whether it counts that `other` has nothing like an entry: of what is there as a whole in one of
    /// the revisions alone, one line is enough, and what nobody can name is missed by nobody.
    #[expect(clippy::unused_self, reason = "it is one of the questions about these changes")]
    fn counts(&self, entry: &Entry<'_>, other: &Facts<'_>) -> bool {
        match entry.owner.as_str() {
            "" => entry.exported,
            owner => other.get(owner).is_some_and(|owner| owner.has_members || is_block(owner)),
        }
    }

    /// Whether that a member is not among those of the other revision is told of the type that it
    /// comes from.
    #[expect(clippy::unused_self, reason = "it is one of the questions about these changes")]
    fn is_told_at_base(
        &self,
        path: &str,
        entry: &Entry<'_>,
        fact: &Fact<'_>,
        (ours, theirs): (&Facts<'_>, &Facts<'_>),
    ) -> bool {
        if fact.origin.is_empty() || fact.origin == entry.owner {
            return false;
        }
        let Some(base) = ours.get(&fact.origin) else { return false };
        let member = path.get(entry.owner.len()..).unwrap_or_default();
        let is_there = theirs.contains_key(&format!("{}{member}", fact.origin));
        !is_there && (theirs.contains_key(&fact.origin) || base.exported)
    }

    /// Whether what changed of a member is told of the type that it comes from.
    fn is_told_there(&self, path: &str, entry: &Entry<'m>, fact: &Fact<'m>) -> bool {
        let member = path.get(entry.owner.len()..).unwrap_or_default();
        let place = format!("{}{member}", fact.origin);
        let (Some(old), Some(new)) = (self.old.get(&place), self.new.get(&place)) else {
            return true;
        };
        let pairs = self.pairs(&old.facts, &new.facts, old.roles.with(new.roles));
        let changed = pairs.both.iter().any(|(.., severity)| severity.is_some());
        changed || !pairs.gone.is_empty() || !pairs.come.is_empty()
    }

    /// Tells that a type has other members of a base than before: those of `Base<number>`.
    fn extends_otherwise(&self, owner: &str, severity: Severity) {
        let shown = |facts: &Facts<'_>| {
            let fact = facts.get(owner)?.facts.first()?;
            Some(fact.shown.clone())
        };
        let (old, new) = (shown(&self.old), shown(&self.new));
        let is_it = |change: &&mut Change| change.path == owner && change.what == "changed";
        if let Some(known) = self.found.borrow_mut().iter_mut().find(is_it) {
            known.severity = known.severity.max(severity);
            return;
        }
        self.add(severity, owner, "changed", (old.as_deref(), new.as_deref()));
    }

    fn removed(&self, path: &str, fact: &Fact<'_>) {
        self.add(Severity::Breaking, path, "was removed", (Some(&fact.shown), None));
    }

    /// What is new: breaks those who make such an object themselves where it is a property that they
    /// have to give, and those who tell apart what they get where it is one more value.
    fn added(&self, path: &str, fact: &Fact<'_>, entry: &Entry<'_>, roles: Roles) {
        let owner = self.new.get(&entry.owner);
        let is_enum = owner.is_some_and(|owner| owner.facts.iter().any(is_enum));
        let is_required = match &fact.shape {
            // The instances of a class have what it gives them.
            Shape::Member { optional: false, ty, of_class: false, .. } => {
                let is_call = is_call(ty);
                if is_call { roles.is_only_given() } else { roles.is_made() }
            }
            _ => false,
        };
        let is_named = !path.ends_with(')') || !path.contains(".new (") && !path.contains(".()");
        let (severity, what) = if is_required && is_named {
            (Severity::Breaking, "is new and required")
        } else if is_enum && roles.is_gotten() {
            (Severity::Breaking, "is a new value of what is returned")
        } else {
            (Severity::Addition, "is new")
        };
        self.add(severity, path, what, (None, Some(&fact.shown)));
    }

    fn both(&self, path: &str, old: &Entry<'m>, new: &Entry<'m>) {
        if old.owner.is_empty() && old.exported != new.exported {
            let (severity, what) = if old.exported {
                (Severity::Breaking, "is no longer exported")
            } else {
                (Severity::Addition, "is exported")
            };
            let shown = |entry: &Entry<'_>| entry.facts.first().map(|fact| fact.shown.clone());
            let texts = (shown(old), shown(new));
            self.add(severity, path, what, (texts.0.as_deref(), texts.1.as_deref()));
        }
        if old.is_type_alone != new.is_type_alone {
            let (severity, what) = if new.is_type_alone {
                (Severity::Breaking, "is exported as a type alone")
            } else {
                (Severity::Addition, "is exported as a value, too")
            };
            self.add(severity, path, what, (None, None));
        }
        let roles = old.roles.with(new.roles);
        let pairs = self.pairs(&old.facts, &new.facts, roles);
        let mut nth = 0;
        for (before, after, severity) in pairs.both {
            nth += 1;
            let is_inherited = before.origin == after.origin && before.origin != old.owner;
            if is_inherited && !before.origin.is_empty() {
                if let Some(severity) = severity.filter(|_| !self.is_told_there(path, old, before))
                {
                    self.extends_otherwise(&old.owner, severity);
                }
                continue;
            }
            let path = numbered(path, before, nth);
            self.changed(&path, before, after, severity);
        }
        for fact in pairs.gone {
            nth += 1;
            self.removed(&numbered(path, fact, nth), fact);
        }
        for fact in pairs.come {
            nth += 1;
            self.added(&numbered(path, fact, nth), fact, new, roles);
        }
    }

    /// The declarations of one path beside each other: those that are the same first, so that an
    /// overload between others moves nothing; then each beside the one that takes its place best.
    fn pairs<'f>(&self, old: &'f [Fact<'m>], new: &'f [Fact<'m>], roles: Roles) -> Pairs<'f, 'm> {
        let mut pairs = Pairs { both: Vec::new(), gone: Vec::new(), come: new.iter().collect() };
        let mut rest = Vec::new();
        for before in old {
            let same = |after: &&Fact<'_>| {
                after.shown == before.shown && is_same_kind(&before.shape, &after.shape)
            };
            match pairs.come.iter().position(same) {
                Some(at) => {
                    let after = pairs.come.remove(at);
                    pairs.both.push((before, after, self.severity(before, after, roles)));
                }
                None => rest.push(before),
            }
        }
        let unequal = pairs.come.clone();
        let mut worse = Vec::new();
        for before in rest {
            let best = |candidates: &[&'f Fact<'m>]| {
                let judged = candidates
                    .iter()
                    .enumerate()
                    .filter(|(_, after)| is_same_kind(&before.shape, &after.shape));
                let judged = judged.map(|(at, after)| (at, self.severity(before, after, roles)));
                judged.filter(|(_, it)| *it != Some(Severity::Breaking)).min_by_key(|(_, it)| *it)
            };
            if let Some((at, severity)) = best(&pairs.come) {
                pairs.both.push((before, pairs.come.remove(at), severity));
            } else if best(&unequal).is_none() {
                // What another one does as well is none that anybody misses.
                worse.push(before);
            }
        }
        for before in worse {
            let is_like = |after: &&Fact<'_>| after.label == before.label;
            match pairs.come.iter().position(is_like) {
                Some(at) => {
                    let after = pairs.come.remove(at);
                    pairs.both.push((before, after, Some(Severity::Breaking)));
                }
                None => pairs.gone.push(before),
            }
        }
        pairs
    }

    /// What changed of a declaration, and of its comment.
    fn changed(&self, path: &str, old: &Fact<'m>, new: &Fact<'m>, severity: Option<Severity>) {
        if let Some(severity) = severity {
            self.add(severity, path, "changed", (Some(&old.shown), Some(&new.shown)));
        }
        if old.docs != new.docs {
            let deprecates = new.deprecated && !old.deprecated;
            let what = if deprecates { "is deprecated" } else { "is documented otherwise" };
            self.add(Severity::Documentation, path, what, (Some(&old.docs), Some(&new.docs)));
        }
    }

    /// What it means that one declaration took the place of another.
    fn severity(&self, old: &Fact<'m>, new: &Fact<'m>, roles: Roles) -> Option<Severity> {
        let change = match (&old.shape, &new.shape) {
            (
                Shape::Member { ty: old_ty, optional: was, readonly: was_readonly, .. },
                Shape::Member { ty: new_ty, optional: is, readonly: is_readonly, of_class },
            ) => {
                let roles = match is_call(old_ty) || is_call(new_ty) {
                    true if *of_class => Roles::GOTTEN,
                    true => roles.of_calls(),
                    false => roles,
                };
                let either = *was || *is;
                let was_maybe = self.types.may_be_undefined(old_ty, false);
                let (old_ty, new_ty) = (present(old_ty, either), present(new_ty, either));
                let ty = self.types.change(&old_ty, &new_ty, roles);
                let freed = match (was, is) {
                    (false, true) if roles.is_gotten() && !was_maybe => Some(Severity::Breaking),
                    (true, false) if roles.is_given() => Some(Severity::Breaking),
                    (was, is) if was != is => Some(Severity::Addition),
                    _ => None,
                };
                let locked = match (was_readonly, is_readonly) {
                    // Also of what is only given: some fill it step by step.
                    (false, true) => Some(Severity::Breaking),
                    (true, false) => Some(Severity::Addition),
                    _ => None,
                };
                ty.max(freed).max(locked)
            }
            (Shape::Type { .. }, Shape::Type { .. }) => {
                self.type_severity(&old.shape, &new.shape, roles)
            }
            // A value whose type nobody wrote down.
            (Shape::Value(Ty::Unsaid), _) | (_, Shape::Value(Ty::Unsaid)) => return None,
            (Shape::Value(old), Shape::Value(new)) => self.types.change(old, new, Roles::GOTTEN),
            (Shape::Fixed(old), Shape::Fixed(new)) => (old != new).then_some(Severity::Breaking),
            _ => Some(Severity::Breaking),
        };
        // What is called otherwise, and is the same, is documentation.
        let says = !old.labels.is_empty() && !new.labels.is_empty();
        change.or_else(|| (says && old.labels != new.labels).then_some(Severity::Documentation))
    }

    fn type_severity(&self, old: &Shape<'m>, new: &Shape<'m>, roles: Roles) -> Option<Severity> {
        let (
            Shape::Type { kind: was, params: old_params, unknown: old_bases, ty: old },
            Shape::Type { kind: is, params: new_params, unknown: new_bases, ty: new },
        ) = (old, new)
        else {
            return Some(Severity::Breaking);
        };
        let kind = match (was, is) {
            (was, is) if was == is => None,
            // It can be made again, or has a value again.
            (Kind::Plain, Kind::Class { .. })
            | (Kind::Class { .. }, Kind::Class { is_abstract: false })
            | (Kind::Enum { .. }, Kind::Enum { constant: false }) => Some(Severity::Addition),
            _ => return Some(Severity::Breaking),
        };
        let needed = new_params.iter().filter(|param| param.is_needed()).count();
        let params = if new_params.len() < old_params.len() || needed > old_params.len() {
            Some(Severity::Breaking)
        } else if new_params.len() > old_params.len() {
            Some(Severity::Addition)
        } else {
            let was_needed = old_params.iter().filter(|param| param.is_needed()).count();
            let bounds = old_params.iter().zip(new_params);
            let bounds =
                bounds.map(|(old, new)| self.types.bound(old.bound.as_ref(), new.bound.as_ref()));
            let bounds = bounds.max().flatten();
            let both = old_params.iter().zip(new_params);
            let defaults = both.filter_map(|(old, new)| {
                let (old, new) = (old.default.as_ref()?, new.default.as_ref()?);
                self.types.change(old, new, Roles::GIVEN.with(Roles::GOTTEN))
            });
            bounds
                .max(defaults.max())
                .max((needed < was_needed).then_some(Severity::Addition))
                .max((needed > was_needed).then_some(Severity::Breaking))
        };
        let known = |base: &Ty<'m>, bases: &[Ty<'m>], turned: bool| {
            bases.iter().any(|other| {
                let (old, new) = if turned { (other, base) } else { (base, other) };
                self.types.change(old, new, Roles::GOTTEN) != Some(Severity::Breaking)
            })
        };
        let lost = !old_bases.iter().all(|base| known(base, new_bases, false));
        let won = !new_bases.iter().all(|base| known(base, old_bases, true));
        let bases = lost.then_some(Severity::Breaking).or(won.then_some(Severity::Addition));
        // The members of an object are compared each for itself.
        let whole = match (old, new) {
            (Ty::Object(_), Ty::Object(_)) => None,
            (Ty::Text(_), Ty::Text(_)) if *was != Kind::Plain => None,
            (old, new) => self.types.change(old, new, roles),
        };
        kind.max(params).max(bases).max(whole)
    }
}

fn is_same_kind(old: &Shape<'_>, new: &Shape<'_>) -> bool {
    std::mem::discriminant(old) == std::mem::discriminant(new)
}

/// Whether a type is one of functions.
fn is_call(ty: &Ty<'_>) -> bool {
    matches!(ty, Ty::Object(object) if !object.calls.is_empty() && object.members.is_empty())
}

fn is_enum(fact: &Fact<'_>) -> bool {
    matches!(fact.shape, Shape::Type { kind: Kind::Enum { .. }, .. })
}

fn is_block(entry: &Entry<'_>) -> bool {
    let is_block =
        |fact: &Fact<'_>| matches!(fact.shape, Shape::Type { kind: Kind::Namespace, .. });
    entry.facts.iter().any(is_block)
}

fn labelled(path: &str, fact: &Fact<'_>) -> String {
    format!("{path}{}", fact.label)
}

/// The path of an overload: of those that nothing tells apart, with its number.
fn numbered(path: &str, fact: &Fact<'_>, nth: usize) -> String {
    let path = labelled(path, fact);
    if nth == 1 || !fact.label.is_empty() { path } else { format!("{path}#{nth}") }
}
