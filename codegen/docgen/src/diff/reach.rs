//! The declarations that somebody who uses a plugin can name, and those that their types mention.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
};

use typescript::{
    Cut as _,
    syntax::{
        EntityName, Item, ItemKind, Member, MemberKind, Operator, Signature, TypeExpr, TypeKind,
        TypeParam, Value,
    },
};

use super::names::{Exports, Key, Names, Target, joined};
use crate::program::Program;

/// Who makes a value of a type: the app, the plugin, or both. A type that no method mentions is one
/// that the app makes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Roles {
    /// It stands in parameters.
    pub(super) given: bool,
    /// It stands in results, and in what listeners are called with.
    pub(super) gotten: bool,
    /// It is given as a whole, not only one of its members: `Options`, not `Options[K]`.
    pub(super) made: bool,
}

impl Roles {
    pub(super) const GIVEN: Self = Self { given: true, gotten: false, made: true };
    pub(super) const GOTTEN: Self = Self { given: false, gotten: true, made: false };

    pub(super) fn is_given(self) -> bool {
        self.given || !self.gotten
    }

    pub(super) fn is_gotten(self) -> bool {
        self.gotten
    }

    pub(super) fn is_only_given(self) -> bool {
        self.given && !self.gotten
    }

    /// Whether the app makes such objects.
    pub(super) fn is_made(self) -> bool {
        self.made || !self.given && !self.gotten
    }

    /// Of one of whose members this is said.
    fn of_whole(self) -> Self {
        Self { made: false, ..self }
    }

    /// Of the members of what this is said of.
    fn of_members(self) -> Self {
        Self { made: self.given, ..self }
    }

    /// What either of them says.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            given: self.given || other.given,
            gotten: self.gotten || other.gotten,
            made: self.made || other.made,
        }
    }

    /// Of the functions among the members of such a value: the app calls them, unless it is the app
    /// that gives them.
    pub(super) fn of_calls(self) -> Self {
        if self.is_only_given() { Self::GIVEN } else { Self::GOTTEN }
    }
}

/// What one revision declares.
pub struct Declarations<'m> {
    pub(super) names: Names<'m>,
    pub(super) exports: Exports,
    /// Each with who makes it.
    pub(super) reached: HashMap<Key, Roles>,
    /// What each is called: by its name outside, where it has one.
    pub(super) called: BTreeMap<Key, String>,
    /// What can be named outside.
    pub(super) exported: BTreeSet<Key>,
    /// What can be named there, but only as a type.
    pub(super) types_alone: BTreeSet<Key>,
    /// What others extend.
    pub(super) extended: OnceCell<BTreeSet<Key>>,
}

impl<'m> Declarations<'m> {
    /// What the file at `entry` exports, of its own and of other files of its package, or all that it
    /// declares where it exports nothing; what the package adds to the types of others; and what that
    /// mentions there.
    #[must_use]
    pub fn new(program: &'m Program, entry: &str) -> Self {
        let names = Names::new(program, entry);
        let mut declarations = Self {
            names,
            exports: Exports::default(),
            reached: HashMap::new(),
            called: BTreeMap::new(),
            exported: BTreeSet::new(),
            types_alone: BTreeSet::new(),
            extended: OnceCell::new(),
        };
        if let Some(file) = declarations.names.file(entry) {
            declarations.export(file);
        }
        declarations.reach();
        declarations.name_all();
        declarations
    }

    /// Whether nothing is declared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reached.is_empty() && self.exports.names.is_empty() && self.exports.packages.is_empty()
    }

    fn export(&mut self, file: usize) {
        self.exports = (*self.names.exports(file)).clone();
        let is_script = !self.names.exports_anything(file);
        if is_script {
            let tops = self.names.index(file).keys().filter_map(|path| match path.as_slice() {
                [top] if !is_added(top) => Some(top.clone()),
                _ => None,
            });
            self.exports.names.extend(tops.map(|top| {
                let key = Key { file, path: vec![top.clone()] };
                (top, Target::Own(key))
            }));
        }
    }

    fn reach(&mut self) {
        let mut roots: Vec<Key> = Vec::new();
        let mut files = BTreeSet::new();
        let mut whole = vec![self.exports.clone()];
        while let Some(exports) = whole.pop() {
            for target in exports.names.values() {
                match target {
                    Target::Own(key) => roots.push(key.clone()),
                    Target::File(file) if files.insert(*file) => {
                        whole.push((*self.names.exports(*file)).clone());
                    }
                    _ => {}
                }
            }
        }
        for file in self.names.own_files().collect::<Vec<_>>() {
            let paths = self.names.index(file).keys();
            for path in paths.filter(|path| matches!(path.as_slice(), [top] if is_added(top))) {
                roots.push(Key { file, path: path.clone() });
            }
        }
        let defaults = |(name, target): (&String, &Target)| match target {
            Target::Own(key) if name == "default" => Some(key.clone()),
            _ => None,
        };
        let unnamed: BTreeSet<Key> = self.exports.names.iter().filter_map(defaults).collect();
        let named: BTreeSet<&Target> = self
            .exports
            .names
            .iter()
            .filter(|(name, _)| *name != "default")
            .map(|it| it.1)
            .collect();
        let is_named =
            |key: &Key| !unnamed.contains(key) || named.contains(&Target::Own(key.clone()));
        let exported = roots.iter().filter(|key| is_named(key)).cloned().collect();
        self.exported = exported;
        let is_value = |target: &Target| {
            let mut names = self.exports.names.iter().filter(|(_, named)| *named == target);
            names.any(|(name, _)| !self.exports.types.contains(name))
        };
        let as_types = self.exports.types.iter().filter_map(|name| self.exports.names.get(name));
        let alone = as_types.filter(|target| !is_value(target)).filter_map(|target| match target {
            Target::Own(key) => Some(key.clone()),
            _ => None,
        });
        self.types_alone = alone.collect();
        // Who makes a type follows from those that mention it: first those that nobody mentions.
        let mentioned = self.all_mentioned(&roots);
        let (later, first): (Vec<_>, Vec<_>) =
            roots.into_iter().partition(|key| mentioned.contains(key));
        for key in first {
            self.follow(key);
        }
        for key in later {
            if !self.reached.contains_key(&key) {
                self.follow(key);
            }
        }
    }

    /// What is mentioned by another declaration than itself, starting from some.
    fn all_mentioned(&mut self, roots: &[Key]) -> BTreeSet<Key> {
        let mut mentioned = BTreeSet::new();
        let mut seen: BTreeSet<Key> = BTreeSet::new();
        let mut queue = roots.to_vec();
        while let Some(key) = queue.pop() {
            if !seen.insert(key.clone()) {
                continue;
            }
            for (next, _) in self.mentioned(&key, Roles::default()) {
                if next != key && !(next.file == key.file && next.path.starts_with(&key.path)) {
                    mentioned.insert(next.clone());
                }
                queue.push(next);
            }
        }
        mentioned
    }

    /// Reaches a declaration, and what it mentions.
    fn follow(&mut self, key: Key) {
        let mut queue = VecDeque::from([(key, Roles::default())]);
        while let Some((key, role)) = queue.pop_front() {
            let known = self.reached.get(&key).copied();
            let joined = known.unwrap_or_default().with(role);
            if known == Some(joined) {
                continue;
            }
            self.reached.insert(key.clone(), joined);
            queue.extend(self.mentioned(&key, joined));
        }
    }

    /// What a declaration mentions, and who makes that; of a namespace, what stands in it.
    fn mentioned(&mut self, key: &Key, roles: Roles) -> Vec<(Key, Roles)> {
        let mut next = Vec::new();
        let found = self.names.found(key).to_vec();
        for found in found {
            if let ItemKind::Namespace(namespace) = &found.item.kind {
                let any = namespace.items.iter().any(|item| item.exported);
                for item in namespace.items.iter().filter(|item| item.exported || !any) {
                    let Some(name) = item.name() else { continue };
                    let inner = Key { file: key.file, path: joined(&key.path, &name.text) };
                    if self.exported.contains(key) {
                        self.exported.insert(inner.clone());
                    }
                    next.push((inner, added_role(key, &name.text)));
                }
            }
            let mut mentions = Vec::new();
            of_item(found.item, roles, &mut mentions);
            let around = key.path.split_last().map_or(&[][..], |(_, around)| around);
            for (mention, role) in mentions {
                let target = match mention {
                    Mention::Name(name) => {
                        let parts = parts(name);
                        self.names.resolve(key.file, around, &parts)
                    }
                    Mention::Import(from, name) => {
                        self.names.resolve_import(key.file, from, &parts(name))
                    }
                };
                let Some((Target::Own(key), _)) = target else { continue };
                // Who names what stands in a namespace names that, too.
                let outer = (1..key.path.len()).map(|length| key.path.cut(..length).to_vec());
                let file = key.file;
                next.extend(outer.map(|path| (Key { file, path }, Roles::default())));
                next.push((key, role));
            }
        }
        next
    }

    /// Gives each declaration its name.
    fn name_all(&mut self) {
        let mut outside: BTreeMap<&Key, &str> = BTreeMap::new();
        for (name, target) in &self.exports.names {
            let Target::Own(key) = target else { continue };
            let is_its_own = |name: &str| matches!(key.path.as_slice(), [own] if own == name);
            let known = outside.get(key).copied();
            if known.is_none_or(|known| !is_its_own(known) && name != "default") {
                outside.insert(key, name);
            }
        }
        let mut keys: Vec<&Key> = self.reached.keys().collect();
        // Those that have a name outside keep it.
        keys.sort_by_key(|key| (!outside.contains_key(key), (*key).clone()));
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut called = BTreeMap::new();
        for key in keys {
            let name = match (outside.get(key), key.path.as_slice()) {
                (Some(name), _) if **name != *"default" => (*name).to_owned(),
                (None, [first, rest @ ..]) if !rest.is_empty() => {
                    let outer = Key { file: key.file, path: vec![first.clone()] };
                    let outer = outside.get(&outer).map_or(first.as_str(), |name| *name);
                    format!("{outer}.{}", rest.join("."))
                }
                _ => key.path.join("."),
            };
            let is_shared = key.path.first().is_some_and(|first| is_added(first));
            let name = if taken.insert(name.clone()) || is_shared {
                name
            } else {
                format!("{name} ({})", self.names.stem(key.file))
            };
            called.insert(key.clone(), name);
        }
        self.called = called;
    }
}

/// Who makes what is declared in a namespace: of what is added to the types of others, those, but for
/// the configuration, which the app writes.
fn added_role(around: &Key, name: &str) -> Roles {
    let is_added = around.path.first().is_some_and(|first| is_added(first));
    if is_added && name != "PluginsConfig" { Roles::GOTTEN } else { Roles::default() }
}

/// Whether a block adds to the types of others: `declare global`, `declare module 'a'`.
pub(super) fn is_added(name: &str) -> bool {
    name == "global" || name.starts_with('\'')
}

pub(super) fn parts(name: &EntityName) -> Vec<&str> {
    name.parts.iter().map(|part| part.text.as_str()).collect()
}

/// A name in a type.
enum Mention<'m> {
    Name(&'m EntityName),
    /// Of `import('from').Name`.
    Import(&'m str, &'m EntityName),
}

/// Names that are mentioned, and who makes what they stand for.
type Mentions<'m> = Vec<(Mention<'m>, Roles)>;

fn of_item<'m>(item: &'m Item, roles: Roles, out: &mut Mentions<'m>) {
    let roles = if matches!(item.kind, ItemKind::Alias(_)) { roles } else { roles.of_members() };
    match &item.kind {
        ItemKind::Interface(item) => {
            of_params(&item.type_params, roles, out);
            item.extends.iter().for_each(|base| of_type(base, roles, out));
            of_members(&item.members, roles, roles.of_calls(), out);
        }
        ItemKind::Class(item) => {
            of_params(&item.type_params, roles, out);
            item.extends.iter().for_each(|base| of_type(base, roles, out));
            item.implements.iter().for_each(|base| of_type(base, roles, out));
            // Whoever makes one calls what the class does.
            of_members(&item.members, roles, Roles::GOTTEN, out);
            of_members(&item.statics, Roles::GOTTEN, Roles::GOTTEN, out);
        }
        ItemKind::Alias(item) => {
            of_params(&item.type_params, roles, out);
            of_type(&item.ty, roles, out);
        }
        ItemKind::Function(item) => of_call(&item.signature, Roles::GOTTEN, out),
        ItemKind::Variable(item) => {
            item.ty.iter().for_each(|ty| of_type(ty, Roles::GOTTEN, out));
            item.initializer.iter().for_each(|value| of_value(value, out));
        }
        _ => {}
    }
}

fn of_value<'m>(value: &'m Value, out: &mut Mentions<'m>) {
    match value {
        Value::New(name, args) => {
            for ty in args {
                of_type(ty, Roles::GOTTEN, out);
            }
            out.push((Mention::Name(name), Roles::GOTTEN));
        }
        Value::Reference(name) => out.push((Mention::Name(name), Roles::GOTTEN)),
        Value::Call(_, args) => args.iter().for_each(|ty| of_type(ty, Roles::GOTTEN, out)),
        Value::Const(value) => of_value(value, out),
        Value::As(ty) => of_type(ty, Roles::GOTTEN, out),
        Value::Function { signature, .. } => of_call(signature, Roles::GOTTEN, out),
        _ => {}
    }
}

fn of_params<'m>(params: &'m [TypeParam], roles: Roles, out: &mut Mentions<'m>) {
    let types = params.iter().flat_map(|param| param.constraint.iter().chain(&param.default));
    types.for_each(|ty| of_type(ty, roles, out));
}

/// What members mention: `calls` is who gets those that are functions.
fn of_members<'m>(members: &'m [Member], roles: Roles, calls: Roles, out: &mut Mentions<'m>) {
    for member in members {
        match &member.kind {
            MemberKind::Property(property) | MemberKind::Getter(property) => {
                match property.ty.as_ref().map(|ty| &ty.unparenthesized().kind) {
                    // A method that is written as a property.
                    Some(TypeKind::Function(signature)) => of_call(signature, calls, out),
                    _ => property.ty.iter().for_each(|ty| of_type(ty, roles, out)),
                }
            }
            MemberKind::Setter(property) => {
                property.ty.iter().for_each(|ty| of_type(ty, Roles::GIVEN, out));
            }
            MemberKind::Index(index) => index.ty.iter().for_each(|ty| of_type(ty, roles, out)),
            MemberKind::Method(method) => of_call(&method.signature, calls, out),
            MemberKind::Call(signature) | MemberKind::Construct(signature) => {
                of_call(signature, calls, out);
            }
        }
    }
}

/// A function that comes from where `roles` says: who gets it gives the parameters, and gets the
/// result.
fn of_call<'m>(signature: &'m Signature, roles: Roles, out: &mut Mentions<'m>) {
    let turned = Roles { given: roles.gotten, gotten: roles.given, made: roles.gotten };
    of_params(&signature.type_params, turned, out);
    let params = signature.params.iter().filter_map(|param| param.ty.as_ref());
    params.for_each(|ty| of_type(ty, turned, out));
    signature.returns.iter().for_each(|ty| of_type(ty, roles, out));
}

fn of_type<'m>(ty: &'m TypeExpr, roles: Roles, out: &mut Mentions<'m>) {
    let mut all = |types: &'m [TypeExpr]| types.iter().for_each(|ty| of_type(ty, roles, out));
    match &ty.kind {
        TypeKind::Reference { name, args } | TypeKind::Query { name, args } => {
            all(args);
            out.push((Mention::Name(name), roles));
        }
        TypeKind::Import { from, name, args, .. } => {
            all(args);
            out.extend(name.iter().map(|name| (Mention::Import(&from.text, name), roles)));
        }
        TypeKind::Union(types)
        | TypeKind::Intersection(types)
        | TypeKind::Template { types, .. } => all(types),
        // Whoever gives a key of it gives nothing else of it; one more key is one more that fits.
        TypeKind::Operator { operator: Operator::KeyOf, ty } => of_type(ty, Roles::GOTTEN, out),
        TypeKind::Array(ty) | TypeKind::Parenthesized(ty) | TypeKind::Operator { ty, .. } => {
            of_type(ty, roles, out);
        }
        TypeKind::Tuple(elements) => {
            for element in elements {
                of_type(&element.ty, roles, out);
            }
        }
        TypeKind::Function(signature) | TypeKind::Constructor { signature, .. } => {
            of_call(signature, roles, out);
        }
        TypeKind::Object(members) => of_members(members, roles, roles.of_calls(), out),
        TypeKind::Mapped(mapped) => {
            let types = mapped.param.constraint.iter().chain(&mapped.name).chain(&mapped.ty);
            types.for_each(|ty| of_type(ty, roles, out));
        }
        TypeKind::Conditional(conditional) => {
            let parts =
                [&conditional.check, &conditional.extends, &conditional.yes, &conditional.no];
            for ty in parts {
                of_type(ty, roles, out);
            }
        }
        TypeKind::Indexed { object, index } => {
            of_type(object, roles.of_whole(), out);
            of_type(index, roles, out);
        }
        TypeKind::Predicate { ty, .. } => ty.iter().for_each(|ty| of_type(ty, roles, out)),
        TypeKind::Keyword(_) | TypeKind::This | TypeKind::Literal(_) | TypeKind::Infer(_) => {}
    }
}
