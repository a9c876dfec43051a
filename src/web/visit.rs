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
use crate::domain::values::Day;
use crate::projections::Views;
use crate::projections::history::Names;

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
    /// The civil day in Italy.
    pub today: Day,
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
        })
    }

    /// The same, for nobody in particular: when even the session cannot be looked up.
    pub fn of_nobody(site: &Arc<Site>, uri: &Uri) -> Self {
        Self {
            site: site.clone(),
            visitor: Visitor::nobody(site),
            address: Address::of(uri),
            today: site.clock.today().into(),
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

    /// What the visitor may read among cases.
    pub fn scope(&self) -> Scope {
        Scope::of(self.visitor.actor.as_ref())
    }

    /// The views, once they show everything that was written before.
    ///
    /// # Errors
    ///
    /// [`Fault::Unavailable`] when they are behind for too long.
    pub async fn views(&self) -> Result<&Views, Fault> {
        let head = self.site.operations.handler.store().head().await;
        let head = head.map_err(|why| Fault::unavailable(&why))?;
        let reached = self.site.views.wait_for(head, PATIENCE).await;
        reached.map_err(|why| Fault::unavailable(&why))?;
        Ok(&self.site.views)
    }

    /// Makes something with the names that the visitor may hear.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the views cannot be read.
    pub fn named<T>(&self, make: impl FnOnce(&Names<'_>) -> T) -> Result<T, Fault> {
        let scope = self.scope();
        Ok(self.site.views.read(|conn| Ok(make(&Names::new(conn, &scope))))?)
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
