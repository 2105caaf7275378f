//! What the configuration file said when it was read last. Thresholds that differ from it were changed by people since, and
//! stay so over a restart; the file wins where it says something new.

use cabrank_core::{Input, QueueId, Settings, Thresholds};

/// Who changes what the file changed.
pub(super) const BY_FILE: &str = "configuration file";
/// Who puts back what others changed live.
const BY_ENGINE: &str = "engine";

/// The settings as the file said them last.
pub(super) struct Filed(Settings);

/// What has to happen so that a desk does what the file says now.
pub(super) struct Wanted {
    /// The settings that the desk is to have, but for thresholds.
    pub(super) settings: Settings,
    /// Thresholds that the file says anew.
    by_file: Vec<(QueueId, Thresholds)>,
    /// Thresholds that were changed live, of which the file says what it said.
    kept: Vec<(QueueId, Thresholds)>,
}

impl Filed {
    /// What the file said last.
    pub(super) fn new(settings: Settings) -> Filed {
        Filed(settings)
    }

    /// What has to happen to a desk with these settings, now that the file says those.
    pub(super) fn wanted(&self, desk: &Settings, file: &Settings) -> Wanted {
        let (mut by_file, mut kept) = (Vec::new(), Vec::new());
        for (index, queue) in file.queues.iter().enumerate() {
            let id = QueueId(index as u16);
            let unchanged = thresholds_of(&self.0, &queue.name) == Some(&queue.thresholds);
            match thresholds_of(desk, &queue.name).filter(|_| unchanged) {
                Some(live) => kept.push((id, live.clone())),
                None => by_file.push((id, queue.thresholds.clone())),
            }
        }
        let settings = if same_but_thresholds(desk, file) { desk.clone() } else { file.clone() };
        Wanted { settings, by_file, kept }
    }
}

/// Takes note, in what the file said last, of an input that the desk took.
pub(super) fn see(filed: &mut Settings, input: &Input) {
    if let Input::SettingsChanged { settings, .. } = input {
        *filed = Settings::clone(settings);
    } else if let Input::ThresholdsChanged { queues, by, .. } = input
        && &**by == BY_FILE
    {
        put(filed, queues);
    }
}

impl Wanted {
    /// The changes of thresholds that are owed to a desk with these settings and so many changes.
    pub(super) fn changes(self, desk: &Settings, base: u64) -> Vec<Input> {
        let differs = |(queue, wanted): &(QueueId, Thresholds)| {
            desk.queues.get(usize::from(queue.0)).is_some_and(|queue| queue.thresholds != *wanted)
        };
        let both = [(self.by_file, BY_FILE, "read at start"), (self.kept, BY_ENGINE, "changed live before the restart")];
        let owed = both.map(|(queues, by, reason)| (queues.into_iter().filter(differs).collect::<Vec<_>>(), by, reason));
        let owed = owed.into_iter().filter(|(queues, ..)| !queues.is_empty());
        owed.zip(base..)
            .map(|((queues, by, reason), base)| Input::ThresholdsChanged { base, queues, by: by.into(), reason: reason.into() })
            .collect()
    }
}

/// Whether two settings differ in thresholds at the most.
pub(super) fn same_but_thresholds(one: &Settings, other: &Settings) -> bool {
    let mut like = one.clone();
    if like.queues.len() != other.queues.len() {
        return false;
    }
    for (queue, model) in like.queues.iter_mut().zip(&other.queues) {
        queue.thresholds = model.thresholds.clone();
    }
    like == *other
}

/// Whether the same ids mean the same lines, services, queues and agents.
pub(super) fn same_ids(one: &Settings, other: &Settings) -> bool {
    one.lines.iter().map(|line| &line.number).eq(other.lines.iter().map(|line| &line.number))
        && one.services == other.services
        && one.queues.iter().map(|queue| &queue.name).eq(other.queues.iter().map(|queue| &queue.name))
        && one
            .agents
            .iter()
            .map(|agent| (&agent.name, agent.sign_in))
            .eq(other.agents.iter().map(|agent| (&agent.name, agent.sign_in)))
}

fn thresholds_of<'a>(settings: &'a Settings, queue: &str) -> Option<&'a Thresholds> {
    settings.queues.iter().find(|found| &*found.name == queue).map(|found| &found.thresholds)
}

fn put(settings: &mut Settings, queues: &[(QueueId, Thresholds)]) {
    for (queue, thresholds) in queues {
        if let Some(slot) = settings.queues.get_mut(usize::from(queue.0)) {
            slot.thresholds = thresholds.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Filed;
    use crate::names::tests::taxi;
    use cabrank_core::{Input, QueueId, Settings, Span, Thresholds};

    fn ringing_for(seconds: u64) -> Settings {
        let mut settings = taxi().settings().clone();
        settings.queues[0].thresholds.ring_for = Span::secs(seconds);
        settings
    }

    /// Who changes what, once the desk has the settings that are wanted.
    fn changes(filed: &Filed, desk: &Settings, file: &Settings) -> Vec<(String, Vec<(QueueId, Thresholds)>)> {
        let wanted = filed.wanted(desk, file);
        let then = wanted.settings.clone();
        let told =
            |input| if let Input::ThresholdsChanged { queues, by, .. } = input { Some((by.to_string(), queues)) } else { None };
        wanted.changes(&then, 0).into_iter().filter_map(told).collect()
    }

    #[test]
    fn what_was_changed_live_stays_while_the_file_says_what_it_said() {
        let filed = Filed::new(ringing_for(15));
        assert_eq!(filed.wanted(&ringing_for(30), &ringing_for(15)).settings, ringing_for(30));
        assert_eq!(changes(&filed, &ringing_for(30), &ringing_for(15)), []);
    }

    #[test]
    fn the_file_wins_where_it_says_something_new() {
        let filed = Filed::new(ringing_for(15));
        let made = changes(&filed, &ringing_for(30), &ringing_for(20));
        assert_eq!((made.len(), &*made[0].0, made[0].1[0].1.ring_for), (1, super::BY_FILE, Span::secs(20)));
    }

    #[test]
    fn with_other_settings_what_was_changed_live_follows_them() {
        let filed = Filed::new(ringing_for(15));
        let mut file = ringing_for(15);
        file.limits.calls_max = 7;
        assert_eq!(filed.wanted(&ringing_for(30), &file).settings, file);
        let made = changes(&filed, &ringing_for(30), &file);
        assert_eq!((made.len(), &*made[0].0, made[0].1[0].1.ring_for), (1, super::BY_ENGINE, Span::secs(30)));
    }

    #[test]
    fn a_change_by_the_file_is_what_it_said_last() {
        let mut said = ringing_for(15);
        let queues = vec![(QueueId(0), ringing_for(20).queues[0].thresholds.clone())];
        let read_again = Input::ThresholdsChanged { base: 0, queues, by: super::BY_FILE.into(), reason: "read again".into() };
        super::see(&mut said, &read_again);
        let filed = Filed::new(said);
        assert_eq!(changes(&filed, &ringing_for(40), &ringing_for(20)), []);
        assert_eq!(changes(&filed, &ringing_for(40), &ringing_for(15)).len(), 1);
    }
}
