//! Finding out who calls, where the configuration asks for it.

use super::StartError;
use crate::directory::Directory;
use crate::dispatch::WebhookError;
use crate::door::Door;
use crate::in_force::InForce;
use crate::lane::LookUpOutlet;
use crate::lookup::{Crm, LookUps, Tally, Wanted};
use crate::names::Names;
use cabrank_settings::{Config, LookUp};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Callers who may wait to be looked up: a breath's worth, since nobody waits for it.
const WANTED_MAX: usize = 256;

/// A look-up that is to be started, and the way there.
pub(super) struct Prepared {
    settings: LookUp,
    outlet: LookUpOutlet,
    wanted: mpsc::Receiver<Wanted>,
}

/// Nothing where nobody is to be asked.
pub(super) fn prepare(config: &Config) -> Option<Prepared> {
    let settings = config.look_up.clone()?;
    let (to, wanted) = mpsc::channel(WANTED_MAX);
    Some(Prepared { settings, outlet: LookUpOutlet { wanted: to, tally: Arc::default() }, wanted })
}

impl Prepared {
    pub(super) fn outlet(&self) -> LookUpOutlet {
        self.outlet.clone()
    }

    pub(super) fn tally(&self) -> Arc<Tally> {
        Arc::clone(&self.outlet.tally)
    }

    /// Ends by itself once the lane does.
    pub(super) fn start(self, door: Door, names: Names, directory: Arc<Directory>, in_force: InForce) -> Result<(), StartError> {
        let Prepared { settings, outlet: LookUpOutlet { tally, .. }, wanted } = self;
        let crm = Arc::new(Crm::new(settings, names).map_err(WebhookError::from)?);
        tokio::spawn(LookUps { door, crm, directory, in_force, tally }.run(wanted));
        Ok(())
    }
}
