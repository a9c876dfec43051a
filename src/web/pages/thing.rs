//! The four kinds of things that have a page of their own and pages below it.

use std::future::Future;

use uuid::Uuid;

use super::issues::first_words;
use super::{adopt, answer, question};
use crate::access::Actor;
use crate::domain::registry::Role;
use crate::domain::values::{BodyId, ERASED_IT};
use crate::projections::answers::AnswerDetail;
use crate::projections::issues::IssueDetail;
use crate::projections::questions::QuestionDetail;
use crate::projections::solutions::SolutionDetail;
use crate::projections::things::Kind;
use crate::web::fault::Fault;
use crate::web::parts::Forms;
use crate::web::visit::Visit;

/// How a thing is called, and at which revision it is shown.
pub struct Called<'a> {
    /// Its reference for people.
    pub reference: &'a str,
    /// What it is about.
    pub title: String,
    /// The revision.
    pub revision: u32,
}

/// A thing that has a page.
pub trait Thing: Sized + Send + Sync + 'static {
    /// Of which kind.
    const KIND: Kind;

    /// Below which address its page stands.
    const ADDRESS: &'static str;

    /// Address and name of the list from which one comes to it.
    const LIST: (&'static str, &'static str);

    /// The thing, as the visitor may see it.
    fn read(visit: &Visit, id: Uuid) -> impl Future<Output = Result<Self, Fault>> + Send;

    /// How it is called.
    ///
    /// # Errors
    ///
    /// [`Fault`] when names cannot be read.
    fn called(&self, visit: &Visit) -> Result<Called<'_>, Fault>;

    /// The association in charge.
    fn coordinator(&self) -> &BodyId;

    /// Whether an actor is of the staff in charge.
    fn is_led_by(&self, actor: &Actor) -> bool {
        actor.role == Role::Staff && actor.body == *self.coordinator()
    }
}

impl Thing for IssueDetail {
    const KIND: Kind = Kind::Issue;
    const ADDRESS: &'static str = "/segnalazioni";
    const LIST: (&'static str, &'static str) = ("/segnalazioni", "Segnalazioni");

    async fn read(visit: &Visit, id: Uuid) -> Result<Self, Fault> {
        let actor = visit.actor()?;
        let shown = visit.views().await?.show_issue(Some(actor), id, visit.today).await?;
        shown.ok_or(Fault::NotFound)
    }

    fn called(&self, _: &Visit) -> Result<Called<'_>, Fault> {
        let row = &self.row;
        Ok(Called { reference: &row.reference, title: row.title.clone(), revision: row.revision })
    }

    fn coordinator(&self) -> &BodyId {
        &self.row.coordinator
    }
}

impl Thing for QuestionDetail {
    const KIND: Kind = Kind::Question;
    const ADDRESS: &'static str = "/quesiti";
    const LIST: (&'static str, &'static str) = ("/quesiti", "Quesiti");

    async fn read(visit: &Visit, id: Uuid) -> Result<Self, Fault> {
        visit.actor()?;
        let shown = visit.views().await?.show_question(&visit.scope(), id, visit.today).await?;
        shown.ok_or(Fault::NotFound)
    }

    fn called(&self, _: &Visit) -> Result<Called<'_>, Fault> {
        let title = question::subject(self).to_owned();
        Ok(Called { reference: &self.reference, title, revision: self.revision })
    }

    fn coordinator(&self) -> &BodyId {
        &self.coordinator
    }
}

impl Thing for AnswerDetail {
    const KIND: Kind = Kind::Answer;
    const ADDRESS: &'static str = "/riscontri";
    const LIST: (&'static str, &'static str) = ("/quesiti", "Quesiti");

    async fn read(visit: &Visit, id: Uuid) -> Result<Self, Fault> {
        answer::read(visit, id).await
    }

    fn called(&self, visit: &Visit) -> Result<Called<'_>, Fault> {
        let title = answer::title(self, &Forms::of(visit)?);
        Ok(Called { reference: &self.reference, title, revision: self.revision })
    }

    fn coordinator(&self) -> &BodyId {
        &self.coordinator
    }
}

impl Thing for SolutionDetail {
    const KIND: Kind = Kind::Solution;
    const ADDRESS: &'static str = "/soluzioni";
    const LIST: (&'static str, &'static str) = ("/soluzioni", "Soluzioni");

    async fn read(visit: &Visit, id: Uuid) -> Result<Self, Fault> {
        adopt::read(visit, id).await
    }

    fn called(&self, _: &Visit) -> Result<Called<'_>, Fault> {
        let problem = self.versions.last().and_then(|version| version.problem.clear());
        let title = first_words(problem.unwrap_or(ERASED_IT));
        Ok(Called { reference: &self.reference, title, revision: self.revision })
    }

    fn coordinator(&self) -> &BodyId {
        &self.coordinator
    }
}
