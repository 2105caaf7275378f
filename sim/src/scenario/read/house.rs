//! What a scenario may refer to: the desk's lines, queues and services, files beside it, the clock on its wall.

use super::clock::Clock;
use cabrank_core::{Choice, ClassId, Line, LineId, Queue, QueueId, ServiceId, Settings, Text};
use cabrank_settings::Config;
use cabrank_settings::reading::{Names, Value, nearest, shown};
use std::path::{Path, PathBuf};

/// What a scenario may refer to.
pub(super) struct House {
    folder: PathBuf,
    desk: Option<(Config, Settings)>,
    queues: Names,
    services: Names,
    lines: Names,
    pub(super) clock: Clock,
}

impl House {
    /// The house round a desk and its settings as they are to be simulated. Of a desk that could not be read no name is known,
    /// and none is a fault.
    pub(super) fn new(folder: &Path, desk: Option<(Config, Settings)>, clock: Clock) -> House {
        let unknown = [Text::default()];
        let names = |kind, of: fn(&Settings) -> Vec<Text>| match &desk {
            Some((_, settings)) => Names::known(kind, &of(settings)),
            None => Names::known(kind, &unknown),
        };
        House {
            folder: folder.to_owned(),
            queues: names("queue", |desk| desk.queues.iter().map(|queue| queue.name.clone()).collect()),
            services: names("service", |desk| desk.services.iter().map(|service| service.name.clone()).collect()),
            lines: names("line", |desk| desk.lines.iter().map(|line| line.number.clone()).collect()),
            clock,
            desk,
        }
    }

    /// Where the scenario lies.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The desk's settings, if it could be read.
    pub(super) fn settings(&self) -> Option<&Settings> {
        self.desk.as_ref().map(|(_, settings)| settings)
    }

    /// Its whole configuration.
    pub(super) fn config(&self) -> Option<&Config> {
        self.desk.as_ref().map(|(config, _)| config)
    }

    /// The queue of that name; an unknown one is a fault.
    pub(super) fn queue(&self, value: &Value<'_>) -> Option<QueueId> {
        self.queues.find(value).map(QueueId)
    }

    /// The same for a name that is the value's key.
    pub(super) fn queue_by_key(&self, value: &Value<'_>) -> Option<QueueId> {
        self.queues.find_text(value, &value.key).map(QueueId)
    }

    /// The queue of that name, or what was probably meant.
    pub(super) fn queue_named(&self, name: &str) -> Result<QueueId, (String, String)> {
        self.queues.position(name).map(QueueId).ok_or_else(|| (self.queues.unknown(name), self.queues.nearest(name)))
    }

    /// The service of that name; an unknown one is a fault.
    pub(super) fn service(&self, value: &Value<'_>) -> Option<ServiceId> {
        self.services.find(value).map(ServiceId)
    }

    /// The line of that number; an unknown one is a fault.
    pub(super) fn line(&self, value: &Value<'_>) -> Option<LineId> {
        self.lines.find(value).map(LineId)
    }

    /// What there is to know of a queue.
    pub(super) fn about(&self, queue: QueueId) -> Option<&Queue> {
        self.settings()?.queues.get(usize::from(queue.0))
    }

    /// The class of that name in a queue, or what is wrong.
    pub(super) fn class(&self, queue: QueueId, name: &str) -> Result<ClassId, (String, String)> {
        let Some(queue) = self.about(queue) else { return Ok(ClassId(0)) };
        let classes = &queue.thresholds.classes;
        let place = classes.iter().position(|class| *class.name == *name).and_then(|place| u8::try_from(place).ok());
        place.map(ClassId).ok_or_else(|| {
            let named = classes.iter().map(|class| &*class.name).filter(|name| !name.is_empty());
            let right = match named.clone().next() {
                Some(_) => nearest(name, named),
                None => "leave it out: the queue has one class, which has no name".to_owned(),
            };
            (format!("queue `{}` has no class `{}`", queue.name, shown(name)), right)
        })
    }

    /// The class of that name in any of the queues that a line leads to, or what is wrong.
    pub(super) fn class_by_line(&self, line: LineId, name: &str) -> Result<Text, (String, String)> {
        let Some(line) = self.settings().and_then(|desk| desk.lines.get(usize::from(line.0))) else { return Ok(name.into()) };
        let queues = queues_of(line);
        if queues.iter().any(|queue| self.class(*queue, name).is_ok()) {
            return Ok(name.into());
        }
        let classes = queues.iter().filter_map(|queue| self.about(*queue)).flat_map(|queue| &queue.thresholds.classes);
        let known: Vec<&str> = classes.map(|class| &*class.name).filter(|name| !name.is_empty()).collect();
        let right = match &*known {
            [] => "leave it out: there is one class, which has no name".to_owned(),
            [..] => nearest(name, known.into_iter()),
        };
        Err((format!("no queue that line `{}` leads to has a class `{}`", line.number, shown(name)), right))
    }

    /// The class of those in a queue of whom nothing is known.
    pub(super) fn default_class(&self, queue: QueueId) -> ClassId {
        self.about(queue).map_or(ClassId(0), |queue| queue.thresholds.default_class)
    }
}

fn queues_of(line: &Line) -> Vec<QueueId> {
    let choices = [&line.menu.one, &line.menu.two].into_iter().flatten().map(|choice| match choice {
        Choice::Instant { otherwise, .. } => *otherwise,
        Choice::Queue(queue) => *queue,
    });
    choices.chain([line.human]).collect()
}
