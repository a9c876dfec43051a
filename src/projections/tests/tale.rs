//! A small story that every view has something to show of: two reports of the same
//! rule, a question put to a ministry, its answer, a solution, a letter.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{World, uuid};
use crate::access::Scope;
use crate::domain::answer::Answer;
use crate::domain::communication::Communication;
use crate::domain::issue::Issue;
use crate::domain::question::Question;
use crate::domain::registry::{Authority, Body, Calendar, Form, Norm, Theme};
use crate::domain::solution::Solution;
use crate::projections::Views;

/// What nobody but its participants, staff and auditors may find anywhere.
pub const CANARY: &str = "canarino";

/// The open report of Bologna.
pub const OPEN: u128 = 1;
/// The restricted report of Casalecchio.
pub const RESTRICTED: u128 = 2;
/// The question.
pub const QUESTION: u128 = 11;
/// Its point.
pub const POINT: u128 = 12;
/// Its addressee.
pub const ADDRESSEE: u128 = 13;
/// The answer.
pub const ANSWER: u128 = 21;
/// The solution.
pub const SOLUTION: u128 = 31;
/// The letter.
pub const LETTER: u128 = 41;

const DECREE: &str = "urn:nir:stato:decreto.legislativo:2015-08-18;142";

/// A citation of the decree.
pub fn cited(place: &str) -> Value {
    json!({"kind": "nir", "urn": format!("{DECREE}{place}"), "text_in_force_on": "2026-01-01"})
}

/// The id of the decree.
pub fn decree() -> Uuid {
    crate::domain::norm::norm_id(DECREE)
}

/// A member of the network.
pub fn member(body: &str) -> Scope {
    Scope::Member { body: body.parse().unwrap(), network: "anci_er".parse().unwrap() }
}

/// The coordinator's staff.
pub fn staff() -> Scope {
    Scope::Coordinator("anci_er".parse().unwrap())
}

/// The story, told as far as it goes.
pub struct Story {
    pub world: World,
    pub views: Arc<Views>,
}

impl Story {
    /// The registry and the two reports.
    pub async fn begun() -> Self {
        let world = World::new();
        let views = world.open();
        let story = Self { world, views };
        story.registry().await;
        story.reports().await;
        story
    }

    /// Everything up to the dispatch of the question.
    pub async fn dispatched() -> Self {
        let story = Self::begun().await;
        story.question().await;
        story
    }

    /// Everything, the adoption of the solution included.
    pub async fn whole() -> Self {
        let story = Self::dispatched().await;
        story.answer(ANSWER, "Basta la ricevuta.").await;
        let points = json!([{"point_id": uuid(POINT), "result": "settled"}]);
        let link = json!({"answer": uuid(ANSWER), "points": points});
        story.on::<Question>(QUESTION, "answer-linked.v1", link).await;
        story.solution().await;
        story.letter().await;
        story
    }

    /// Records an event of a case.
    pub async fn on<D: crate::domain::Decider>(&self, id: u128, stored: &str, data: Value) -> Uuid {
        self.world.record::<D>(&uuid(id).to_string(), stored, data).await
    }

    /// Waits until the views show everything.
    pub async fn shown(&self) -> &Views {
        self.world.shown(&self.views).await;
        &self.views
    }

    /// The views say what a rebuild says.
    pub async fn is_what_a_rebuild_gives(&self) {
        let before = self.shown().await.dump().unwrap();
        let again = self.world.open();
        self.world.shown(&again).await;
        pretty_assertions(&before, &again.dump().unwrap());
    }

    async fn registry(&self) {
        let world = &self.world;
        let body = |id: &str, name: &str, kind: &str| json!({"body": id, "name": name, "kind": kind, "province": "BO"});
        for (id, name) in [("c_a944", "Comune di Bologna"), ("c_b880", "Comune di Casalecchio")] {
            world.record::<Body>(id, "body-registered.v1", body(id, name, "comune")).await;
        }
        let mut coordinator = body("anci_er", "ANCI Emilia-Romagna", "coordinator");
        coordinator["members"] = json!(["c_a944", "c_b880"]);
        world.record::<Body>("anci_er", "body-registered.v1", coordinator).await;
        for (id, kind, province) in [
            ("questura-bo", "questura", json!("BO")),
            ("questura-pr", "questura", json!("PR")),
            ("ministero", "ministero", Value::Null),
        ] {
            let mut data =
                json!({"authority": id, "kind": kind, "office": format!("Ufficio {id}")});
            if !province.is_null() {
                data["province"] = province;
            }
            world.record::<Authority>(id, "authority-registered.v1", data).await;
        }
        let theme = json!({"theme": "residence_registration", "label_it": "Residenza"});
        world.record::<Theme>("residence_registration", "theme-registered.v1", theme).await;
        for (form, rank) in [("practice", 1), ("nota", 5)] {
            let data = json!({"form": form, "label_it": form, "rank": rank});
            world.record::<Form>(form, "form-registered.v1", data).await;
        }
        let norm = json!({"kind": "nir", "urn": DECREE, "label_it": "D.Lgs. 142/2015"});
        world.record::<Norm>(&decree().to_string(), "norm-registered.v1", norm).await;
        let holiday = json!({"name": "Epifania", "rule": "01-06", "from": "1990-01-01"});
        world.record::<Calendar>("it", "holiday-declared.v1", holiday).await;
    }

    async fn reports(&self) {
        let open = report("c_a944", "network", "Titolo aperto", "La Questura chiede altro.");
        self.on::<Issue>(OPEN, "issue-reported.v1", open).await;
        let restricted = report("c_b880", "restricted", CANARY, CANARY);
        let id = uuid(RESTRICTED).to_string();
        self.world.record_for::<Issue>("c_b880", &id, "issue-reported.v1", restricted).await;
    }

    async fn question(&self) {
        let draft = json!({
            "coordinator": "anci_er", "subject": "Iscrizione anagrafica",
            "addressees": [{"addressee_id": uuid(ADDRESSEE), "addressee": "ministero"}],
            "background": "Gli uffici leggono in modo diverso.", "norms": [cited("~art5")],
            "silence_effect": "none",
            "points": [{"point_id": uuid(POINT), "text": "Se la ricevuta basti.",
                        "issues": [uuid(OPEN), uuid(RESTRICTED)]}],
        });
        self.on::<Question>(QUESTION, "question-drafted.v1", draft).await;
        let opened = json!({"text_version": 1, "deadline": "2026-01-31"});
        self.on::<Question>(QUESTION, "adhesions-opened.v1", opened).await;
        let adhesion = json!({"body": "c_a944", "signatory_role": "sindaco", "text_version": 1,
                              "kind": "before_dispatch"});
        self.on::<Question>(QUESTION, "adhesion-given.v1", adhesion).await;
        for (audience, text) in [("internal", CANARY), ("participants", "Per chi aderisce.")] {
            let note = json!({"audience": audience, "text": text});
            self.on::<Question>(QUESTION, "note-added.v1", note).await;
        }
        let approved = json!({"text_version": 1, "role": "presidente"});
        self.on::<Question>(QUESTION, "question-approved.v1", approved).await;
        let sent = json!({"addressees": [uuid(ADDRESSEE)], "text_version": 1});
        self.on::<Question>(QUESTION, "question-dispatched.v1", sent).await;
    }

    /// An answer of the ministry that reads article 5.
    pub async fn answer(&self, id: u128, text: &str) -> Uuid {
        let data = json!({
            "coordinator": "anci_er", "origin": "reply", "authors": ["ministero"], "form": "nota",
            "document_date": "2026-01-08", "received_on": "2026-01-09", "text": text,
            "norms": [cited("~art5-com1")],
        });
        self.on::<Answer>(id, "answer-received.v1", data).await
    }

    async fn solution(&self) {
        let data = json!({
            "coordinator": "anci_er", "problem": "Criterio di iscrizione.",
            "text": "Si iscrive con la ricevuta.", "level": "ministry_answer",
            "issues": [uuid(OPEN)],
            "basis": {"answers": [uuid(ANSWER)], "norms": [cited("~art5")]},
            "parties": [], "territory": {"level": "province", "code": "BO"},
        });
        self.on::<Solution>(SOLUTION, "solution-proposed.v1", data).await;
        let adopted = json!({
            "body": "anci_er", "speaks_for": ["c_a944", "c_b880"], "manner": "adopted",
            "solution_version": 1, "act": {"status": "not_yet_adopted"},
        });
        self.on::<Solution>(SOLUTION, "solution-adopted.v1", adopted).await;
    }

    async fn letter(&self) {
        let data = json!({
            "coordinator": "anci_er", "direction": "out", "channel": "pec",
            "counterpart": [{"kind": "body", "id": "c_b880"}], "subject": CANARY,
        });
        self.on::<Communication>(LETTER, "communication-recorded.v1", data).await;
        let registration = json!({
            "body": "anci_er", "ipa": "anci_er", "register": "SIM", "year": 2026,
            "number": "0000042", "date": "2026-01-12",
        });
        self.on::<Communication>(LETTER, "registration-recorded.v1", registration).await;
    }
}

fn report(body: &str, visibility: &str, title: &str, reading: &str) -> Value {
    let position = |authority: &str, province: &str, since: &str| {
        json!({"authority": authority, "reading": reading, "form": "practice", "known": "direct",
               "territory": {"level": "province", "code": province}, "since": since})
    };
    json!({
        "coordinator": "anci_er", "body": body, "title": title, "description": title,
        "theme": "residence_registration", "urgency": "medium", "visibility": visibility,
        "norms": [cited("~art5-com1")],
        "positions": [position("questura-bo", "BO", "2025-06-01"),
                      position("questura-pr", "PR", "2025-09-01")],
    })
}

/// Shows the first line that differs, not two whole dumps.
fn pretty_assertions(one: &str, other: &str) {
    for (one, other) in one.lines().zip(other.lines()) {
        assert_eq!(one, other);
    }
    assert_eq!(one.lines().count(), other.lines().count());
}
