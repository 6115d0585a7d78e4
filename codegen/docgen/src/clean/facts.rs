//! What a clean page says: the declarations that a plugin's interfaces reach, each with its comment.

use miette::SourceSpan;
use typescript::syntax::Docs;

use crate::program::DeclId;

/// Everything that goes between the markers of one README.
pub(super) struct Facts {
    /// In the order in which the README has their markers.
    pub(super) sections: Vec<Section>,
}

/// What goes between one pair of markers.
pub(super) struct Section {
    pub(super) kind: SectionKind,
    /// The interface that it is about; empty in [`SectionKind::Config`].
    pub(super) name: String,
    /// The comment of the interface that the section is about.
    pub(super) comment: Option<Comment>,
    /// The members of that interface.
    pub(super) members: Vec<Member>,
    /// The plugin's configuration; only in [`SectionKind::Config`].
    pub(super) configs: Vec<Config>,
    /// The types that no earlier section has, in the order in which they are reached.
    pub(super) declarations: Vec<Declaration>,
    /// The group of each method, where they are grouped.
    pub(super) groups: Vec<Option<String>>,
    /// What the plugin passes on from other packages; only in [`SectionKind::Api`].
    pub(super) foreign: Vec<Foreign>,
}

/// What a plugin exports that another package declares.
pub(super) struct Foreign {
    /// The specifier of that package.
    pub(super) package: String,
    /// Where that is described, if it says so.
    pub(super) address: Option<String>,
    /// The names; empty for everything.
    pub(super) names: Vec<String>,
}

/// Which markers a section stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum SectionKind {
    /// `<docgen-config>`
    Config,
    /// `<docgen-api>`
    Api,
    /// `<capacitor-api-docs>`
    Device,
}

/// A JSDoc comment: what is translated as one.
#[derive(Clone)]
pub(super) struct Comment {
    /// What it belongs to: `Interface.member`.
    pub(super) key: String,
    pub(super) docs: Docs,
    /// The file's index in the program.
    pub(super) file: usize,
    /// The comment, or what it should stand in front of.
    pub(super) at: SourceSpan,
}

/// A type of the page.
pub(super) struct Declaration {
    pub(super) id: Id,
    pub(super) name: String,
    /// What its heading says: of a value, as it is declared.
    pub(super) title: String,
    pub(super) group: Group,
    /// Its type parameters: `T extends C = D`.
    pub(super) params: Vec<Text>,
    pub(super) comment: Comment,
    pub(super) body: Body,
}

/// The headings that types stand below, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Group {
    Interfaces,
    Aliases,
    Enums,
}

impl Group {
    pub(super) const ALL: [Self; 3] = [Self::Interfaces, Self::Aliases, Self::Enums];

    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Interfaces => "Interfaces",
            Self::Aliases => "Type Aliases",
            Self::Enums => "Enums",
        }
    }
}

/// What a type is.
pub(super) enum Body {
    /// An interface, or an alias of an object.
    Object {
        extends: Vec<Text>,
        members: Vec<Member>,
    },
    /// Any other alias: the whole, each type of a union, what is said within it, and of a function
    /// how it is called.
    Alias {
        ty: Text,
        parts: Vec<Text>,
        inner: Vec<Member>,
        call: Option<Method>,
    },
    Enum(Vec<EnumMember>),
}

/// A property or a method.
pub(super) struct Member {
    /// As written.
    pub(super) name: String,
    pub(super) optional: bool,
    pub(super) readonly: bool,
    /// Whether it belongs to a class itself, not to its instances.
    pub(super) is_static: bool,
    pub(super) comment: Comment,
    pub(super) kind: MemberKind,
    /// What is said about the members of its type, where that is written inline; of a method, about
    /// those of its result. Their names start with those around them: `labels.camera`.
    pub(super) inner: Vec<Member>,
}

/// What a member is.
pub(super) enum MemberKind {
    Property(Text),
    Method(Method),
}

/// What a method takes and gives.
pub(super) struct Method {
    /// Its type parameters, by their names alone.
    pub(super) type_params: Vec<String>,
    /// `(a: A) => R`
    pub(super) signature: Text,
    pub(super) params: Vec<Param>,
    pub(super) returns: Text,
}

/// A parameter.
pub(super) struct Param {
    pub(super) name: String,
    /// With `...` and `?`.
    pub(super) shown: String,
    pub(super) optional: bool,
    pub(super) rest: bool,
    pub(super) ty: Text,
    /// Its own comment.
    pub(super) docs: Option<String>,
    /// As [`Member::inner`].
    pub(super) inner: Vec<Member>,
    /// What bounds its type, where that is a type parameter of the method.
    pub(super) bound: Option<Text>,
}

/// A member of an enum.
pub(super) struct EnumMember {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) comment: Comment,
}

/// What the plugin adds to Capacitor's configuration.
pub(super) struct Config {
    /// The key below `plugins`.
    pub(super) name: String,
    pub(super) comment: Comment,
    pub(super) members: Vec<Member>,
}

/// A declaration: a statement, or one within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id {
    pub(super) decl: DeclId,
    /// Where it starts within the statement; 0 for the statement itself.
    pub(super) inner: usize,
}

impl From<DeclId> for Id {
    fn from(decl: DeclId) -> Self {
        Self { decl, inner: 0 }
    }
}

/// A type as text, with the declarations that its names mean.
#[derive(Clone, Default)]
pub(super) struct Text {
    pub(super) pieces: Vec<Piece>,
    /// Whether it needs parentheses as a part of another type.
    pub(super) loose: bool,
}

#[derive(Clone)]
pub(super) enum Piece {
    Plain(String),
    Name(String, Id),
}

impl Text {
    /// A text without names.
    pub(super) fn plain(text: &str) -> Self {
        Self { pieces: vec![Piece::Plain(text.to_owned())], loose: false }
    }

    /// Adds text without names.
    pub(super) fn push(&mut self, text: &str) {
        if !text.is_empty() {
            self.pieces.push(Piece::Plain(text.to_owned()));
        }
    }

    /// The text alone.
    pub(super) fn to_plain(&self) -> String {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Plain(text) | Piece::Name(text, _) => text.as_str(),
        });
        pieces.collect()
    }
}

impl Param {
    /// The type that tells which event a listener is for.
    pub(super) fn event(&self) -> &Text {
        self.bound.as_ref().unwrap_or(&self.ty)
    }
}

impl Facts {
    pub(super) fn section(&self, kind: SectionKind) -> Option<&Section> {
        self.sections.iter().find(|section| section.kind == kind)
    }

    pub(super) fn declarations(&self) -> impl Iterator<Item = &Declaration> {
        self.sections.iter().flat_map(|section| &section.declarations)
    }

    /// Every comment that the page shows.
    pub(super) fn comments(&mut self) -> impl Iterator<Item = &mut Comment> {
        self.sections.iter_mut().flat_map(Section::comments)
    }
}

impl Section {
    /// The heading that stands above the method with this number, and not above the one before.
    pub(super) fn group_before(&self, index: usize) -> Option<&str> {
        let name = self.groups.get(index)?.as_deref()?;
        let before = index.checked_sub(1).and_then(|before| self.groups.get(before)?.as_deref());
        (before != Some(name)).then_some(name)
    }

    /// The types below one heading.
    pub(super) fn group(&self, group: Group) -> impl Iterator<Item = &Declaration> {
        self.declarations.iter().filter(move |declaration| declaration.group == group)
    }

    pub(super) fn methods(&self) -> impl Iterator<Item = (&Member, &Method)> {
        self.members.iter().filter_map(|member| match &member.kind {
            MemberKind::Method(method) => Some((member, method)),
            MemberKind::Property(_) => None,
        })
    }

    fn comments(&mut self) -> impl Iterator<Item = &mut Comment> {
        let members = self.members.iter_mut().flat_map(Member::comments);
        let configs = self.configs.iter_mut().flat_map(|config| {
            let members = config.members.iter_mut().flat_map(Member::comments);
            std::iter::once(&mut config.comment).chain(members)
        });
        let declarations = self.declarations.iter_mut().flat_map(|declaration| {
            std::iter::once(&mut declaration.comment).chain(declaration.body.comments())
        });
        // Of the device section's own interface, only the types are shown.
        let own = self.kind != SectionKind::Device;
        let head = self.comment.iter_mut().chain(members).filter(move |_| own);
        configs.chain(head).chain(declarations)
    }
}

impl Body {
    fn comments(&mut self) -> Box<dyn Iterator<Item = &mut Comment> + '_> {
        match self {
            Self::Object { members, .. } => Box::new(members.iter_mut().flat_map(Member::comments)),
            Self::Enum(members) => Box::new(members.iter_mut().map(|member| &mut member.comment)),
            Self::Alias { inner, .. } => Box::new(inner.iter_mut().flat_map(Member::comments)),
        }
    }
}

impl Member {
    /// Its own comment, and those within its types.
    fn comments(&mut self) -> impl Iterator<Item = &mut Comment> {
        let params = match &mut self.kind {
            MemberKind::Method(method) => method.params.as_mut_slice(),
            MemberKind::Property(_) => &mut [],
        };
        let inner = params.iter_mut().flat_map(|param| &mut param.inner).chain(&mut self.inner);
        std::iter::once(&mut self.comment).chain(inner.map(|member| &mut member.comment))
    }
}
