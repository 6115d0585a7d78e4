//! The properties of object types.

use typescript::syntax::{
    EntityName, EnumValue, ItemKind, Mapped, Member, MemberKind, Name, NameStyle, PropertyName,
    TypeExpr, TypeKind,
};

use super::mentions::before_accessors;
use super::{
    Checker,
    enums::first_of_value,
    mapped::MOST_LOOKUPS,
    scope::{Decl, Scope, bound},
    types::{Callable, Field, Key, Kind, TypeId, known},
};

/// A property or method of an object type.
#[derive(Clone)]
pub(crate) struct Prop<'p> {
    pub(crate) key: Key,
    pub(crate) optional: bool,
    pub(crate) readonly: bool,
    pub(crate) source: Source<'p>,
    /// Of a property of a mapped type, the member that it is made of.
    origin: Option<Written<'p>>,
}

/// A member as written, and where.
pub(crate) type Written<'p> = (&'p Member, Scope<'p>);

/// Where the type of a property comes from.
#[derive(Clone)]
pub(crate) enum Source<'p> {
    /// One member as written.
    Member(&'p Member, Scope<'p>),
    /// The overloads of a method.
    Methods(Callable<'p>),
    Type(TypeId),
}

impl<'p> Prop<'p> {
    /// The member that it was written as, the first of several.
    pub(crate) fn written(&self) -> Option<Written<'p>> {
        match &self.source {
            Source::Member(member, scope) => Some((member, scope.clone())),
            _ => self.origin.clone(),
        }
    }
}

impl<'p> Checker<'p> {
    /// The type of a property, `undefined` added for `?`.
    pub(crate) fn type_of(&self, prop: &Prop<'p>) -> TypeId {
        let ty = match &prop.source {
            Source::Member(member, scope) => return self.member_type(member, scope),
            Source::Methods(callable) => self.function(callable.clone()),
            Source::Type(ty) => *ty,
        };
        self.optional(ty, prop.optional)
    }

    /// The type of a member with a name, `undefined` added for `?`.
    pub(crate) fn member_type(&self, member: &'p Member, scope: &Scope<'p>) -> TypeId {
        match &member.kind {
            MemberKind::Property(property)
            | MemberKind::Getter(property)
            | MemberKind::Setter(property) => {
                let ty = match (&property.ty, &property.initializer) {
                    (Some(ty), _) => self.eval(ty, scope),
                    (None, Some(value)) => {
                        self.value(value, property.readonly, scope).unwrap_or(known::ANY)
                    }
                    (None, None) => known::ANY,
                };
                self.optional(ty, property.optional)
            }
            MemberKind::Method(method) => {
                let ty = self.function(Callable {
                    signatures: vec![&method.signature],
                    scope: scope.clone(),
                    returns: None,
                });
                self.optional(ty, method.optional)
            }
            _ => known::ANY,
        }
    }

    /// The members of an object type with a name, inherited ones behind its own.
    pub(crate) fn properties(&self, ty: TypeId) -> Option<Vec<Prop<'p>>> {
        let data = self.get(ty);
        match &data.kind {
            Kind::Anonymous(written, scope) => match &written.kind {
                TypeKind::Object(members) => Some(self.named_members(members, scope)),
                _ => Some(Vec::new()),
            },
            Kind::Function(_) | Kind::Intrinsic("object") => Some(Vec::new()),
            Kind::Named(decl, args) => Some(self.properties_of(decl, args)),
            Kind::Mapped(mapped, scope) => self.mapped_as_properties(mapped, scope),
            Kind::Record(fields) => Some(fields.iter().map(field_prop).collect()),
            Kind::ClassObject(decl) => Some(self.statics(decl)),
            Kind::EnumObject(decl) => Some(self.members_as_values(decl)),
            Kind::Intersection(types) => {
                let mut props = Vec::new();
                for &ty in types {
                    props.extend(self.properties(ty)?);
                }
                Some(props)
            }
            _ => None,
        }
    }

    fn mapped_as_properties(&self, mapped: &'p Mapped, scope: &Scope<'p>) -> Option<Vec<Prop<'p>>> {
        let lookups = self.lookups.get();
        if lookups == MOST_LOOKUPS {
            return None;
        }
        self.lookups.set(lookups + 1);
        let props = self.mapped_props(mapped, scope, None);
        self.lookups.set(lookups);
        let named = props?.into_iter().filter_map(|prop| {
            let key = match &self.get(prop.name).kind {
                Kind::String(text) => Key::late(text.clone()),
                Kind::Number(number) => Key::late_number(*number),
                _ => return None,
            };
            let (optional, readonly, origin) = (prop.optional, prop.readonly, prop.origin);
            Some(Prop { key, optional, readonly, source: Source::Type(prop.ty), origin })
        });
        Some(named.collect())
    }

    fn properties_of(&self, decl: &Decl<'p>, args: &[TypeId]) -> Vec<Prop<'p>> {
        // What extends itself has nothing more from there.
        let item = decl.item;
        let is_open = self.inheriting.borrow().iter().any(|open| std::ptr::eq(*open, item));
        let mut props = Vec::new();
        let mut bases = Vec::new();
        for decl in self.merged(decl) {
            let scope = bound(&decl, args);
            let (members, extends) = match &decl.item.kind {
                ItemKind::Interface(item) => {
                    (before_accessors(&item.members), item.extends.as_slice())
                }
                ItemKind::Class(item) => (item.members.as_slice(), item.extends.as_slice()),
                _ => continue,
            };
            add_merged(&mut props, self.named_members(members, &scope));
            bases.extend(extends.iter().map(|base| (base, scope.clone())));
        }
        if is_open {
            return props;
        }
        self.inheriting.borrow_mut().push(item);
        for (base, scope) in bases {
            let inherited = self.properties(self.eval(base, &scope)).unwrap_or_default();
            add_new(&mut props, inherited);
        }
        self.inheriting.borrow_mut().pop();
        props
    }

    /// What an enum holds at run time.
    fn members_as_values(&self, decl: &Decl<'p>) -> Vec<Prop<'p>> {
        let ItemKind::Enum(item) = &decl.item.kind else { return Vec::new() };
        let whole = self.enumeration(decl.clone());
        let has_types = self.enum_members(whole).is_some();
        let members = item.members.iter().enumerate().map(|(index, member)| {
            let ty = if has_types {
                self.enum_member_at(decl, first_of_value(item, index))
            } else {
                whole
            };
            let key = Key::of(&member.name, decl.place.module);
            Prop { key, optional: false, readonly: true, source: Source::Type(ty), origin: None }
        });
        members.collect()
    }

    /// `prototype`, then the static members, inherited ones behind.
    fn statics(&self, decl: &Decl<'p>) -> Vec<Prop<'p>> {
        let ItemKind::Class(item) = &decl.item.kind else { return Vec::new() };
        let args = vec![known::ANY; decl.type_params().len()];
        let prototype = Prop {
            key: Key::ident("prototype"),
            optional: false,
            readonly: false,
            source: Source::Type(self.named(decl.clone(), args, None)),
            origin: None,
        };
        let scope = decl.place.scope();
        let mut props = vec![prototype];
        add_new(&mut props, self.named_members(&item.statics, &scope));
        if let Some(TypeExpr { kind: TypeKind::Reference { name, .. }, .. }) = &item.extends {
            let inherited = self.deeper(|| self.properties(self.query(name, &scope)));
            add_new(&mut props, inherited.unwrap_or_default());
        }
        props
    }

    /// The members with a name, those of one name together.
    fn named_members(&self, members: &'p [Member], scope: &Scope<'p>) -> Vec<Prop<'p>> {
        let mut props: Vec<Prop<'p>> = Vec::new();
        for member in members {
            let Some(name) = member.name() else { continue };
            let key = self.key(name, scope);
            match props.iter_mut().find(|prop| prop.key.text == key.text) {
                Some(known) => known.overload(member),
                None => props.push(written_prop(key, member, scope)),
            }
        }
        props
    }

    /// What a member is called: a computed name is that of what it is computed from.
    pub(crate) fn key(&self, name: &PropertyName, scope: &Scope<'p>) -> Key {
        if name.style != NameStyle::Computed {
            return Key::of(name, scope.place.module);
        }
        let parts = name
            .text
            .split('.')
            .map(|part| typescript::syntax::Name { text: part.trim().to_owned(), span: name.span });
        let entity = EntityName { parts: parts.collect() };
        let is_name =
            |part: &Name| part.text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'));
        if !entity.parts.iter().all(is_name) || entity.first() == "Symbol" {
            return Key::of(name, scope.place.module);
        }
        let value = self.query(&entity, scope);
        match &self.get(value).kind {
            Kind::String(text) => Some(Key::late(text.clone())),
            Kind::Number(number) => Some(Key::late_number(*number)),
            Kind::EnumMember(decl, index) => enum_key(decl, *index),
            Kind::Enum(decl) => enum_key(decl, 0),
            _ => None,
        }
        .unwrap_or_else(|| Key::of(name, scope.place.module))
    }
}

impl<'p> Prop<'p> {
    /// The overloads of a method.
    fn callable(&self) -> Option<Callable<'p>> {
        match &self.source {
            Source::Member(Member { kind: MemberKind::Method(method), .. }, scope) => {
                let (signatures, scope) = (vec![&method.signature], scope.clone());
                Some(Callable { signatures, scope, returns: None })
            }
            Source::Methods(callable) => Some(callable.clone()),
            _ => None,
        }
    }

    fn overload_first(&mut self, other: &Self) {
        if let (Some(own), Some(mut first)) = (self.callable(), other.callable()) {
            first.signatures.extend(own.signatures);
            self.source = Source::Methods(first);
        }
    }

    fn overload(&mut self, member: &'p Member) {
        let MemberKind::Method(method) = &member.kind else { return };
        if let Some(mut callable) = self.callable() {
            callable.signatures.push(&method.signature);
            self.source = Source::Methods(callable);
        }
    }
}

/// The value of an enum's member as a name.
fn enum_key(decl: &Decl<'_>, index: usize) -> Option<Key> {
    let ItemKind::Enum(item) = &decl.item.kind else { return None };
    match &item.members.get(index)?.value {
        EnumValue::String(text) => Some(Key::late(text.clone())),
        EnumValue::Number(number) => Some(Key::late_number(*number)),
        EnumValue::Computed => None,
    }
}

fn written_prop<'p>(key: Key, member: &'p Member, scope: &Scope<'p>) -> Prop<'p> {
    let (optional, readonly) = match &member.kind {
        MemberKind::Property(property) | MemberKind::Getter(property) => {
            (property.optional, property.readonly)
        }
        MemberKind::Method(method) => (method.optional, false),
        _ => (false, false),
    };
    let source = Source::Member(member, scope.clone());
    Prop { key, optional, readonly, source, origin: None }
}

fn field_prop<'p>(field: &Field) -> Prop<'p> {
    let (key, readonly) = (field.key.clone(), field.readonly);
    Prop { key, optional: false, readonly, source: Source::Type(field.ty), origin: None }
}

/// Adds what another declaration of the same interface has: of methods, its overloads come first.
fn add_merged<'p>(props: &mut Vec<Prop<'p>>, more: Vec<Prop<'p>>) {
    for prop in more {
        match props.iter_mut().find(|own| own.key.text == prop.key.text) {
            Some(own) => own.overload_first(&prop),
            None => props.push(prop),
        }
    }
}

/// Adds what has a new name.
fn add_new<'p>(props: &mut Vec<Prop<'p>>, more: Vec<Prop<'p>>) {
    for prop in more {
        if !props.iter().any(|own| own.key.text == prop.key.text) {
            props.push(prop);
        }
    }
}
