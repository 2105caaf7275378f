//! What an edge may ask of the house: who is calling, whether a line is open, which clips say something.

use crate::context;
use crate::directory::Directory;
use crate::edge::{self, quic, sip};
use crate::epoch::Epoch;
use crate::media::{ClipId, Library, Sound, Word};
use crate::names::Names;
use crate::page;
use crate::speech;
use crate::voices::Voices;
use cabrank_core::{Caller, Context, LineId, Number, Profile, Say, Text};
use cabrank_settings::{Config, Reception};
use cabrank_wire::v1;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// One desk's house. Every answer comes from memory.
#[derive(Debug)]
pub struct House {
    config: Arc<Config>,
    directory: Arc<Directory>,
    names: Names,
    epoch: Epoch,
    /// Where a person finds a call's whole context: `<url>/api/v1/calls/<id>`.
    url: String,
    clips: HashMap<Text, ClipId>,
    voices: Voices,
}

/// A prompt that the desk needs is missing.
#[derive(Debug, thiserror::Error)]
#[error("there is no prompt `{name}` in language `{language}`: add prompts/{language}/{name}.wav beside the configuration")]
pub struct PromptMissing {
    name: Text,
    language: Text,
}

impl House {
    /// A house whose prompts are all there.
    ///
    /// # Errors
    /// [`PromptMissing`].
    pub fn new(
        config: Arc<Config>,
        directory: Arc<Directory>,
        names: Names,
        epoch: Epoch,
        url: String,
        library: &Library,
        voices: Voices,
    ) -> Result<House, PromptMissing> {
        let named = config.lines.iter().flat_map(prompts_named);
        let clips = speech::needed().into_iter().chain(named).map(|name| {
            let clip = library.clip(&config.language, &name);
            clip.map(|clip| (name.clone(), clip)).ok_or(PromptMissing { name, language: config.language.clone() })
        });
        let clips = clips.collect::<Result<_, _>>()?;
        Ok(House { config, directory, names, epoch, url, clips, voices })
    }

    /// How a caller is greeted by name. Whoever only says that a number is theirs is not told whose it is.
    fn name_of(&self, caller: &Caller) -> Option<Word> {
        let number = caller.number.as_ref().filter(|_| caller.trust.is_sure())?;
        self.voices.of(number, caller.profile.as_ref()?)
    }
}

impl edge::House for House {
    fn profile(&self, number: &Number) -> Option<Arc<Profile>> {
        self.directory.profile(number)
    }

    fn is_open(&self, line: LineId) -> bool {
        self.config.is_open(line, Timestamp::now())
    }
}

impl sip::House for House {
    fn words(&self, say: Say, line: LineId, caller: &Caller) -> Vec<Sound> {
        let Some(reception) = self.config.lines.get(usize::from(line.0)) else { return Vec::new() };
        let clips = speech::prompts(say, reception).into_iter().filter_map(|name| self.clips.get(&name).copied());
        let mut sounds: Vec<Sound> = clips.map(Sound::from).collect();
        if let Some(name) = speech::greets(say).then(|| self.name_of(caller)).flatten() {
            // "Welcome to the taxi desk", "Ann Tan", "For a taxi ...".
            sounds.insert(sounds.len().min(1), name.into());
        }
        sounds
    }

    fn music(&self) -> Option<ClipId> {
        self.clips.get(speech::MUSIC).copied()
    }

    fn context(&self, context: &Context) -> String {
        context::uui(context, &self.names, &self.url)
    }

    fn page(&self, context: &Context) -> Option<String> {
        self.config.screen_pop.as_ref().map(|pop| page::of_context(pop, context))
    }
}

impl quic::House for House {
    fn prompts(&self, say: Say, line: LineId) -> Vec<Text> {
        self.config.lines.get(usize::from(line.0)).map(|reception| speech::prompts(say, reception)).unwrap_or_default()
    }

    fn music(&self) -> &str {
        speech::MUSIC
    }

    fn shown(&self, context: &Context) -> v1::Context {
        let screen_pop = sip::House::page(self, context).unwrap_or_default();
        v1::Context { screen_pop, ..context::shown(context, &self.names, self.epoch, &self.url) }
    }
}

fn prompts_named(line: &Reception) -> impl Iterator<Item = Text> {
    [line.greeting.clone(), line.closed.clone()].into_iter().chain(line.menu.clone())
}
