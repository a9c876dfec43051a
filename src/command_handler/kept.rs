//! Streams kept folded in memory.
//!
//! One kind of map for all deciders: a map of its own type for each would be made, and
//! compiled, once for each.
//!
//! Depends on: `domain`, `event_store`.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use quick_cache::sync::Cache;

use super::Loaded;
use crate::domain::Decider;
use crate::event_store::StreamName;

/// How many streams of each category are kept.
const OF_EACH: usize = 4_096;

type Streams = Cache<StreamName, Arc<dyn Any + Send + Sync>>;

/// The folded streams, a map for each category: one that is read much pushes out no other.
#[derive(Default)]
pub(super) struct Kept(RwLock<HashMap<TypeId, Arc<Streams>>>);

impl Kept {
    /// What is kept of a stream.
    pub(super) fn get<D: Decider>(&self, stream: &StreamName) -> Option<Arc<Loaded<D>>> {
        self.streams(TypeId::of::<D>()).get(stream)?.downcast().ok()
    }

    /// Keeps a stream.
    pub(super) fn insert<D: Decider>(&self, stream: &StreamName, loaded: Arc<Loaded<D>>) {
        self.streams(TypeId::of::<D>()).insert(stream.clone(), loaded);
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn streams(&self, category: TypeId) -> Arc<Streams> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&category).cloned();
        known.unwrap_or_else(|| {
            let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
            all.entry(category).or_insert_with(|| Arc::new(Cache::new(OF_EACH))).clone()
        })
    }
}
