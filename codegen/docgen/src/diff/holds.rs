//! Which changes of a type those who use it have to follow: what an app gives may become wider, what
//! it gets may become narrower.

use std::cell::{Cell, RefCell};

use typescript::syntax::{EnumValue, ItemKind, Keyword, Literal};

use super::{
    Severity,
    forms::{self, Each},
    reach::{Declarations, Roles},
    shown,
    types::{Call, Element, Generic, Named, Object, Prop, Ty},
};

/// Two revisions whose types are compared.
pub(super) struct Compared<'c, 'm> {
    pub(super) old: &'c Declarations<'m>,
    pub(super) new: &'c Declarations<'m>,
    /// Whether it is asked if two types are the same, not if one can stand for the other.
    exactly: Cell<bool>,
    /// How many more types are compared for one change.
    fuel: Cell<usize>,
    /// The pairs of names that are being compared: what leads back to itself holds.
    open: RefCell<Vec<String>>,
}

/// Which of two types is the new one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum New {
    /// The app gets it where it got the old one.
    Part,
    /// The app gives what the old one took.
    Whole,
}

impl New {
    fn turned(self) -> Self {
        match self {
            Self::Part => Self::Whole,
            Self::Whole => Self::Part,
        }
    }
}

/// How many types are compared for one change: no plugin comes near it, broken ones do.
const FUEL: usize = 20_000;
/// How many types within each other are compared.
const DEEPEST: usize = 60;

impl<'c, 'm> Compared<'c, 'm> {
    pub(super) fn new(old: &'c Declarations<'m>, new: &'c Declarations<'m>) -> Self {
        Self {
            old,
            new,
            exactly: Cell::new(false),
            fuel: Cell::new(FUEL),
            open: RefCell::default(),
        }
    }

    /// What the change of a type means to those who give or get such values; `None` where both mean
    /// the same.
    pub(super) fn change(&self, old: &Ty<'m>, new: &Ty<'m>, roles: Roles) -> Option<Severity> {
        let holds = |whole, part, which| {
            self.fuel.set(FUEL);
            self.holds(whole, part, which, 0)
        };
        self.exactly.set(true);
        let is_same = holds(new, old, New::Whole) && holds(old, new, New::Part);
        self.exactly.set(false);
        if is_same {
            return None;
        }
        let takes = holds(new, old, New::Whole);
        let gives = holds(old, new, New::Part);
        let is_fine = (!roles.is_given() || takes) && (!roles.is_gotten() || gives);
        Some(if is_fine { Severity::Addition } else { Severity::Breaking })
    }

    /// Whether the values of a type, the old one or the new one, may be `undefined`.
    pub(super) fn may_be_undefined(&self, ty: &Ty<'m>, is_new: bool) -> bool {
        match self.open(ty, is_new) {
            Ty::Union(types) => types.iter().any(|ty| self.may_be_undefined(ty, is_new)),
            Ty::Keyword(word) => word == Keyword::Undefined,
            _ => false,
        }
    }

    /// Whether a bound of a type parameter still allows what it did.
    pub(super) fn bound(&self, old: Option<&Ty<'m>>, new: Option<&Ty<'m>>) -> Option<Severity> {
        let any = Ty::Keyword(Keyword::Unknown);
        self.change(old.unwrap_or(&any), new.unwrap_or(&any), Roles::GIVEN)
    }

    fn open(&self, ty: &Ty<'m>, is_new: bool) -> Ty<'m> {
        if is_new { self.new.open(ty) } else { self.old.open(ty) }
    }

    /// Whether every value of `part` is surely one of `whole`.
    fn holds(&self, whole: &Ty<'m>, part: &Ty<'m>, new: New, depth: usize) -> bool {
        let Some(fuel) = self.fuel.get().checked_sub(1).filter(|_| depth < DEEPEST) else {
            return false;
        };
        self.fuel.set(fuel);
        if matches!(whole, Ty::Unsaid) || matches!(part, Ty::Unsaid) {
            return true;
        }
        let depth = depth + 1;
        if let (Ty::Named(a), Ty::Named(b)) = (whole, part)
            && let Some(same) = self.same_name(a, b, new, depth)
        {
            return same;
        }
        // Changes of what has these keys are told at its own place.
        if let (Ty::KeyOf(a), Ty::KeyOf(b)) = (whole, part)
            && let (Ty::Named(a), Ty::Named(b)) = (&**a, &**b)
            && self.same_name(a, b, new, depth) == Some(true)
        {
            return true;
        }
        if let (Ty::Named(_), Ty::This(own), false) = (whole, part, self.exactly.get()) {
            return self.holds(whole, own, new, depth);
        }
        // One of a union by its name, before anybody looks behind that.
        if let Ty::Union(wholes) = whole
            && is_behind_names(part)
            && wholes.iter().any(|whole| self.holds(whole, part, new, depth))
        {
            return true;
        }
        if is_behind_names(whole) || is_behind_names(part) {
            let names = format!("{} {}", shown::ty(whole), shown::ty(part));
            if self.open.borrow().contains(&names) {
                return true;
            }
            self.open.borrow_mut().push(names);
            let holds = self.opened_holds(whole, part, new, depth);
            self.open.borrow_mut().pop();
            return holds;
        }
        self.opened_holds(whole, part, new, depth)
    }

    fn opened_holds(&self, whole: &Ty<'m>, part: &Ty<'m>, new: New, depth: usize) -> bool {
        let (whole, part) =
            (self.open(whole, new == New::Whole), self.open(part, new == New::Part));
        let (whole, part) = (&whole, &part);
        let is_union = |ty: &Ty<'_>| matches!(ty, Ty::Union(_));
        let is_one = !is_union(whole) && !is_union(part);
        if self.exactly.get() && is_one && is_any(whole) != is_any(part) {
            return false;
        }
        if let Some(known) = words(whole, part, new) {
            return known;
        }
        let holds = |whole: &Ty<'m>, part: &Ty<'m>| self.holds(whole, part, new, depth);
        match (whole, part) {
            (_, Ty::Union(parts)) => parts.iter().all(|part| holds(whole, part)),
            (Ty::Intersection(wholes), _) => wholes.iter().all(|whole| holds(whole, part)),
            (_, Ty::Intersection(parts)) if parts.iter().any(|part| holds(whole, part)) => true,
            (Ty::Union(_), _) => self.is_one_of(whole, part, new, depth),
            (Ty::Param { level, index, .. }, Ty::Param { level: other, index: at, .. })
                if level == other && index == at =>
            {
                true
            }
            (_, Ty::Param { bound: Some(bound), .. }) => holds(whole, bound),
            (Ty::Keyword(word), Ty::Literal(literal)) => is_word(*word, literal),
            (Ty::Literal(a), Ty::Literal(b)) => a == b,
            (Ty::Keyword(Keyword::String), Ty::Template { .. }) => true,
            (Ty::Template { texts, types }, Ty::Literal(Literal::String(text))) => {
                forms::is_of_form(texts, types, text)
            }
            (Ty::Template { texts, types }, Ty::Template { texts: same, types: parts }) => {
                texts == same && types.iter().zip(parts.iter()).all(|(a, b)| holds(a, b))
            }
            (Ty::This(whole), Ty::This(part)) => holds(whole, part),
            (_, Ty::This(own)) if !self.exactly.get() => holds(whole, own),
            (Ty::Conditional(whole), Ty::Conditional(part)) => {
                self.conditional_holds(whole, part, new, depth)
            }
            (Ty::Mapped(whole), Ty::Mapped(part)) => self.mapped_holds(whole, part, new, depth),
            (Ty::Keyword(word), Ty::Named(named)) => self.is_enum_of(*word, named, new),
            (Ty::Keyword(Keyword::Object), part) => {
                matches!(part, Ty::Object(_) | Ty::Array { .. } | Ty::Tuple { .. })
            }
            (Ty::Array { element, readonly }, Ty::Array { element: part, readonly: fixed }) => {
                (*readonly || !fixed) && holds(element, part)
            }
            (Ty::Array { element, readonly }, Ty::Tuple { elements, readonly: fixed }) => {
                (*readonly || !fixed) && elements.iter().all(|part| holds(element, &part.ty))
            }
            (Ty::Tuple { elements, readonly }, Ty::Tuple { elements: parts, readonly: fixed }) => {
                let same = |(whole, part): (&Element<'m>, &Element<'m>)| {
                    whole.rest == part.rest
                        && (whole.optional || !part.optional)
                        && holds(&whole.ty, &part.ty)
                };
                (*readonly || !fixed)
                    && elements.len() == parts.len()
                    && elements.iter().zip(parts.iter()).all(same)
            }
            (Ty::Object(whole), Ty::Object(part)) => self.object_holds(whole, part, new, depth),
            (Ty::KeyOf(whole), Ty::KeyOf(part)) => {
                holds(whole, part) && self.holds(part, whole, new.turned(), depth)
            }
            (Ty::Indexed(whole), Ty::Indexed(part)) => {
                holds(&whole.0, &part.0) && holds(&whole.1, &part.1)
            }
            // A function that says more gives a plain answer, or nothing, as well.
            (Ty::Keyword(Keyword::Boolean), Ty::Predicate { asserts, .. }) => !asserts,
            (Ty::Keyword(Keyword::Void), Ty::Predicate { asserts, .. }) => *asserts,
            (Ty::Predicate { .. }, Ty::Predicate { .. }) => {
                self.predicate_holds(whole, part, new, depth)
            }
            (Ty::Text(whole), Ty::Text(part)) => whole == part,
            _ => false,
        }
    }

    fn conditional_holds(
        &self,
        [check, extends, yes, no]: &[Ty<'m>; 4],
        [part_check, part_extends, part_yes, part_no]: &[Ty<'m>; 4],
        new: New,
        depth: usize,
    ) -> bool {
        self.is_same(check, part_check, new, depth)
            && self.is_same(extends, part_extends, new, depth)
            && self.holds(yes, part_yes, new, depth)
            && self.holds(no, part_no, new, depth)
    }

    fn mapped_holds(&self, whole: &Each<'m>, part: &Each<'m>, new: New, depth: usize) -> bool {
        let modifiers = |each: &Each<'_>| (each.written.readonly, each.written.optional);
        let names = match (&whole.name, &part.name) {
            (Some(whole), Some(part)) => self.is_same(whole, part, new, depth),
            (whole, part) => whole.is_none() && part.is_none(),
        };
        names
            && modifiers(whole) == modifiers(part)
            && self.is_same(&whole.keys, &part.keys, new, depth)
            && self.holds(&whole.value, &part.value, new, depth)
    }

    fn predicate_holds(&self, whole: &Ty<'m>, part: &Ty<'m>, new: New, depth: usize) -> bool {
        let (
            Ty::Predicate { asserts, param, ty },
            Ty::Predicate { asserts: part_asserts, param: part_param, ty: part_ty },
        ) = (whole, part)
        else {
            return false;
        };
        let types = match (ty, part_ty) {
            (Some(whole), Some(part)) => self.holds(whole, part, new, depth),
            (whole, part) => whole.is_none() && part.is_none(),
        };
        (asserts, param) == (part_asserts, part_param) && types
    }

    /// Whether two types mean the same.
    fn is_same(&self, whole: &Ty<'m>, part: &Ty<'m>, new: New, depth: usize) -> bool {
        let before = self.exactly.replace(true);
        let is_same =
            self.holds(whole, part, new, depth) && self.holds(part, whole, new.turned(), depth);
        self.exactly.set(before);
        is_same
    }

    fn is_one_of(&self, whole: &Ty<'m>, part: &Ty<'m>, new: New, depth: usize) -> bool {
        let Ty::Union(wholes) = whole else { return false };
        if wholes.iter().any(|whole| self.holds(whole, part, new, depth)) {
            return true;
        }
        // `boolean` is both of its values, also where one stands within an alias.
        matches!(part, Ty::Keyword(Keyword::Boolean))
            && [true, false].iter().all(|it| {
                let one = Ty::Literal(Literal::Boolean(*it));
                wholes.iter().any(|whole| self.holds(whole, &one, new, depth))
            })
    }

    /// Whether a type is one of the same name; `None` where that takes a look behind the names.
    fn same_name(
        &self,
        whole: &Named<'m>,
        part: &Named<'m>,
        new: New,
        depth: usize,
    ) -> Option<bool> {
        let is_same = whole.id == part.id
            && whole.key.is_some() == part.key.is_some()
            && whole.of_value == part.of_value
            && whole.args.len() == part.args.len();
        if !is_same {
            return None;
        }
        if whole.member != part.member {
            // The whole enum has each of its members.
            return (whole.member.is_none() && !whole.of_value).then_some(true);
        }
        let mut pairs = whole.args.iter().zip(&part.args);
        // What is known to hold its arguments as they are.
        let keeps = ["Promise", "PromiseLike", "Set", "ReadonlySet", "Map", "ReadonlyMap"];
        let is_kept = whole.key.is_none() && keeps.contains(&whole.id.as_str());
        let holds = pairs.all(|(whole, part)| {
            self.holds(whole, part, new, depth)
                && (is_kept || self.holds(part, whole, new.turned(), depth))
        });
        // Changes of what has this name are told at its own place.
        if holds { Some(true) } else { is_kept.then_some(false) }
    }

    /// Whether the values of an enum, or one of them, are texts or numbers.
    fn is_enum_of(&self, word: Keyword, named: &Named<'m>, new: New) -> bool {
        let declarations = if new == New::Part { self.new } else { self.old };
        let Some(key) = named.key.as_ref().filter(|_| !named.of_value) else { return false };
        let mut items = declarations.names.found(key).iter().map(|found| &found.item.kind);
        items.any(|item| {
            let ItemKind::Enum(item) = item else { return false };
            item.members.iter().all(|member| match member.value {
                EnumValue::String(_) => word == Keyword::String,
                EnumValue::Number(_) | EnumValue::Computed => word == Keyword::Number,
            })
        })
    }

    /// Whether an object with the members of `part` has all that `whole` asks for.
    fn object_holds(&self, whole: &Object<'m>, part: &Object<'m>, new: New, depth: usize) -> bool {
        let holds = |whole: &Ty<'m>, part: &Ty<'m>| self.holds(whole, part, new, depth);
        let fits = |wanted: &Prop<'m>| {
            let mut found = part.members.iter().filter(|prop| prop.name == wanted.name).peekable();
            if found.peek().is_none() {
                return wanted.optional && part.unknown.is_empty() && !self.exactly.get();
            }
            found.any(|found| {
                let optional = wanted.optional || !found.optional;
                let same = (wanted.optional, wanted.readonly) == (found.optional, found.readonly);
                let locked = new == New::Part && found.readonly && !wanted.readonly;
                let (wanted, found) =
                    (present(&wanted.ty, wanted.optional), present(&found.ty, wanted.optional));
                optional && !locked && (same || !self.exactly.get()) && holds(&wanted, &found)
            })
        };
        let calls = |whole: &[_], part: &[_]| {
            let fits = |wanted: &std::rc::Rc<Call<'m>>| {
                part.iter()
                    .any(|found: &std::rc::Rc<Call<'m>>| self.call_holds(wanted, found, new, depth))
            };
            whole.iter().all(fits)
        };
        // An object that is written in place may have nothing that nobody asks for.
        let is_asked_for =
            |prop: &Prop<'m>| whole.members.iter().any(|wanted| wanted.name == prop.name);
        let extra = new == New::Whole
            && !whole.members.is_empty()
            && whole.indexes.is_empty()
            && whole.unknown.is_empty()
            && !part.members.iter().all(is_asked_for);
        let indexes = whole.indexes.iter().all(|(key, value)| {
            let same =
                part.indexes.iter().any(|(other, part)| holds(key, other) && holds(value, part));
            same || part.indexes.is_empty()
                && part.unknown.is_empty()
                && part.members.iter().all(|prop| holds(value, &prop.ty))
        });
        let unknown = whole
            .unknown
            .iter()
            .all(|wanted| part.unknown.iter().any(|found| holds(wanted, found)));
        !extra
            && indexes
            && unknown
            && whole.members.iter().all(fits)
            && calls(&whole.calls, &part.calls)
            && calls(&whole.constructs, &part.constructs)
    }

    /// Whether `part` can be called in each way in which `whole` can.
    fn call_holds(&self, whole: &Call<'m>, part: &Call<'m>, new: New, depth: usize) -> bool {
        let required = |call: &Call<'_>| {
            call.takes.iter().filter(|taken| !taken.optional && !taken.rest).count()
        };
        let has_rest = |call: &Call<'_>| call.takes.iter().any(|taken| taken.rest);
        let arity = if self.exactly.get() {
            let kinds = |call: &Call<'_>| {
                let kinds = call.takes.iter().map(|taken| (taken.optional, taken.rest));
                kinds.collect::<Vec<_>>()
            };
            kinds(whole) == kinds(part) && whole.params.len() == part.params.len()
        } else if new == New::Part {
            let all = part.takes.len() >= whole.takes.len() || has_rest(part);
            all && required(part) <= required(whole) && (has_rest(part) || !has_rest(whole))
        } else {
            required(part) <= whole.takes.len() || has_rest(whole)
        };
        let (ours, theirs) = (whole.params.len(), part.params.len());
        let needed = part.params.iter().filter(|param| param.is_needed()).count();
        // Who names the arguments names as many as before.
        let params = ours == theirs || ours == 0 || theirs > ours && needed <= ours;
        let unknown = Ty::Keyword(Keyword::Unknown);
        let bound = |param: &Generic<'m>| param.bound.clone().unwrap_or_else(|| unknown.clone());
        let mut pairs = whole.params.iter().zip(&part.params);
        let bounds = pairs.all(|(whole, part)| {
            // What stands for one that nobody names is gotten.
            let default = whole.default.as_ref().is_none_or(|default| {
                let other = part.default.clone().unwrap_or_else(|| bound(part));
                self.holds(default, &other, new, depth)
            });
            default && self.holds(&bound(part), &bound(whole), new.turned(), depth)
        });
        let takes = whole.takes.iter().enumerate().all(|(index, given)| {
            let taken = part.takes.get(index).or_else(|| part.takes.last().filter(|it| it.rest));
            taken.is_none_or(|taken| self.takes(given, taken, new.turned(), depth))
        });
        arity && params && bounds && takes && self.gives(whole, part, new, depth)
    }

    /// Whether a parameter takes all that another one was given.
    fn takes(&self, given: &Element<'m>, taken: &Element<'m>, new: New, depth: usize) -> bool {
        let element = |it: &Element<'m>| match (&it.ty, it.rest) {
            (Ty::Array { element, .. }, true) => (**element).clone(),
            (ty, _) => ty.clone(),
        };
        let optional = given.rest || given.optional;
        let allows = !optional || taken.optional || taken.rest;
        let (taken, given) = match (given.rest, taken.rest) {
            (true, true) => (taken.ty.clone(), given.ty.clone()),
            _ => (element(taken), element(given)),
        };
        allows && self.holds(&present(&taken, optional), &present(&given, optional), new, depth)
    }

    fn gives(&self, whole: &Call<'m>, part: &Call<'m>, new: New, depth: usize) -> bool {
        let is_nothing = is_nothing(&whole.gives) && !self.exactly.get();
        is_nothing || self.holds(&whole.gives, &part.gives, new, depth)
    }
}

/// Whether a type may lead back to itself.
fn is_behind_names(ty: &Ty<'_>) -> bool {
    matches!(ty, Ty::Named(_) | Ty::Intersection(_) | Ty::KeyOf(_) | Ty::Indexed(_) | Ty::Mapped(_))
}

/// Whether a function with this result gives nothing: then it may give something.
fn is_nothing(ty: &Ty<'_>) -> bool {
    match ty {
        Ty::Keyword(Keyword::Void) => true,
        Ty::Named(named) => {
            named.key.is_none()
                && named.id == "Promise"
                && matches!(named.args.as_slice(), [Ty::Keyword(Keyword::Void)])
        }
        _ => false,
    }
}

/// The type of what may be missing, without `undefined`.
pub(super) fn present<'m>(ty: &Ty<'m>, optional: bool) -> Ty<'m> {
    match ty {
        Ty::Union(types) if optional => {
            let is_there = |ty: &&Ty<'_>| !matches!(ty, Ty::Keyword(Keyword::Undefined));
            Ty::Union(types.iter().filter(is_there).cloned().collect())
        }
        _ => ty.clone(),
    }
}

/// What the words `any`, `unknown`, `never` and `void` decide.
///
/// Whoever gets `any` does everything with it, and whoever gives it may have given everything: only
/// another `any` stands in its place.
fn words(whole: &Ty<'_>, part: &Ty<'_>, new: New) -> Option<bool> {
    use Keyword::{Any, Never, Unknown, Void};
    let word = |ty: &Ty<'_>| if let Ty::Keyword(word) = ty { Some(*word) } else { None };
    match (word(whole), word(part)) {
        (Some(Any), part) => Some(new == New::Whole || part == Some(Any) || part == Some(Never)),
        (Some(Unknown), _) | (_, Some(Never)) => Some(true),
        (_, Some(Any)) => Some(new == New::Part),
        (_, Some(Unknown)) => Some(false),
        (Some(Void), Some(part)) => Some(part == Void || part == Keyword::Undefined),
        (Some(whole), Some(part)) if whole == part => Some(true),
        _ => None,
    }
}

fn is_any(ty: &Ty<'_>) -> bool {
    matches!(ty, Ty::Keyword(Keyword::Any | Keyword::Unknown | Keyword::Void))
}

fn is_word(word: Keyword, literal: &Literal) -> bool {
    matches!(
        (word, literal),
        (Keyword::String, Literal::String(_))
            | (Keyword::Number, Literal::Number(_))
            | (Keyword::Boolean, Literal::Boolean(_))
            | (Keyword::BigInt, Literal::BigInt(_))
    )
}
