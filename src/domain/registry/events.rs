//! The registry, as events too: bodies, authorities, norms, themes, forms,
//! holidays, functions and protocol numbers are data with validity, never enums.

use uuid::Uuid;

use crate::norm::NormRef;
use crate::shared::TextErased;
use crate::values::bounds::list;
use crate::values::{
    ArticleCite, AuthorityId, AuthorityKind, BodyId, BodyKind, CelexCode, Count, Day,
    DocumentNumber, Edition, FormCode, HolidayRule, IpaCode, IstatCode, Number, PersonId,
    ProvinceCode, PublicName, Text, ThemeCode, Urn, WorkingGroup,
};
use crate::{data, events, words};

words! {
    /// What a person or a machine may do; see `access`.
    pub enum Role {
        /// Officer of a body.
        Municipality,
        /// Staff of a coordinator.
        Staff,
        /// Region, third sector.
        Observer,
        /// Internal audit, court of auditors.
        Auditor,
        /// Operator.
        Admin,
    }

    /// Which of the kinds of norm a catalogue entry is.
    pub enum NormKind {
        /// An Italian act with a URN.
        Nir,
        /// An act of the European Union.
        Eu,
        /// A circular, a manual, an FAQ.
        Other,
    }
}

data! {
    /// A norm entered the catalogue.
    #[schema(example = json!({"kind": "nir", "urn": "urn:nir:stato:decreto.legislativo:2015-08-18;142", "label_it": "D.Lgs. 18 agosto 2015, n. 142"}))]
    pub struct NormRegistered {
        /// Which kind.
        pub kind: NormKind,
        /// Its URN, without article and version.
        pub urn: Option<Urn>,
        /// Its CELEX number.
        pub celex: Option<CelexCode>,
        /// Who issued it, for other documents.
        pub issuer: Option<AuthorityId>,
        /// In which form, for other documents.
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
    }

    /// A norm was amended.
    #[schema(example = json!({"by": {"kind": "nir", "urn": "urn:nir:stato:decreto.legge:2023-10-05;133~art5"}, "from": "2023-10-06", "articles": ["19", "19bis"]}))]
    pub struct NormAmended {
        /// By which act.
        pub by: NormRef,
        /// From when.
        pub from: Day,
        /// Which articles; the whole act when empty.
        #[serde(default, deserialize_with = "list::<0, 200, _, _>")]
        #[schema(max_items = 200)]
        pub articles: Vec<ArticleCite>,
        /// A remark.
        pub note: Option<Text<2000>>,
    }

    /// The catalogue entry was corrected.
    #[schema(example = json!({"label_it": "D.Lgs. 18 agosto 2015, n. 142", "reason": "Corretta la data."}))]
    pub struct NormCorrected {
        /// How it is cited.
        pub label_it: Option<PublicName>,
        /// What it is about.
        pub subject_it: Option<PublicName>,
        /// Why.
        pub reason: Text<1000>,
    }

    /// A body entered the registry.
    #[schema(example = json!({"body": "c_a944", "name": "Comune di Bologna", "kind": "comune", "province": "BO", "istat_code": "037006", "ipa_code": "c_a944"}))]
    pub struct BodyRegistered {
        /// Its id.
        pub body: BodyId,
        /// Its name.
        pub name: PublicName,
        /// Its kind, such as `comune`, `unione` or `coordinator`.
        pub kind: BodyKind,
        /// Its province.
        pub province: Option<ProvinceCode>,
        /// Its Istat code.
        pub istat_code: Option<IstatCode>,
        /// Its code in the index of public administrations.
        pub ipa_code: Option<IpaCode>,
        /// Its members: of a union, or of a coordinator's network.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 2000, _, _>")]
        #[schema(max_items = 2000)]
        pub members: Vec<BodyId>,
    }

    /// A body changed its name.
    #[schema(example = json!({"name": "Comune di Valsamoggia", "reason": "Fusione."}))]
    pub struct BodyRenamed {
        /// The new name.
        pub name: PublicName,
        /// Why.
        pub reason: Option<Text<1000>>,
    }

    /// A body was merged into another, which inherits what it did.
    #[schema(example = json!({"into": "c_a944", "from": "2026-01-01"}))]
    pub struct BodyMerged {
        /// The successor.
        pub into: BodyId,
        /// From when.
        pub from: Day,
    }

    /// A body moved to another province.
    #[schema(example = json!({"province": "RN", "from": "2021-06-17"}))]
    pub struct BodyMoved {
        /// The new province.
        pub province: ProvinceCode,
        /// From when.
        pub from: Day,
    }

    /// A body became a member of a union or of a network.
    #[schema(example = json!({"member": "c_a944", "from": "2026-01-01"}))]
    pub struct MemberAdded {
        /// The member.
        pub member: BodyId,
        /// From when.
        pub from: Option<Day>,
    }

    /// A body is no longer a member.
    #[schema(example = json!({"member": "c_a944", "until": "2026-01-01"}))]
    pub struct MemberRemoved {
        /// The member.
        pub member: BodyId,
        /// The last day.
        pub until: Option<Day>,
    }

    /// The body's part in the SAI network was recorded.
    #[schema(example = json!({"sai_owner": true, "places": 48, "on": "2026-01-01"}))]
    pub struct ProfileRecorded {
        /// Whether it owns a project.
        pub sai_owner: bool,
        /// How many places.
        pub places: Option<Count>,
        /// As of which day.
        pub on: Day,
    }

    /// An authority entered the registry.
    #[schema(example = json!({"authority": "questura-bo", "kind": "questura", "office": "Ufficio immigrazione", "province": "BO"}))]
    pub struct AuthorityRegistered {
        /// Its id.
        pub authority: AuthorityId,
        /// Its kind.
        pub kind: AuthorityKind,
        /// Its office.
        pub office: PublicName,
        /// Its province; absent for national ones.
        pub province: Option<ProvinceCode>,
    }

    /// An authority changed its name.
    #[schema(example = json!({"office": "Ufficio immigrazione e asilo"}))]
    pub struct AuthorityRenamed {
        /// The new name of the office.
        pub office: PublicName,
        /// Why.
        pub reason: Option<Text<1000>>,
    }

    /// Something of the registry is no longer used.
    #[schema(example = json!({"from": "2026-01-01", "reason": "Ufficio soppresso."}))]
    pub struct Retired {
        /// From when.
        pub from: Day,
        /// Why.
        pub reason: Option<Text<1000>>,
    }

    /// A theme entered the registry.
    #[schema(example = json!({"theme": "residence_registration", "label_it": "Iscrizione anagrafica e residenza", "working_group": "giuridico_amministrativo"}))]
    pub struct ThemeRegistered {
        /// Its code.
        pub theme: ThemeCode,
        /// Its name.
        pub label_it: PublicName,
        /// The working group in charge.
        pub working_group: Option<WorkingGroup>,
    }

    /// A theme or form changed its name.
    #[schema(example = json!({"label_it": "Residenza e iscrizione anagrafica"}))]
    pub struct LabelChanged {
        /// The new name.
        pub label_it: PublicName,
    }

    /// A form in which readings and answers are known entered the registry.
    #[schema(example = json!({"form": "circolare", "label_it": "Circolare", "rank": 7}))]
    pub struct FormRegistered {
        /// Its code.
        pub form: FormCode,
        /// Its name.
        pub label_it: PublicName,
        /// How strong, from 1; absent for rulings, which stand apart.
        pub rank: Option<Number>,
    }

    /// A holiday was declared.
    #[schema(example = json!({"name": "San Francesco d'Assisi", "rule": "10-04", "from": "2026-01-01"}))]
    pub struct HolidayDeclared {
        /// Its name.
        pub name: PublicName,
        /// When it falls: `MM-DD`, `easter`, `easter+1`.
        pub rule: HolidayRule,
        /// From when it is observed.
        pub from: Day,
        /// By which act.
        pub act: Option<Text<300>>,
    }

    /// A holiday is no longer observed.
    #[schema(example = json!({"holiday_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "until": "2026-12-31"}))]
    pub struct HolidayRepealed {
        /// Which one.
        pub holiday_id: Uuid,
        /// The last day of validity.
        pub until: Day,
    }

    /// A person or machine was given a role.
    #[schema(example = json!({"person": "ufficio-giuridico", "role": "staff", "body": "anci_er", "function": "ufficio giuridico immigrazione"}))]
    pub struct AccessGranted {
        /// Who, by an opaque reference.
        pub person: PersonId,
        /// Which role.
        pub role: Role,
        /// In which body.
        pub body: BodyId,
        /// In which function.
        pub function: Option<Text<200>>,
    }

    /// A role was taken away.
    #[schema(example = json!({"role": "staff", "body": "anci_er", "reason": "Cessazione dell'incarico."}))]
    pub struct AccessRevoked {
        /// Which role.
        pub role: Role,
        /// In which body.
        pub body: BodyId,
        /// Why.
        pub reason: Option<Text<1000>>,
    }

    /// A protocol number was reserved for a letter, so that it stays unique.
    #[schema(example = json!({"communication": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d"}))]
    pub struct RegistrationReserved {
        /// For which letter.
        pub communication: Uuid,
    }

    /// A reserved protocol number was freed: its letter was never registered.
    #[schema(example = json!({"communication": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d"}))]
    pub struct RegistrationReleased {
        /// For which letter it had been reserved.
        pub communication: Uuid,
    }
}

events! {
    /// Everything that can happen to a norm of the catalogue.
    pub enum NormEvent {
        "norm-registered.v1" => Registered(NormRegistered), "the day of recording";
        "norm-amended.v1" => Amended(NormAmended), "the date of the amending act";
        "norm-corrected.v1" => Corrected(NormCorrected), "the day of recording";
        "text-erased.v1" => TextErased(TextErased), "the day of recording";
    }
}

events! {
    /// Everything that can happen to a body.
    pub enum BodyEvent {
        "body-registered.v1" => Registered(BodyRegistered), "the day of recording";
        "body-renamed.v1" => Renamed(BodyRenamed), "the day of the change";
        "body-merged.v1" => Merged(BodyMerged), "the date of the act";
        "body-moved.v1" => Moved(BodyMoved), "the date of the act";
        "member-added.v1" => MemberAdded(MemberAdded), "the date of the act";
        "member-removed.v1" => MemberRemoved(MemberRemoved), "the date of the act";
        "profile-recorded.v1" => ProfileRecorded(ProfileRecorded), "the day of recording";
        "text-erased.v1" => TextErased(TextErased), "the day of recording";
    }
}

events! {
    /// Everything that can happen to an authority.
    pub enum AuthorityEvent {
        "authority-registered.v1" => Registered(AuthorityRegistered), "the day of recording";
        "authority-renamed.v1" => Renamed(AuthorityRenamed), "the day of the change";
        "authority-retired.v1" => Retired(Retired), "the day of the change";
        "text-erased.v1" => TextErased(TextErased), "the day of recording";
    }
}

events! {
    /// Everything that can happen to a theme.
    pub enum ThemeEvent {
        "theme-registered.v1" => Registered(ThemeRegistered), "the day of recording";
        "theme-renamed.v1" => Renamed(LabelChanged), "the day of the change";
        "theme-retired.v1" => Retired(Retired), "the day of the change";
        "text-erased.v1" => TextErased(TextErased), "the day of recording";
    }
}

events! {
    /// Everything that can happen to a form.
    pub enum FormEvent {
        "form-registered.v1" => Registered(FormRegistered), "the day of recording";
        "form-renamed.v1" => Renamed(LabelChanged), "the day of the change";
        "form-retired.v1" => Retired(Retired), "the day of the change";
        "text-erased.v1" => TextErased(TextErased), "the day of recording";
    }
}

events! {
    /// Everything that can happen to the calendar.
    pub enum CalendarEvent {
        "holiday-declared.v1" => Declared(HolidayDeclared), "the day of recording";
        "holiday-repealed.v1" => Repealed(HolidayRepealed), "the day of recording";
        "text-erased.v1" => TextErased(TextErased), "the day of recording";
    }
}

events! {
    /// In which roles a person or machine acted; names live outside the log.
    pub enum PersonEvent {
        "access-granted.v1" => Granted(AccessGranted), "the day of the decision";
        "access-revoked.v1" => Revoked(AccessRevoked), "the day of the decision";
        "text-erased.v1" => TextErased(TextErased), "the day of recording";
    }
}

events! {
    /// What can happen to a protocol number.
    pub enum ReservationEvent {
        "registration-reserved.v1" => Reserved(RegistrationReserved), "the day of recording";
        "registration-released.v1" => Released(RegistrationReleased), "the day of recording";
    }
}
