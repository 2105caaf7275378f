//! `cabrank profiles import|export|erase`.

use super::{Outcome, Unusable};
use crate::assets::Source;
use crate::number::{self, Region};
use crate::profiles::{Form, Import, import, write};
use crate::store::Store;
use crate::vault::{Vault, VaultError, files_naming};
use cabrank_core::Number;
use cabrank_settings::{Config, StoreUrl};
use clap::{Args, Subcommand, ValueEnum};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub(super) enum ProfilesCommand {
    /// Take profiles from a file (CSV or JSON lines; `-` is the standard input): all of it or nothing.
    #[command(
        after_help = "Example: cabrank profiles import callers.csv\n         cabrank profiles import - --skip-bad < callers.csv"
    )]
    Import {
        /// The file.
        file: String,
        /// Take the good rows although others are bad.
        #[arg(long)]
        skip_bad: bool,
        /// Show no progress.
        #[arg(long)]
        quiet: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Write every profile to the standard output.
    #[command(after_help = "Example: cabrank profiles export > callers.csv")]
    Export {
        /// The form.
        #[arg(long, value_enum, default_value_t = ExportForm::Csv)]
        form: ExportForm,
        #[command(flatten)]
        place: Place,
    },
    /// Forget a caller in store, journal and snapshots, and say what was forgotten.
    ///
    /// The journal names callers by aliases: whose alias it is, is forgotten for ever, and what was decided can be replayed as
    /// before. While an engine runs on the data directory, ask it instead: DELETE /api/v1/profiles/NUMBER.
    #[command(after_help = "Example: cabrank profiles erase +6591234567")]
    Erase {
        /// The number, or the SIP user name.
        number: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Which store, and how it reads numbers.
#[derive(Args)]
pub(super) struct Place {
    /// The data directory.
    #[arg(long, value_name = "DIR", default_value = "cabrank-data")]
    data: PathBuf,
    /// The configuration: its region says how numbers without + are read, its [store] which database it is. Without one, that of
    /// the built-in desk.
    #[arg(long, value_name = "CONFIG")]
    config: Option<PathBuf>,
    /// The PostgreSQL database, where the store is no file in the data directory.
    #[arg(long, value_name = "postgres://...")]
    store: Option<StoreUrl>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum ExportForm {
    Csv,
    Jsonl,
}

pub(super) fn run(command: ProfilesCommand) -> Result<Outcome, Unusable> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Unusable::because)?;
    runtime.block_on(async {
        match command {
            ProfilesCommand::Import { file, skip_bad, quiet, place } => {
                let import = Import { path: file, region: place.region()?, skip_bad, quiet };
                take(&place.store().await?, &import).await
            }
            ProfilesCommand::Export { form, place } => export(&place.store().await?, form).await,
            ProfilesCommand::Erase { number, place } => erase(&place, &number).await,
        }
    })
}

async fn take(store: &Store, from: &Import) -> Result<Outcome, Unusable> {
    let imported = import(store, from).await.map_err(Unusable::because)?;
    eprint!("{}", imported.bad);
    println!("{} profiles imported, {} bad rows left out", imported.profiles, imported.bad.rows);
    Ok(Outcome::Done)
}

async fn export(store: &Store, form: ExportForm) -> Result<Outcome, Unusable> {
    let form = match form {
        ExportForm::Csv => Form::Csv,
        ExportForm::Jsonl => Form::Jsonl,
    };
    let profiles = store.profiles().await.map_err(Unusable::because)?;
    write(io::stdout().lock(), form, &profiles).map_err(Unusable::because)?;
    Ok(Outcome::Done)
}

async fn erase(place: &Place, number: &str) -> Result<Outcome, Unusable> {
    let number = number::parse(number, place.region()?).map_err(|fault| Unusable::because(format!("{number}: {fault}")))?;
    let store = place.store().await?;
    let vault = Vault::open(&place.data).map_err(|fault| match fault {
        VaultError::InUse { .. } => Unusable::because(format!("{fault}; ask it: DELETE /api/v1/profiles/{}", number.0)),
        VaultError::Io { .. } | VaultError::Foreign { .. } | VaultError::Damaged { .. } => Unusable::because(fault),
    })?;
    let had_alias = vault.forget(&number.0).and_then(|had| vault.wipe().map(|()| had)).map_err(Unusable::because)?;
    let erased = store.erase(&number).await.map_err(Unusable::because)?;
    let profile = if erased.profile { "the profile" } else { "no profile (there was none)" };
    println!("erased {profile}, and who called from {} records", erased.records);
    println!("erased {} words on these records and {} cases about them; the cases stay", erased.words, erased.cases);
    let alias = if had_alias { "of whom nobody can tell any more who it is" } else { "never named (by an alias)" };
    println!("in journal and snapshots: a caller {alias}");
    tell_what_remains(&place.data, &number).map_err(Unusable::because)?;
    Ok(Outcome::Done)
}

/// What was journalled before there were aliases.
fn tell_what_remains(data: &Path, number: &Number) -> io::Result<()> {
    for dir in ["journal", "snapshot"] {
        for file in files_naming(&data.join(dir), &number.0)? {
            let file = file.display();
            println!("{file} is from before there were aliases and still holds the number; it goes with `[journal] keep_days`");
        }
    }
    Ok(())
}

impl Place {
    async fn store(&self) -> Result<Store, Unusable> {
        let configured = self.config()?.store;
        make_private_dir(&self.data)?;
        Store::find(&self.data, self.store.as_ref().or(configured.as_ref())).await.map_err(Unusable::because)
    }

    fn region(&self) -> Result<Region, Unusable> {
        Ok(Region::from(self.config()?.region))
    }

    fn config(&self) -> Result<Config, Unusable> {
        let source = self.config.clone().map_or(Source::BuiltIn, Source::File);
        source.config().map_err(super::check::explained)
    }
}

/// Makes the data directory, for its owner alone; one that stands is left as it is.
pub(super) fn make_private_dir(dir: &Path) -> Result<(), Unusable> {
    crate::serve::make_private_dir(dir).map_err(|error| Unusable::because(format!("cannot make {}: {error}", dir.display())))
}
