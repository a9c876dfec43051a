//! What the points of a question have got, and from whom they wait for it.
//!
//! A point is *answered* when an answer settles it, wholly or partly. It is *open*
//! until an answer settles it wholly, or it is declared unanswered, or withdrawn;
//! "no merit" and "not competent" leave it open, so that somebody has to say that
//! it stays so.

use uuid::Uuid;

use super::state::{AnswerLink, PointFate, QuestionState, TextPoint};
use super::status::QuestionContext;
use crate::shared::PointResult;

/// What one point has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointStanding {
    /// The best that a valid answer does for it.
    pub best: Option<PointResult>,
    /// Whether it was accepted that it stays without an answer.
    pub declared_unanswered: bool,
    /// Whether it is no longer asked.
    pub withdrawn: bool,
}

impl PointStanding {
    /// Whether an answer settles it.
    pub fn is_settled(self) -> bool {
        self.best == Some(PointResult::Settled)
    }

    /// Whether an answer settles it, wholly or partly.
    pub fn is_answered(self) -> bool {
        matches!(self.best, Some(PointResult::Settled | PointResult::Partly))
    }

    /// Whether something is still to be done about it.
    pub fn is_open(self) -> bool {
        !self.is_settled() && !self.declared_unanswered && !self.withdrawn
    }
}

impl QuestionState {
    /// The points of the current text, withdrawn ones included.
    pub fn points(&self) -> impl Iterator<Item = &TextPoint> {
        self.current_text().into_iter().flat_map(|text| text.points.iter())
    }

    /// The points of the current text that come from an issue, while it is part of
    /// the question.
    pub fn points_from(&self, issue: Uuid) -> impl Iterator<Item = &TextPoint> {
        let attached = self.has_issue(issue);
        self.points().filter(move |point| attached && point.issues.contains(&issue))
    }

    /// The points put to an addressee; one to whom the question was passed on has
    /// those of whoever passed it on.
    pub fn points_put_to(&self, track: Uuid) -> impl Iterator<Item = &TextPoint> {
        let mut asked = track;
        // As many steps as there are tracks: a history with a circle ends too.
        for _ in &self.tracks {
            match self.track(asked).and_then(|track| track.forwarded_from) {
                Some(from) => asked = from,
                None => break,
            }
        }
        self.points()
            .filter(move |point| point.addressees.is_empty() || point.addressees.contains(&asked))
    }

    /// The answers that say something on the points put to an addressee, whoever
    /// wrote them: who answers is often not who was asked.
    pub fn answers_for(&self, track: Uuid) -> impl Iterator<Item = &AnswerLink> {
        self.answers.iter().filter(move |link| {
            self.points_put_to(track)
                .any(|point| link.points.iter().any(|outcome| outcome.point_id == point.id))
        })
    }

    /// What became of a point other than an answer.
    pub fn fate(&self, point: Uuid) -> Option<&PointFate> {
        // A withdrawal outlasts a declaration made before it.
        self.fates.iter().rfind(|fate| fate.point == point)
    }

    /// What each answer does for a point, in order of linking.
    pub fn results(&self, point: Uuid) -> impl Iterator<Item = (Uuid, PointResult)> {
        self.answers.iter().flat_map(move |link| {
            let on_point = link.points.iter().filter(move |outcome| outcome.point_id == point);
            on_point.map(|outcome| (link.answer, outcome.result))
        })
    }

    /// What a point has got from answers that were not taken back.
    pub fn standing(&self, point: Uuid, context: &QuestionContext) -> PointStanding {
        let valid = self.results(point).filter(|(answer, _)| context.is_valid(*answer));
        let fate = self.fate(point);
        PointStanding {
            // The results are declared from the best to the worst.
            best: valid.map(|(_, result)| result).min(),
            declared_unanswered: fate.is_some_and(|fate| !fate.withdrawn),
            withdrawn: fate.is_some_and(|fate| fate.withdrawn),
        }
    }

    /// What the points that are still asked have got.
    pub fn standings(&self, context: &QuestionContext) -> impl Iterator<Item = PointStanding> {
        self.points()
            .map(|point| self.standing(point.id, context))
            .filter(|standing| !standing.withdrawn)
    }
}
