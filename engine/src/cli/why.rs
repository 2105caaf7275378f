//! `cabrank why`: the story of one call.

use super::{Outcome, Unusable};
use cabrank_core::CallId;
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct WhyArgs {
    /// The call's id: sixteen hexadecimal digits, as the API and the log write it.
    #[arg(value_name = "CALL", value_parser = call_id)]
    call: CallId,
    /// The data directory; a running engine is not disturbed.
    #[arg(long, value_name = "DIR", default_value = "cabrank-data")]
    data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &WhyArgs) -> Result<Outcome, Unusable> {
    let story = crate::why::tell(&args.data, args.call).map_err(Unusable::because)?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&story).map_err(Unusable::because)?);
    } else {
        story.sentences.iter().for_each(|sentence| println!("{sentence}"));
    }
    Ok(Outcome::Done)
}

fn call_id(text: &str) -> Result<CallId, String> {
    let digits = text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parsed = if digits { text.parse().ok() } else { None };
    parsed.ok_or_else(|| "a call's id has up to sixteen hexadecimal digits, as in 00000000000000a7".to_owned())
}
