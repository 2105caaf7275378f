//! The calls that are live, by id.

use super::call::Call;
use crate::ordered::Ordered;
use crate::{CallId, Code, Malformed, Reader, Sink};
use alloc::vec::Vec;

/// Live calls. Most look-ups of one input are for the same call: the one looked at last is found at once.
#[derive(Default)]
pub(super) struct Calls {
    by_id: Ordered<CallId, u32>,
    slots: Vec<Slot>,
    /// The slot that became free last.
    free: Option<u32>,
    latest: u32,
}

struct Slot {
    id: CallId,
    call: Option<Call>,
    /// Of a free slot, the one that became free before it.
    next: Option<u32>,
}

impl Calls {
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub(super) fn contains(&self, id: &CallId) -> bool {
        self.find(*id).is_some()
    }

    pub(super) fn get(&self, id: &CallId) -> Option<&Call> {
        self.slots.get(self.find(*id)? as usize)?.call.as_ref()
    }

    pub(super) fn get_mut(&mut self, id: &CallId) -> Option<&mut Call> {
        self.latest = self.find(*id)?;
        self.slots.get_mut(self.latest as usize)?.call.as_mut()
    }

    /// Takes in a call that is not there yet.
    pub(super) fn insert(&mut self, id: CallId, call: Call) {
        self.latest = self.occupy(Slot { id, call: Some(call), next: None });
        self.by_id.insert(id, self.latest);
    }

    pub(super) fn remove(&mut self, id: &CallId) -> Option<Call> {
        let at = self.by_id.remove(id)?;
        let slot = self.slots.get_mut(at as usize)?;
        slot.next = self.free.replace(at);
        slot.call.take()
    }

    /// Every call, by ascending id.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&CallId, &Call)> {
        self.by_id.iter().filter_map(|(id, at)| Some((id, self.slots.get(*at as usize)?.call.as_ref()?)))
    }

    fn find(&self, id: CallId) -> Option<u32> {
        match self.slots.get(self.latest as usize) {
            Some(latest) if latest.id == id && latest.call.is_some() => Some(self.latest),
            Some(_) | None => self.by_id.get(&id).copied(),
        }
    }

    /// Fills the slot that became free last, or else a new one. A full list grows by an eighth: doubling, the habit of `Vec`,
    /// leaves up to half of it empty.
    fn occupy(&mut self, taken: Slot) -> u32 {
        if let Some(at) = self.free
            && let Some(slot) = self.slots.get_mut(at as usize)
        {
            self.free = slot.next;
            *slot = taken;
            return at;
        }
        if self.slots.len() == self.slots.capacity() {
            self.slots.reserve_exact(self.slots.len() / 8 + 4);
        }
        self.slots.push(taken);
        (self.slots.len() - 1) as u32
    }
}

/// The byte form is that of a map from ids to calls.
impl Code for Calls {
    fn encode<S: Sink>(&self, sink: &mut S) {
        (self.len() as u64).encode(sink);
        for (id, call) in self.iter() {
            id.encode(sink);
            call.encode(sink);
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let mut calls = Calls::default();
        for _ in 0..reader.length()? {
            let (id, call) = Code::decode(reader)?;
            if calls.contains(&id) {
                return Err(Malformed);
            }
            calls.insert(id, call);
        }
        Ok(calls)
    }
}
