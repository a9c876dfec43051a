//! One request to a page: who visits, where, on which day.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use maud::Markup;

use super::Site;
use super::address::Address;
use super::fault::Fault;
use super::layout::Page;
use super::visitor::Visitor;
use crate::access::{Actor, Scope};
use crate::domain::registry::Role;
use crate::domain::values::Day;
use crate::projections::history::Names;
use crate::projections::{Cut, Held, Moment};

/// How long a page waits for what was written before it.
const PATIENCE: Duration = Duration::from_secs(3);

/// One request to a page. Every handler takes one.
#[derive(Clone)]
pub struct Visit {
    /// The pages.
    pub site: Arc<Site>,
    /// Who visits.
    pub visitor: Visitor,
    /// The address.
    pub address: Address,
    /// The civil day in Italy on which it is asked what holds.
    pub today: Day,
    /// The views as they stood, for a visit to the past.
    then: Option<Moment>,
}

impl Visit {
    /// Who visits an address, with these headers.
    ///
    /// # Errors
    ///
    /// [`Fault::Unavailable`] when the session cannot be looked up.
    pub async fn of(site: &Arc<Site>, uri: &Uri, headers: &HeaderMap) -> Result<Self, Fault> {
        Ok(Self {
            site: site.clone(),
            visitor: Visitor::of(site, headers).await?,
            address: Address::of(uri),
            today: site.clock.today().into(),
            then: None,
        })
    }

    /// The same, for nobody in particular: when even the session cannot be looked up.
    pub fn of_nobody(site: &Arc<Site>, uri: &Uri) -> Self {
        Self {
            site: site.clone(),
            visitor: Visitor::nobody(site),
            address: Address::of(uri),
            today: site.clock.today().into(),
            then: None,
        }
    }

    /// Who visits, when only somebody signed in may.
    ///
    /// # Errors
    ///
    /// [`Fault::SignIn`] when nobody is: the visitor is asked to, and comes back.
    pub fn actor(&self) -> Result<&Actor, Fault> {
        self.visitor.actor.as_ref().ok_or(Fault::SignIn)
    }

    /// What the visitor may read among cases, at the moment of the visit.
    pub fn scope(&self) -> Scope {
        self.moment().scope(&Scope::of(self.visitor.actor.as_ref()))
    }

    /// The views at the moment of the visit, as far as they have come.
    pub fn moment(&self) -> &Moment {
        self.then.as_ref().unwrap_or_else(|| self.site.views.now())
    }

    /// The views at the moment of the visit, once they show everything that was written
    /// before.
    ///
    /// # Errors
    ///
    /// [`Fault::Unavailable`] when they are behind for too long.
    pub async fn views(&self) -> Result<&Moment, Fault> {
        if self.then.is_none() {
            let head = self.site.operations.handler.store().head().await;
            let head = head.map_err(|why| Fault::unavailable(&why))?;
            let reached = self.site.views.wait_for(head, PATIENCE).await;
            reached.map_err(|why| Fault::unavailable(&why))?;
        }
        Ok(self.moment())
    }

    /// Of which generation the views at the moment of the visit are; `None` in the past.
    pub fn generation(&self) -> Option<u64> {
        self.then.is_none().then(|| self.site.views.generation())
    }

    /// The same visit to the past. That an auditor looks back is recorded first.
    ///
    /// # Errors
    ///
    /// [`Fault::Unavailable`] when it cannot be recorded, or the past is being prepared.
    pub async fn back_to(&self, cut: Cut) -> Result<Self, Fault> {
        if let Some(actor) = &self.visitor.actor
            && actor.role == Role::Auditor
        {
            let address = self.address.whole();
            let recorded = self.site.operations.record_past_read(actor, &address).await;
            recorded.map_err(|why| Fault::unavailable(&why))?;
        }
        self.beside(cut).await
    }

    /// The same visit to another moment of a past that is being looked at already.
    ///
    /// # Errors
    ///
    /// [`Fault::Unavailable`] when that past is being prepared.
    pub async fn beside(&self, cut: Cut) -> Result<Self, Fault> {
        self.views().await?;
        let then = self.site.views.at(cut).await?;
        let today = then.day(self.site.clock.today().into());
        Ok(Self { today, then: Some(then), ..self.clone() })
    }

    /// For which moment of the past the visit is; `None` in the present.
    pub fn held(&self) -> Option<Held> {
        self.moment().held()
    }

    /// Whether the visitor may report and endorse: not in the past.
    pub fn reports(&self) -> bool {
        self.then.is_none() && self.visitor.reports()
    }

    /// Makes something with the names that the visitor may hear.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the views cannot be read.
    pub fn named<T>(&self, make: impl FnOnce(&Names<'_>) -> T) -> Result<T, Fault> {
        let scope = self.scope();
        Ok(self.moment().read(|conn| Ok(make(&Names::new(conn, &scope))))?)
    }

    /// A page with a title; `main` begins with its `h1`.
    pub fn page(&self, title: impl Into<String>, main: Markup) -> Page {
        Page::new(self.clone(), title.into(), main)
    }
}

impl FromRequestParts<Arc<Site>> for Visit {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Fault> {
        Self::of(site, &parts.uri, &parts.headers).await
    }
}
