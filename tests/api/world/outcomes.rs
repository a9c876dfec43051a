//! What comes of the cases of the world: letters, answers, solutions, questions, links.

use serde_json::{Value, json};

use super::{BOLOGNA, ELSEWHERE, INSIDE, NETWORK, World};
use crate::setting::citation;

impl World {
    pub(super) async fn letters(&mut self) {
        let to = |subject: String, body: Value| {
            json!({
                "direction": "out", "channel": "pec", "subject": subject, "counterpart": [body],
            })
        };
        let subject = self.word(BOLOGNA);
        let letter = to(subject, json!({"kind": "body", "id": "c_a944"}));
        let letter = self.app.act("staff", "record_communication", &[], letter).await.id;
        self.hide(&letter.clone(), BOLOGNA);
        self.keep("letter", "communication_id", letter);
        let subject = self.word(INSIDE);
        let other = to(subject, json!({"kind": "authority", "id": "interno_ps"}));
        let other = self.app.act("staff", "record_communication", &[], other).await.id;
        self.hide(&other.clone(), INSIDE);
        self.keep("-", "communication_id", other);
    }

    pub(super) async fn answers(&mut self) {
        for (on, visibility, readers) in
            [("network", "network", NETWORK), ("restricted", "restricted", INSIDE)]
        {
            let answer = json!({
                "origin": "reply", "authors": ["interno_ps"], "form": "nota",
                "document_date": "2026-03-02", "received_on": "2026-03-05",
                "address": self.word(readers), "text": self.word(readers),
                "norms": [citation("art5bis")], "visibility": visibility,
            });
            let answer = self.app.act("staff", "record_answer", &[], answer).await.id;
            self.hide(&answer.clone(), readers);
            let note = json!({"assessment": "clear", "note": self.word(readers)});
            self.app.act("staff", "assess_answer", &[&answer], note).await;
            let flag = json!({
                "reason": self.word(readers), "reviewer": "p-staff", "due": "2026-04-10",
            });
            let review = self.app.act("staff", "flag_answer_for_review", &[&answer], flag).await;
            self.keep(on, "answer_id", answer);
            self.keep(on, "review_id", review.event);
        }
        let (open, closed) = (self.id("network", "answer_id"), self.id("restricted", "answer_id"));
        let (open, closed) = (open.to_owned(), closed.to_owned());
        let conflict = json!({"with": closed, "reason": self.word(NETWORK)});
        self.app.act("staff", "declare_conflict", &[&open], conflict).await;
        self.keep("network", "conflicting_answer_id", closed.clone());
        self.keep("restricted", "conflicting_answer_id", open);
        for (on, answer) in [("network", &closed), ("restricted", &closed)] {
            let issue = self.id(on, "issue_id").to_owned();
            let link = json!({"answer": answer, "result": "settled"});
            self.app.act("staff", "link_answer_to_issue", &[&issue], link).await;
            self.keep(on, "linked_answer_id", answer.clone());
        }
    }

    pub(super) async fn solutions(&mut self) {
        let hidden = self.id("restricted", "issue_id").to_owned();
        let answer = self.id("restricted", "answer_id").to_owned();
        for (on, visibility, readers, whole) in [
            ("network", "network", NETWORK, NETWORK),
            ("restricted", "restricted", BOLOGNA, BOLOGNA),
        ] {
            let proposal = json!({
                "problem": self.word(readers), "text": self.word(readers),
                "level": "local_agreement", "issues": [hidden],
                "basis": {"answers": [answer], "norms": [citation("art5bis")]},
                "parties": [{"kind": "authority", "id": "prefettura-pr"}],
                "territory": {"level": "province", "code": "PR"},
                "instrument": self.word(readers), "visibility": visibility,
            });
            let solution = self.app.act("staff", "propose_solution", &[], proposal).await.id;
            self.hide(&solution.clone(), whole);
            let one = [solution.as_str()];
            let validated = json!({"solution_version": 1, "by": self.word(readers)});
            self.app.act("staff", "validate_solution", &one, validated).await;
            let adoption = json!({
                "on_behalf_of": "c_a944", "manner": "adapted", "adaptation": self.word(readers),
                "solution_version": 1, "act": {"status": "not_yet_adopted"},
            });
            let adopted = self.app.act("staff", "adopt_solution", &one, adoption).await.event;
            let flag = json!({
                "reason": self.word(readers), "reviewer": "p-staff", "due": "2026-04-10",
            });
            let review = self.app.act("staff", "flag_solution_for_review", &one, flag).await;
            for (parameter, id) in [
                ("solution_id", solution),
                ("adoption_id", adopted),
                ("review_id", review.event),
                ("basis_id", answer.clone()),
                ("attached_issue_id", hidden.clone()),
            ] {
                self.keep(on, parameter, id);
            }
        }
    }

    pub(super) async fn questions(&mut self) {
        let hidden = self.id("restricted", "issue_id").to_owned();
        let answer = self.id("restricted", "answer_id").to_owned();
        for (on, staff, readers, issues) in [
            ("question", "staff", NETWORK, vec![hidden.clone()]),
            ("question-elsewhere", "staff-elsewhere", ELSEWHERE, vec![]),
        ] {
            let inside: &'static [&'static str] = match staff {
                "staff" => INSIDE,
                _ => &["staff-elsewhere", "auditor", "auditor-inside"],
            };
            let text = json!({
                "subject": self.word(readers),
                "addressees": [{"addressee": "interno_ps", "legal_basis": self.word(readers)}],
                "background": self.word(readers), "proposed_reading": self.word(readers),
                "norms": [citation("art5bis")], "silence_effect": "none",
                "points": [{"text": self.word(readers), "issues": issues}],
            });
            let drafted = self.app.act(staff, "draft_question", &[], text).await;
            let question = drafted.id.clone();
            self.hide(&question.clone(), readers);
            let one = [question.as_str()];
            for (audience, hears) in [("network", readers), ("internal", inside)] {
                let note = json!({"audience": audience, "text": self.word(hears)});
                self.app.act(staff, "add_question_note", &one, note).await;
            }
            let contact = json!({"authority": "interno_ps", "text": self.word(inside)});
            self.app.act(staff, "record_question_contact", &one, contact).await;
            self.keep(on, "question_id", question.clone());
            self.keep(on, "point_id", drafted.inner("points", 0));
            self.keep(on, "reached_addressee_id", drafted.inner("addressees", 0));
        }
        let question = self.id("question", "question_id").to_owned();
        let one = [question.as_str()];
        let open = json!({"text_version": 1, "deadline": "2026-03-25"});
        self.app.act("staff", "open_adhesions", &one, open).await;
        let adhesion = json!({
            "signatory_role": self.word(NETWORK), "text_version": 1, "kind": "before_dispatch",
        });
        let given = self.app.act("owner", "give_adhesion", &one, adhesion).await.event;
        let approval = json!({"text_version": 1, "role": self.word(NETWORK)});
        self.app.act("staff", "approve_question", &one, approval).await;
        let addressee = self.id("question", "reached_addressee_id").to_owned();
        let letter = self.id("-", "communication_id").to_owned();
        let sent = json!({
            "addressees": [addressee], "text_version": 1, "communication": letter,
        });
        self.app.act("staff", "dispatch_question", &one, sent).await;
        let point = self.id("question", "point_id").to_owned();
        let link = json!({"answer": answer, "points": [{"point_id": point, "result": "settled"}]});
        self.app.act("staff", "link_answer_to_question", &one, link).await;
        self.keep("question", "adhesion_id", given);
        self.keep("question", "attached_issue_id", hidden);
        self.keep("question", "linked_answer_id", answer);
    }

    /// Ties between what may be seen and what may not.
    pub(super) async fn links(&mut self) {
        let open = self.id("network", "issue_id").to_owned();
        let closed = self.id("of-member", "issue_id").to_owned();
        let to = |reason: String| json!({"issue": closed, "link": "duplicate", "reason": reason});
        let reason = self.word(NETWORK);
        self.app.act("staff", "link_issue", &[&open], to(reason)).await;
        self.keep("network", "linked_issue_id", closed.clone());
        self.keep("restricted", "linked_issue_id", closed);
    }
}
