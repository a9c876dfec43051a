//! Lists of the registry, and its single entries. Everybody who is signed in may read
//! them, but for the functions of people.
//!
//! Depends on: `access`, `domain::registry`.

use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::ViewsError;
use super::super::condition::Conditions;
use super::super::lists::{List, Order, Page, json};
use super::super::moment::Moment;
use super::{
    AuthorityView, BodyDetail, BodyRow, FormView, HolidayView, NormEntryView, PersonView, ThemeView,
};
use crate::access::People;
use crate::domain::calendar::Holiday;
use crate::domain::norm::mentions::{KnownAct, KnownKey};
use crate::domain::norm::{Celex, NirUrn};
use crate::domain::values::{
    AuthorityId, AuthorityKind, BodyId, BodyKind, Day, FormCode, PersonId, ProvinceCode, ThemeCode,
};

/// Which bodies are listed, in the order of their names.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BodyFilter {
    /// Of this kind.
    pub kind: Option<BodyKind>,
    /// Of this province.
    pub province: Option<ProvinceCode>,
    /// Members, on the day, of this union or coordinator.
    pub member_of: Option<BodyId>,
    /// Whether they were merged into another.
    pub merged: Option<bool>,
    /// Whose name contains this, whatever the case.
    pub name: Option<String>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// Which authorities are listed, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AuthorityFilter {
    /// Of this kind.
    pub kind: Option<AuthorityKind>,
    /// Of this province.
    pub province: Option<ProvinceCode>,
    /// Whether they are in use on the day.
    pub in_use: Option<bool>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// Declares pages with concrete names.
macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident of $item:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
        pub struct $name {
            /// The entries.
            #[schema(max_items = 10_000)]
            pub items: Vec<$item>,
            /// Where the next page begins, if there is one.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schema(max_length = 500)]
            pub next: Option<String>,
        }

        impl From<Page<$item>> for $name {
            fn from(page: Page<$item>) -> Self {
                Self { items: page.items, next: page.next }
            }
        }
    )*};
}

pages! {
    /// A page of bodies.
    BodyList of BodyRow;
    /// A page of authorities.
    AuthorityList of AuthorityView;
    /// All themes.
    ThemeList of ThemeView;
    /// All forms, the weakest first.
    FormList of FormView;
    /// All holidays, in order of declaration.
    HolidayList of HolidayView;
    /// A page of persons and machines.
    PersonList of PersonView;
}

impl Moment {
    /// Bodies.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read, or the cursor belongs to another list.
    pub fn list_bodies(&self, filter: &BodyFilter, on: Day) -> Result<BodyList, ViewsError> {
        self.read(|conn| {
            let mut select = Conditions::default();
            select.filter("t.kind = :kind", ":kind", filter.kind.as_ref().map(text));
            let province = filter.province.as_ref().map(text);
            select.filter("t.province = :province", ":province", province);
            if let Some(union) = &filter.member_of {
                select.bind(":on", on.to_string());
                select.filter(
                    "t.body IN (SELECT m.member FROM members m WHERE m.body = :member_of
                     AND coalesce(m.from_day <= :on, 1) AND coalesce(m.until >= :on, 1))",
                    ":member_of",
                    Some(union.to_string()),
                );
            }
            select.filter("t.merged = :merged", ":merged", filter.merged);
            let name = filter.name.as_ref().map(|name| name.to_lowercase());
            select.filter("instr(lower(t.name), :name) > 0", ":name", name);
            let order = Order::unique("bodies/name", "t.name || char(31) || t.body");
            page(conn, select, "row", "bodies t", order, filter.cursor.as_deref(), filter.limit)
        })
    }

    /// One body; `None` when it is not registered.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn show_body(&self, body: &BodyId) -> Result<Option<BodyDetail>, ViewsError> {
        self.entry("SELECT doc FROM bodies WHERE body = :id", body.to_string())
    }

    /// Authorities.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read, or the cursor belongs to another list.
    pub fn list_authorities(
        &self,
        filter: &AuthorityFilter,
        on: Day,
    ) -> Result<AuthorityList, ViewsError> {
        self.read(|conn| {
            let mut select = Conditions::default();
            select.filter("t.kind = :kind", ":kind", filter.kind.as_ref().map(text));
            let province = filter.province.as_ref().map(text);
            select.filter("t.province = :province", ":province", province);
            if filter.in_use.is_some() {
                select.bind(":on", on.to_string());
            }
            let in_use = filter.in_use;
            select.filter("coalesce(t.retired_from > :on, 1) = :in_use", ":in_use", in_use);
            let order = Order::unique("authorities/id", "t.authority");
            page(
                conn,
                select,
                "doc",
                "authorities t",
                order,
                filter.cursor.as_deref(),
                filter.limit,
            )
        })
    }

    /// One authority; `None` when it is not registered.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn show_authority(&self, id: &AuthorityId) -> Result<Option<AuthorityView>, ViewsError> {
        self.entry("SELECT doc FROM authorities WHERE authority = :id", id.to_string())
    }

    /// All themes, in the order of their names.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn list_themes(&self) -> Result<ThemeList, ViewsError> {
        let items = self.read(|conn| all(conn, "SELECT doc FROM themes ORDER BY label, theme"))?;
        Ok(ThemeList { items, next: None })
    }

    /// One theme; `None` when it is not registered.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn show_theme(&self, theme: &ThemeCode) -> Result<Option<ThemeView>, ViewsError> {
        self.entry("SELECT doc FROM themes WHERE theme = :id", theme.to_string())
    }

    /// All forms, the weakest first; rulings, which stand apart, last.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn list_forms(&self) -> Result<FormList, ViewsError> {
        let statement = "SELECT doc FROM forms ORDER BY rank IS NULL, rank, form";
        Ok(FormList { items: self.read(|conn| all(conn, statement))?, next: None })
    }

    /// One form; `None` when it is not registered.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn show_form(&self, form: &FormCode) -> Result<Option<FormView>, ViewsError> {
        self.entry("SELECT doc FROM forms WHERE form = :id", form.to_string())
    }

    /// All holidays, those repealed included.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn list_holidays(&self) -> Result<HolidayList, ViewsError> {
        let items = self.read(|conn| all(conn, "SELECT doc FROM holidays ORDER BY ord"))?;
        Ok(HolidayList { items, next: None })
    }

    /// One holiday; `None` when it was never declared.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn show_holiday(&self, id: Uuid) -> Result<Option<HolidayView>, ViewsError> {
        self.entry("SELECT doc FROM holidays WHERE id = :id", id.as_bytes().to_vec())
    }

    /// Persons and machines with their roles, by opaque references.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read, or the cursor belongs to another list.
    pub fn list_persons(
        &self,
        people: &People,
        after: Option<&str>,
        limit: u32,
    ) -> Result<PersonList, ViewsError> {
        self.read(|conn| {
            let order = Order::unique("persons/id", "t.person");
            page(conn, among(people), "doc", "persons t", order, after, limit)
        })
    }

    /// The roles of one person or machine; `None` when none was ever granted, or they are
    /// not among those who may be looked up.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn show_person(
        &self,
        people: &People,
        person: &PersonId,
    ) -> Result<Option<PersonView>, ViewsError> {
        let mut select = among(people);
        select.filter("t.person = :id", ":id", Some(person.to_string()));
        let statement = format!("SELECT t.doc FROM persons t WHERE {}", select.sql());
        let found = self.read(|conn| select.query(conn, &statement, |row| json(row, "doc")))?;
        Ok(found.into_iter().next())
    }

    /// One norm of the catalogue; `None` when it is not registered.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn show_norm_entry(&self, norm: Uuid) -> Result<Option<NormEntryView>, ViewsError> {
        self.entry("SELECT doc FROM norms WHERE norm = :id", norm.as_bytes().to_vec())
    }

    /// The acts of the catalogue that a URN or a CELEX number identifies.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn known_acts(&self) -> Result<Vec<KnownAct>, ViewsError> {
        let entries: Vec<NormEntryView> = self.read(|conn| all(conn, "SELECT doc FROM norms"))?;
        let known = |entry: NormEntryView| {
            let nir = entry
                .urn
                .and_then(|urn| NirUrn::parse(urn.as_str()).ok())
                .map(|urn| KnownKey::Nir(Box::new(urn)));
            let eu = || Some(KnownKey::Eu(Celex::parse(entry.celex?.as_str()).ok()?));
            Some(KnownAct { key: nir.or_else(eu)?, label: entry.label_it.to_string() })
        };
        Ok(entries.into_iter().filter_map(known).collect())
    }

    fn entry<T: DeserializeOwned>(
        &self,
        statement: &str,
        id: impl Into<rusqlite::types::Value>,
    ) -> Result<Option<T>, ViewsError> {
        let mut select = Conditions::default();
        select.bind(":id", id);
        let found = self.read(|conn| select.query(conn, statement, |row| json(row, "doc")))?;
        Ok(found.into_iter().next())
    }
}

/// Those of the rows `t` of `persons` who may be looked up.
pub(in crate::projections) fn among(people: &People) -> Conditions {
    let mut select = Conditions::default();
    if let People::Network(coordinator) = people {
        select.filter(
            "EXISTS (SELECT 1 FROM json_each(t.doc, '$.access') a
             WHERE a.value ->> 'body' = :network OR a.value ->> 'body' IN
                 (SELECT m.member FROM members m WHERE m.body = :network))",
            ":network",
            Some(coordinator.to_string()),
        );
    }
    select
}

fn text(code: &impl ToString) -> String {
    code.to_string()
}

fn all<T: DeserializeOwned>(conn: &Connection, statement: &str) -> Result<Vec<T>, ViewsError> {
    Conditions::default().query(conn, statement, |row| json(row, "doc"))
}

fn page<T: DeserializeOwned, P: From<Page<T>>>(
    conn: &Connection,
    select: Conditions,
    column: &str,
    from: &str,
    order: Order<'_>,
    after: Option<&str>,
    limit: u32,
) -> Result<P, ViewsError> {
    let columns = format!("t.{column} AS entry");
    let list = List { columns: &columns, from, order, after, limit };
    Ok(select.page(conn, &list, |row| json(row, "entry"))?.into())
}

/// The holidays with which deadlines are computed.
pub(in super::super) fn holidays(conn: &Connection) -> Result<Vec<Holiday>, ViewsError> {
    let found: Vec<HolidayView> = all(conn, "SELECT doc FROM holidays ORDER BY ord")?;
    Ok(found.iter().filter_map(HolidayView::holiday).collect())
}
