//! What is declared under each path, in one layout.

use std::collections::BTreeMap;

use typescript::syntax::{EnumValue, ItemKind, MemberKind, Signature, TypeKind, Value};

use super::{
    names::{Found, Key},
    open::is_type,
    passed::passed_on,
    reach::{Declarations, Roles},
    said::{said, within},
    shown,
    types::{Call, Generic, Kept, Object, Prop, Scope, Ty, function},
};

/// What kind of thing a path is, as far as its changes are judged by it.
pub(super) enum Shape<'m> {
    Member {
        ty: Ty<'m>,
        optional: bool,
        readonly: bool,
        /// Whether it is one of a class: then the app may make the value, and change it.
        of_class: bool,
    },
    Type {
        kind: Kind,
        params: Vec<Generic<'m>>,
        /// Bases of which nothing is known here.
        unknown: Vec<Ty<'m>>,
        /// The type as a whole.
        ty: Ty<'m>,
    },
    /// A function, or a constant.
    Value(Ty<'m>),
    /// Any change of it breaks.
    Fixed(String),
}

/// What kind of type it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An interface, or the alias of a type: nobody who uses it sees which.
    Plain,
    /// One that is a value as well.
    Class {
        /// Whether only what extends it can be made.
        is_abstract: bool,
    },
    Enum {
        /// Whether there is nothing of it but its members: `const enum`.
        constant: bool,
    },
    Namespace,
}

/// One declaration.
pub(super) struct Fact<'m> {
    pub(super) shape: Shape<'m>,
    /// The declaration without its comment, and without what is told of its members.
    pub(super) shown: String,
    /// What tells overloads apart: the event of a listener.
    pub(super) label: String,
    /// What nothing depends on but what is read: the names of parameters, values of constants.
    pub(super) labels: Vec<String>,
    /// The text of its comment and its tags.
    pub(super) docs: String,
    pub(super) deprecated: bool,
    /// The declaration that it is written in, where it is a member.
    pub(super) origin: String,
}

/// All that is declared under one path.
pub(super) struct Entry<'m> {
    /// The path that it belongs to; empty for what stands for itself.
    pub(super) owner: String,
    /// Whether it can be named outside.
    pub(super) exported: bool,
    /// Whether it is a value, or one and a type, that is exported as a type alone.
    pub(super) is_type_alone: bool,
    /// Whether its members have paths of their own.
    pub(super) has_members: bool,
    /// Who makes such a value.
    pub(super) roles: Roles,
    /// Of overloads, several.
    pub(super) facts: Vec<Fact<'m>>,
}

pub(super) type Facts<'m> = BTreeMap<String, Entry<'m>>;

/// What is declared, by its path.
pub(super) fn facts<'m>(declarations: &Declarations<'m>) -> Facts<'m> {
    let mut facts = Facts::new();
    let mut keys: Vec<_> = declarations.called.iter().collect();
    // What several files add to one type is one.
    keys.sort_by_key(|(key, name)| (*name, *key));
    for (key, name) in keys {
        let roles = declarations.reached.get(key).copied().unwrap_or_default();
        let exported = declarations.exported.contains(key);
        let mut of = Owner { declarations, key, name, roles, exported, facts: &mut facts };
        of.declaration();
    }
    passed_on(declarations, &mut facts);
    facts
}

struct Owner<'f, 'd, 'm> {
    declarations: &'d Declarations<'m>,
    key: &'d Key,
    /// What it is called.
    name: &'d str,
    roles: Roles,
    exported: bool,
    facts: &'f mut Facts<'m>,
}

impl<'m> Owner<'_, '_, 'm> {
    fn declaration(&mut self) {
        let found = self.declarations.names.found(self.key).to_vec();
        let mut types: Vec<_> = found.iter().filter(|found| is_type(found)).copied().collect();
        if types.is_empty() {
            let is_block = |it: &&Found<'_>| matches!(it.item.kind, ItemKind::Namespace(_));
            types.extend(found.iter().filter(is_block));
        }
        if !types.is_empty() {
            self.ty(&types);
        }
        for found in &found {
            self.value(*found);
        }
        let is_type_alone = self.declarations.types_alone.contains(self.key)
            && found.iter().any(|found| is_value(&found.item.kind));
        if let Some(entry) = self.facts.get_mut(self.name) {
            entry.is_type_alone |= is_type_alone;
        }
    }

    /// Several declarations of one type are one.
    fn ty(&mut self, types: &[Found<'m>]) {
        let Some(first) = types.first().copied() else { return };
        let said: Vec<_> = types.iter().map(|it| said(&it.item.docs, it.module)).collect();
        let mut said: Vec<_> = said.into_iter().filter(|said| !said.is_empty()).collect();
        let scope = self.scope(first);
        let object = match &first.item.kind {
            ItemKind::Alias(alias) => {
                said.extend(within(first.module, alias.name.span, alias.ty.span));
                let inner = scope.with(self.declarations, &alias.type_params, &[]);
                let ty = self.declarations.read(&alias.ty, &inner);
                let object = match self.declarations.open(&ty) {
                    Ty::Object(object)
                        if is_told_by_members(&object, &alias.ty.unparenthesized().kind) =>
                    {
                        said.truncate(1);
                        Some((*object).clone())
                    }
                    _ => None,
                };
                let whole = if object.is_some() { Whole::Members } else { Whole::Ty(ty) };
                self.header(first, Kind::Plain, said, whole, object.as_ref());
                object
            }
            ItemKind::Interface(_) => {
                let object = self.declarations.members(self.key, &[], 0);
                self.header(first, Kind::Plain, said, Whole::Members, Some(&object));
                Some(object)
            }
            ItemKind::Class(item) => {
                let object = self.declarations.members(self.key, &[], 0);
                let kind = Kind::Class { is_abstract: item.is_abstract };
                self.header(first, kind, said, Whole::Members, Some(&object));
                Some(object)
            }
            ItemKind::Enum(item) => {
                let kind = Kind::Enum { constant: item.constant };
                self.header(first, kind, said, Whole::Members, None);
                for found in types {
                    self.enum_members(*found);
                }
                return;
            }
            _ => return self.header(first, Kind::Namespace, said, Whole::Members, None),
        };
        for prop in object.iter().flat_map(|object| &object.members) {
            self.prop(prop);
        }
        for found in types {
            self.signatures(*found);
        }
        self.constructors();
    }

    fn header(
        &mut self,
        found: Found<'m>,
        kind: Kind,
        said: Vec<String>,
        whole: Whole<'m>,
        object: Option<&Object<'m>>,
    ) {
        let scope = self.scope(found);
        let (shown, params) = match &found.item.kind {
            ItemKind::Interface(item) => {
                let bases = shown::bases(&item.extends, found.module);
                (format!("interface {}{{}}{bases}", self.name), &item.type_params[..])
            }
            ItemKind::Class(item) => {
                let bases = shown::bases(item.extends.as_slice(), found.module);
                let word = if item.is_abstract { "abstract " } else { "" };
                (format!("{word}class {}{{}}{bases}", self.name), &item.type_params[..])
            }
            ItemKind::Alias(item) => {
                let is_object = matches!(item.ty.unparenthesized().kind, TypeKind::Object(_));
                let text = format!(" = {}", scope.text(&item.ty));
                let text = if is_object { String::new() } else { text };
                (format!("type {}{{}}{text}", self.name), &item.type_params[..])
            }
            ItemKind::Enum(item) => {
                let word = if item.constant { "const " } else { "" };
                (format!("{word}enum {}", self.name), &[][..])
            }
            _ => (format!("namespace {}", self.name), &[][..]),
        };
        let shown = shown.replacen("{}", &shown::type_params(params, found.module), 1);
        let inner = scope.with(self.declarations, params, &[]);
        let params = self.declarations.generics(params, &inner);
        let unknown = object.map(|object| object.unknown.clone()).unwrap_or_default();
        let has_members = matches!(whole, Whole::Members);
        let ty = match whole {
            Whole::Ty(ty) => ty,
            Whole::Members => object.map_or_else(
                || Ty::Text(self.name.into()),
                |object| Ty::Object(object.clone().into()),
            ),
        };
        let shape = Shape::Type { kind, params, unknown, ty };
        let deprecated = found.item.docs.tag("deprecated").is_some();
        let fact = Self::fact(shape, shown, said.join("\n"), deprecated);
        let (name, outer) = (self.name.to_owned(), self.outer());
        let entry = self.entry(name, outer);
        entry.has_members |= has_members;
        // What several files add to one type is one.
        if !entry.facts.iter().any(|known| matches!(known.shape, Shape::Type { .. })) {
            entry.facts.push(fact);
        }
    }

    /// The namespace that it stands in.
    fn outer(&self) -> String {
        let around = self.key.path.split_last().map_or(&[][..], |(_, around)| around);
        let outer = Key { file: self.key.file, path: around.to_vec() };
        self.declarations.called.get(&outer).cloned().unwrap_or_default()
    }

    fn value(&mut self, found: Found<'m>) {
        let scope = self.scope(found);
        let (shape, shown, labels, mut said) = match &found.item.kind {
            ItemKind::Function(item) => {
                let call = self.declarations.call(&item.signature, &scope);
                let shown = shown::signature(&item.signature, found.module, Some(&call));
                let shown = format!("function {}{shown}", self.name);
                let labels = shown::labels(&item.signature);
                let said = shown::said_in(&item.signature, item.name.span, found.module);
                (Shape::Value(function(call)), shown, labels, said)
            }
            ItemKind::Variable(item) => {
                let worth = |value, kept| self.declarations.value(value, &scope, kept);
                let (ty, shown, labels) = match (&item.ty, &item.initializer) {
                    (Some(ty), _) => (
                        self.declarations.read(ty, &scope),
                        format!(": {}", scope.text(ty)),
                        vec![],
                    ),
                    (None, Some(value @ Value::Function { signature, .. })) => {
                        let ty = worth(value, Kept::Never);
                        let shown = shown::signature(signature, found.module, only_call(&ty));
                        (ty, shown, shown::labels(signature))
                    }
                    (None, Some(value)) => match worth(value, Kept::Never) {
                        Ty::Unsaid => (Ty::Unsaid, String::new(), vec![]),
                        ty => {
                            let text = shown::ty(&worth(value, Kept::Top));
                            (ty, format!(": {text}"), vec![text])
                        }
                    },
                    (None, None) => (Ty::Unsaid, String::new(), vec![]),
                };
                let said = item.ty.as_ref().map(|ty| within(found.module, item.name.span, ty.span));
                let shown = format!("const {}{shown}", self.name);
                (Shape::Value(ty), shown, labels, said.unwrap_or_default())
            }
            _ => return,
        };
        said.insert(0, super::said::said(&found.item.docs, found.module));
        said.retain(|said| !said.is_empty());
        let deprecated = found.item.docs.tag("deprecated").is_some();
        let fact = Fact { labels, ..Self::fact(shape, shown, said.join("\n"), deprecated) };
        let (name, outer) = (self.name.to_owned(), self.outer());
        self.entry(name, outer).facts.push(fact);
    }

    fn enum_members(&mut self, found: Found<'m>) {
        let ItemKind::Enum(item) = &found.item.kind else { return };
        for member in &item.members {
            let value = match &member.value {
                EnumValue::String(text) => format!("'{text}'"),
                EnumValue::Number(number) => number.to_string(),
                EnumValue::Computed => {
                    member.initializer.as_ref().map_or("", |value| &value.text).to_owned()
                }
            };
            let shown = format!("{} = {value}", shown::property_name(&member.name));
            let said = said(&member.docs, found.module);
            let deprecated = member.docs.tag("deprecated").is_some();
            let fact = Self::fact(Shape::Fixed(value), shown, said, deprecated);
            self.add_member(&member.name.text, fact);
        }
    }

    fn prop(&mut self, prop: &Prop<'m>) {
        let Some(source) = &prop.source else { return };
        let (member, module) = (source.member, source.module);
        let mark = if prop.optional { "?" } else { "" };
        let prefix = if source.is_static { "static " } else { "" };
        let Some(name) = member.name() else { return };
        let shown = shown::property_name(name);
        let signature = match &member.kind {
            MemberKind::Method(method) => Some(&method.signature),
            MemberKind::Property(property) => {
                match property.ty.as_ref().map(|ty| &ty.unparenthesized().kind) {
                    Some(TypeKind::Function(signature)) => Some(&**signature),
                    _ => None,
                }
            }
            _ => None,
        };
        let (shown, labels, mut inner) = if let Some(signature) = signature {
            let text = shown::signature(signature, module, only_call(&prop.ty));
            let inner = shown::said_in(signature, name.span, module);
            (format!("{prefix}{shown}{mark}{text}"), shown::labels(signature), inner)
        } else {
            let ty = match &member.kind {
                MemberKind::Property(it) | MemberKind::Getter(it) | MemberKind::Setter(it) => {
                    it.ty.as_ref()
                }
                _ => None,
            };
            let readonly = if prop.readonly { "readonly " } else { "" };
            let text = match ty {
                Some(ty) => format!(": {}", crate::printer::type_text(ty, module)),
                None if matches!(prop.ty, Ty::Unsaid) => String::new(),
                None => format!(": {}", shown::ty(&prop.ty)),
            };
            let inner = ty.map(|ty| within(module, name.span, ty.span)).unwrap_or_default();
            (format!("{prefix}{readonly}{shown}{mark}{text}"), Vec::new(), inner)
        };
        inner.insert(0, said(&member.docs, module));
        inner.retain(|said| !said.is_empty());
        let label = signature.and_then(|signature| event(signature, &name.text, module));
        let shape = Shape::Member {
            ty: prop.ty.clone(),
            optional: prop.optional,
            // Nobody assigns to a method.
            readonly: prop.readonly && signature.is_none(),
            of_class: self.is_class(),
        };
        let deprecated = member.docs.tag("deprecated").is_some();
        let fact = Fact {
            labels,
            label: label.unwrap_or_default(),
            origin: source.owner.to_string(),
            ..Self::fact(shape, shown, inner.join("\n"), deprecated)
        };
        self.add_member(&prop.name, fact);
    }

    /// What has no name: calls, constructors, index signatures.
    fn signatures(&mut self, found: Found<'m>) {
        let scope = self.scope(found);
        let (members, params) = match &found.item.kind {
            ItemKind::Interface(item) => (&item.members, &item.type_params),
            ItemKind::Class(item) => (&item.members, &item.type_params),
            ItemKind::Alias(item) => match &item.ty.unparenthesized().kind {
                TypeKind::Object(members) => (members, &item.type_params),
                _ => return,
            },
            _ => return,
        };
        let scope = self.declarations.inside(self.key, &scope, params, &[]);
        for member in members {
            let (name, shape, shown, labels) = match &member.kind {
                MemberKind::Construct(_) if self.is_class() => continue,
                MemberKind::Call(signature) | MemberKind::Construct(signature) => {
                    let is_new = matches!(member.kind, MemberKind::Construct(_));
                    let word = if is_new { "new " } else { "" };
                    let (shape, shown) = self.signature(word, signature, &scope);
                    (format!("{word}()"), shape, shown, shown::labels(signature))
                }
                MemberKind::Index(index) => {
                    let (key, ty) = (index.param.ty.as_ref(), index.ty.as_ref());
                    let text = |ty: Option<_>| ty.map(|ty| scope.text(ty)).unwrap_or_default();
                    let (key, text) = (text(key), text(ty));
                    let ty = ty.map(|ty| self.declarations.read(ty, &scope));
                    let ty = ty.unwrap_or_else(|| Ty::Text(text.as_str().into()));
                    let shape = Shape::Member {
                        ty,
                        optional: true,
                        readonly: index.readonly,
                        of_class: self.is_class(),
                    };
                    (format!("[{key}]"), shape, format!("[{key}]: {text}"), Vec::new())
                }
                _ => continue,
            };
            let said = said(&member.docs, found.module);
            let deprecated = member.docs.tag("deprecated").is_some();
            let fact = Fact {
                labels,
                origin: self.name.to_owned(),
                ..Self::fact(shape, shown, said, deprecated)
            };
            self.add_member(&name, fact);
        }
    }

    /// What makes a class, also where that is its base's, or nobody's.
    fn constructors(&mut self) {
        for found in self.declarations.constructors(self.key, &[], 0) {
            let (shape, shown) = self.signature("new ", found.signature, &found.scope);
            let docs = found.member.map(|member| &member.docs);
            let said = docs.map(|docs| said(docs, found.scope.module)).unwrap_or_default();
            let deprecated = docs.is_some_and(|docs| docs.tag("deprecated").is_some());
            let fact = Fact {
                labels: shown::labels(found.signature),
                origin: found.scope.owner.to_string(),
                ..Self::fact(shape, shown, said, deprecated)
            };
            self.add_member("new ()", fact);
        }
    }

    fn signature(
        &self,
        word: &str,
        signature: &'m Signature,
        scope: &Scope<'m>,
    ) -> (Shape<'m>, String) {
        let call = self.declarations.call(signature, scope);
        let shown = format!("{word}{}", shown::signature(signature, scope.module, Some(&call)));
        let (ty, of_class) = (function(call), self.is_class());
        (Shape::Member { ty, optional: false, readonly: false, of_class }, shown)
    }

    fn scope(&self, found: Found<'m>) -> Scope<'m> {
        self.declarations.scope(self.key, found)
    }

    fn is_class(&self) -> bool {
        let mut found = self.declarations.names.found(self.key).iter();
        found.any(|found| matches!(found.item.kind, ItemKind::Class(_)))
    }

    fn fact(shape: Shape<'m>, shown: String, docs: String, deprecated: bool) -> Fact<'m> {
        let (label, labels, origin) = (String::new(), Vec::new(), String::new());
        Fact { shape, shown, label, labels, docs, deprecated, origin }
    }

    fn add_member(&mut self, name: &str, fact: Fact<'m>) {
        let (path, owner) = (format!("{}.{name}", self.name), self.name.to_owned());
        self.entry(path, owner).facts.push(fact);
    }

    fn entry(&mut self, path: String, owner: String) -> &mut Entry<'m> {
        let (exported, roles) = (self.exported, self.roles);
        let entry = self.facts.entry(path).or_insert_with(|| Entry {
            owner,
            exported,
            is_type_alone: false,
            has_members: false,
            roles,
            facts: Vec::new(),
        });
        entry.roles = entry.roles.with(roles);
        entry
    }
}

/// Whether there is something of it when the program runs.
fn is_value(kind: &ItemKind) -> bool {
    match kind {
        ItemKind::Enum(item) => !item.constant,
        ItemKind::Class(_) | ItemKind::Variable(_) | ItemKind::Function(_) => true,
        _ => false,
    }
}

/// The signature of a type of functions.
fn only_call<'t, 'm>(ty: &'t Ty<'m>) -> Option<&'t Call<'m>> {
    let Ty::Object(object) = ty else { return None };
    object.calls.first().map(|call| &**call)
}

/// What a type is compared by.
enum Whole<'m> {
    Members,
    Ty(Ty<'m>),
}

/// Whether all that is known of an alias is told by its members.
fn is_told_by_members(object: &Object<'_>, written: &TypeKind) -> bool {
    let is_plain = object.calls.is_empty()
        && object.constructs.is_empty()
        && object.indexes.is_empty()
        && object.members.iter().all(|prop| prop.source.is_some());
    matches!(written, TypeKind::Object(_)) || is_plain && object.unknown.is_empty()
}

/// The event of a listener: overloads are told apart by it.
fn event(signature: &Signature, name: &str, module: &typescript::syntax::Module) -> Option<String> {
    let first = signature.params.first().filter(|_| name == "addListener")?;
    first.ty.as_ref().map(|ty| format!("({})", crate::printer::type_text(ty, module)))
}
