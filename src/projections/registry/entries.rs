//! Entries of the registry, as the views show them. Depends on: `domain::registry`.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::calendar::Holiday;
use crate::domain::registry::{
    AuthorityState, BodyState, DeclaredHoliday, FormState, NormAmendment, NormKind, NormState,
    PersonState, Role, ThemeState,
};
use crate::domain::values::{
    ArticleCite, AuthorityId, AuthorityKind, BodyId, BodyKind, CelexCode, Count, Day,
    DocumentNumber, Edition, FormCode, HolidayRule, IpaCode, IstatCode, Number, PersonId,
    ProvinceCode, PublicName, ThemeCode, Urn, WorkingGroup,
};

/// Declares entries: one derive list, nothing null, every member documented.
macro_rules! entries {
    ($($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* })*) => {$(
        #[skip_serializing_none]
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        $(#[$meta])*
        pub struct $name { $($body)* }
    )*};
}

entries! {
    /// A body in a list, by its present name and province.
    pub struct BodyRow {
        /// Its id.
        pub body: BodyId,
        /// Its name.
        pub name: PublicName,
        /// Its kind.
        pub kind: BodyKind,
        /// Its province.
        pub province: Option<ProvinceCode>,
        /// Its Istat code.
        pub istat_code: Option<IstatCode>,
        /// Its code in the index of public administrations.
        pub ipa_code: Option<IpaCode>,
        /// Whether it owns a project of the network.
        pub sai_owner: Option<bool>,
        /// How many places its project has.
        pub places: Option<Count>,
        /// Into which body it was merged.
        pub merged_into: Option<BodyId>,
    }

    /// A body, with what it was before.
    pub struct BodyDetail {
        /// Its id.
        pub body: BodyId,
        /// Its present name.
        pub name: PublicName,
        /// Its kind.
        pub kind: BodyKind,
        /// Its present province.
        pub province: Option<ProvinceCode>,
        /// Its Istat code.
        pub istat_code: Option<IstatCode>,
        /// Its code in the index of public administrations.
        pub ipa_code: Option<IpaCode>,
        /// Its names, the earliest first.
        #[schema(max_items = 1000)]
        pub names: Vec<NamedFrom>,
        /// Its provinces, the earliest first.
        #[schema(max_items = 1000)]
        pub provinces: Vec<ProvinceFrom>,
        /// Its members, past and present, in order of recording.
        #[schema(max_items = 10_000)]
        pub members: Vec<MemberView>,
        /// Its part in the network, the earliest first.
        #[schema(max_items = 1000)]
        pub profiles: Vec<ProfileView>,
        /// Into which body it was merged.
        pub merged_into: Option<BodyId>,
        /// From when.
        pub merged_from: Option<Day>,
        /// The day of the registration.
        pub registered_on: Day,
        /// The last revision of its stream.
        #[schema(minimum = 0, maximum = 1_000_000)]
        pub revision: u32,
    }

    /// A name and the day from which it was borne.
    pub struct NamedFrom {
        /// The name.
        pub name: PublicName,
        /// From when.
        pub from: Day,
    }

    /// A province and the day from which the body belonged to it.
    pub struct ProvinceFrom {
        /// The province.
        pub province: ProvinceCode,
        /// From when.
        pub from: Day,
    }

    /// A member and the days on which it is one.
    pub struct MemberView {
        /// The member.
        pub member: BodyId,
        /// The first day; absent for those there from the beginning.
        pub from: Option<Day>,
        /// The last day, when it left.
        pub until: Option<Day>,
    }

    /// The part of a body in the network.
    pub struct ProfileView {
        /// Whether it owns a project.
        pub sai_owner: bool,
        /// How many places.
        pub places: Option<Count>,
        /// As of which day.
        pub on: Day,
    }

    /// An authority.
    pub struct AuthorityView {
        /// Its id.
        pub authority: AuthorityId,
        /// Its kind.
        pub kind: AuthorityKind,
        /// The present name of its office.
        pub office: PublicName,
        /// Its province; absent for national ones.
        pub province: Option<ProvinceCode>,
        /// The names of its office, the earliest first.
        #[schema(max_items = 1000)]
        pub offices: Vec<NamedFrom>,
        /// The first day on which it is no longer used.
        pub retired_from: Option<Day>,
        /// The day of the registration.
        pub registered_on: Day,
        /// The last revision of its stream.
        #[schema(minimum = 0, maximum = 1_000_000)]
        pub revision: u32,
    }

    /// A theme.
    pub struct ThemeView {
        /// Its code.
        pub theme: ThemeCode,
        /// Its name.
        pub label_it: PublicName,
        /// The working group in charge.
        pub working_group: Option<WorkingGroup>,
        /// The first day on which it is no longer used.
        pub retired_from: Option<Day>,
        /// The last revision of its stream.
        #[schema(minimum = 0, maximum = 1_000_000)]
        pub revision: u32,
    }

    /// A form in which readings and answers are known.
    pub struct FormView {
        /// Its code.
        pub form: FormCode,
        /// Its name.
        pub label_it: PublicName,
        /// How strong, from 1; absent for rulings, which stand apart.
        pub rank: Option<Number>,
        /// The first day on which it is no longer used.
        pub retired_from: Option<Day>,
        /// The last revision of its stream.
        #[schema(minimum = 0, maximum = 1_000_000)]
        pub revision: u32,
    }

    /// A holiday.
    pub struct HolidayView {
        /// Its id.
        pub holiday_id: Uuid,
        /// Its name.
        pub name: PublicName,
        /// When it falls.
        pub rule: HolidayRule,
        /// From when it is observed.
        pub from: Day,
        /// The last day of validity, when it was repealed.
        pub until: Option<Day>,
    }

    /// The roles of a person or a machine, by an opaque reference.
    pub struct PersonView {
        /// Who.
        pub person: PersonId,
        /// Every role ever granted, in order.
        #[schema(max_items = 1000)]
        pub access: Vec<AccessView>,
        /// The last revision of its stream.
        #[schema(minimum = 0, maximum = 1_000_000)]
        pub revision: u32,
    }

    /// A role in a body.
    pub struct AccessView {
        /// Its id.
        pub access_id: Uuid,
        /// Which role.
        pub role: Role,
        /// In which body.
        pub body: BodyId,
        /// The day from which it holds.
        pub granted_on: Day,
        /// The day on which it was taken away.
        pub revoked_on: Option<Day>,
    }

    /// An entry of the catalogue of norms.
    pub struct NormEntryView {
        /// Its id, the same for whoever cites it.
        pub norm_id: Uuid,
        /// Which kind.
        pub kind: NormKind,
        /// Its URN, without article and version.
        pub urn: Option<Urn>,
        /// Its CELEX number.
        pub celex: Option<CelexCode>,
        /// Who issued it.
        pub issuer: Option<AuthorityId>,
        /// In which form.
        pub form: Option<FormCode>,
        /// Its date.
        pub date: Option<Day>,
        /// Its number.
        pub number: Option<DocumentNumber>,
        /// Its edition.
        pub edition: Option<Edition>,
        /// How it is cited.
        pub label_it: PublicName,
        /// What it is about.
        pub subject_it: Option<PublicName>,
        /// The day of the registration.
        pub registered_on: Day,
        /// The last revision of its stream.
        #[schema(minimum = 0, maximum = 1_000_000)]
        pub revision: u32,
    }

    /// An act that changed a norm.
    pub struct AmendmentView {
        /// Its id.
        pub amendment_id: Uuid,
        /// How the amending act is cited.
        #[schema(max_length = 1000)]
        pub by: String,
        /// The id of the amending act, when it is named.
        pub by_norm: Option<Uuid>,
        /// The date of that act.
        pub decided_on: Day,
        /// From when the new text is in force.
        pub from: Day,
        /// Which articles; the whole act when empty.
        #[schema(max_items = 200)]
        pub articles: Vec<ArticleCite>,
    }
}

fn revision(events: u32) -> u32 {
    events.saturating_sub(1)
}

impl BodyRow {
    pub(super) fn of(state: &BodyState) -> Option<Self> {
        let entry = state.entry.as_deref()?;
        let profile = state.profiles.latest();
        Some(Self {
            body: entry.body.clone(),
            name: state.names.latest()?.clone(),
            kind: entry.kind.clone(),
            province: state.provinces.latest().cloned(),
            istat_code: entry.istat_code.clone(),
            ipa_code: entry.ipa_code.clone(),
            sai_owner: profile.map(|profile| profile.sai_owner),
            places: profile.and_then(|profile| profile.places),
            merged_into: state.merged.as_ref().map(|merger| merger.into.clone()),
        })
    }
}

impl BodyDetail {
    pub(super) fn of(state: &BodyState) -> Option<Self> {
        let entry = state.entry.as_deref()?;
        let names = state.names.entries().iter();
        let provinces = state.provinces.entries().iter();
        let profiles = state.profiles.entries().iter();
        let members = state.members.iter();
        Some(Self {
            body: entry.body.clone(),
            name: state.names.latest()?.clone(),
            kind: entry.kind.clone(),
            province: state.provinces.latest().cloned(),
            istat_code: entry.istat_code.clone(),
            ipa_code: entry.ipa_code.clone(),
            names: names.map(|one| NamedFrom { name: one.value.clone(), from: one.from }).collect(),
            provinces: provinces
                .map(|one| ProvinceFrom { province: one.value.clone(), from: one.from })
                .collect(),
            members: members
                .map(|one| MemberView {
                    member: one.member.clone(),
                    from: one.from,
                    until: one.until,
                })
                .collect(),
            profiles: profiles
                .map(|one| ProfileView {
                    sai_owner: one.value.sai_owner,
                    places: one.value.places,
                    on: one.from,
                })
                .collect(),
            merged_into: state.merged.as_ref().map(|merger| merger.into.clone()),
            merged_from: state.merged.as_ref().map(|merger| merger.from),
            registered_on: entry.registered_on,
            revision: revision(state.events),
        })
    }
}

impl AuthorityView {
    pub(super) fn of(state: &AuthorityState) -> Option<Self> {
        let entry = state.entry.as_deref()?;
        let offices = state.offices.entries().iter();
        Some(Self {
            authority: entry.authority.clone(),
            kind: entry.kind.clone(),
            office: state.offices.latest()?.clone(),
            province: entry.province.clone(),
            offices: offices
                .map(|one| NamedFrom { name: one.value.clone(), from: one.from })
                .collect(),
            retired_from: state.retired.as_ref().map(|retired| retired.from),
            registered_on: entry.registered_on,
            revision: revision(state.events),
        })
    }
}

impl ThemeView {
    pub(super) fn of(state: &ThemeState) -> Option<Self> {
        let entry = state.entry.as_ref()?;
        Some(Self {
            theme: entry.theme.clone(),
            label_it: state.labels.latest()?.clone(),
            working_group: entry.working_group.clone(),
            retired_from: state.retired.as_ref().map(|retired| retired.from),
            revision: revision(state.events),
        })
    }
}

impl FormView {
    pub(super) fn of(state: &FormState) -> Option<Self> {
        let entry = state.entry.as_ref()?;
        Some(Self {
            form: entry.form.clone(),
            label_it: state.labels.latest()?.clone(),
            rank: entry.rank,
            retired_from: state.retired.as_ref().map(|retired| retired.from),
            revision: revision(state.events),
        })
    }
}

impl From<&DeclaredHoliday> for HolidayView {
    fn from(declared: &DeclaredHoliday) -> Self {
        Self {
            holiday_id: declared.id,
            name: declared.data.name.clone(),
            rule: declared.data.rule.clone(),
            from: declared.data.from,
            until: declared.until,
        }
    }
}

impl HolidayView {
    /// The holiday as deadlines compute with it; `None` if its rule cannot be read.
    pub fn holiday(&self) -> Option<Holiday> {
        Some(Holiday {
            name_it: self.name.to_string(),
            rule: self.rule.as_str().parse().ok()?,
            valid_from: self.from.date(),
            valid_to: self.until.map(Day::date),
            scope: None,
        })
    }
}

impl PersonView {
    pub(super) fn of(state: &PersonState) -> Option<Self> {
        let access = state.access.iter().map(|one| AccessView {
            access_id: one.id,
            role: one.role,
            body: one.body.clone(),
            granted_on: one.granted_on,
            revoked_on: one.revoked_on,
        });
        Some(Self {
            person: state.person.clone()?,
            access: access.collect(),
            revision: revision(state.events),
        })
    }
}

impl NormEntryView {
    pub(super) fn of(norm_id: Uuid, state: &NormState) -> Option<Self> {
        let entry = state.entry.as_deref()?;
        let data = &entry.data;
        Some(Self {
            norm_id,
            kind: data.kind,
            urn: data.urn.clone(),
            celex: data.celex.clone(),
            issuer: data.issuer.clone(),
            form: data.form.clone(),
            date: data.date,
            number: data.number.clone(),
            edition: data.edition.clone(),
            label_it: data.label_it.clone(),
            subject_it: data.subject_it.clone(),
            registered_on: entry.registered_on,
            revision: revision(state.events),
        })
    }
}

impl From<&NormAmendment> for AmendmentView {
    fn from(amendment: &NormAmendment) -> Self {
        Self {
            amendment_id: amendment.id,
            by: amendment.by.label_it(),
            by_norm: amendment.by.norm_id(),
            decided_on: amendment.decided_on,
            from: amendment.from,
            articles: amendment.articles.clone(),
        }
    }
}
